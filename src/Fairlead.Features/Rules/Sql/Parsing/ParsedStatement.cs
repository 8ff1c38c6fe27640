using Fairlead.Features.Rules.Sql.Nodes;

namespace Fairlead.Features.Rules.Sql.Parsing;

/// <summary>The parts of a statement.</summary>
/// <param name="Context">What was learned while parsing.</param>
/// <param name="Assignments">Values of the variables, in the order of the context's names.</param>
/// <param name="Select">SELECT.</param>
/// <param name="TopicFilter">FROM; null when absent.</param>
/// <param name="Where">WHERE; null when absent.</param>
internal sealed record ParsedStatement(ParseContext Context, SqlNode[] Assignments, SelectClause Select, string? TopicFilter, SqlNode? Where);
