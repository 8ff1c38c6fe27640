using Fairlead.Features.Rules.Sql.Nodes;

namespace Fairlead.Features.Rules.Sql.Functions;

/// <summary>What a function does.</summary>
/// <param name="frame">Frame.</param>
/// <param name="arguments">Arguments, of a number that the function takes.</param>
internal delegate SqlValue SqlFunctionBody(SqlFrame frame, ReadOnlySpan<SqlValue> arguments);

/// <summary>A function of the language. With another number of arguments it gives Undefined (section 5).</summary>
/// <param name="Name">Name in lower case; it is found in any case.</param>
/// <param name="Since">First version that has it.</param>
/// <param name="Least">Fewest arguments.</param>
/// <param name="Most">Most arguments.</param>
/// <param name="Body">What it does.</param>
internal sealed record SqlFunction(string Name, SqlVersion Since, int Least, int Most, SqlFunctionBody Body);
