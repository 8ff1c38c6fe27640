namespace Fairlead.Features.Rules.Sql;

/// <summary>What a clause of a statement came to for one message, for the rule tester.</summary>
/// <param name="Clause"><c>FROM</c>, <c>WHERE</c>, or a part of WHERE: <c>AND</c>, <c>OR</c>, <c>NOT</c>.</param>
/// <param name="Depth">0 for FROM and WHERE, more for their parts.</param>
/// <param name="Text">Source text of the clause.</param>
/// <param name="Result">Its value: <c>true</c>, <c>false</c>, <c>Undefined</c> or another.</param>
/// <param name="Operands">Its source with values in the place of names, such as <c>29 > 30</c>; empty when that says nothing more.</param>
internal sealed record ExplainedClause(string Clause, int Depth, string Text, string Result, string Operands)
{
    /// <summary>Such as <c>WHERE was false (29 > 30)</c>.</summary>
    public override string ToString() => $"{Clause} was {Result}{(Operands.Length == 0 ? "" : $" ({Operands})")}";
}
