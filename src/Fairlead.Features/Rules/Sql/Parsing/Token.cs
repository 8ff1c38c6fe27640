namespace Fairlead.Features.Rules.Sql.Parsing;

/// <summary>A token.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Value">Word, symbol, name of a variable, digits or text without quotes; of what is no token, why.</param>
internal readonly record struct Token(TokenKind Kind, int Start, int End, string Value);
