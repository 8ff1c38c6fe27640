namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>An item of SELECT (section 2.5).</summary>
/// <param name="Value">Its value.</param>
/// <param name="Path">Names it gets in the output, from outside in; empty when its members are merged into the output.</param>
/// <param name="IsEverything">Whether it is <c>*</c> without AS.</param>
internal sealed record SelectItem(SqlNode Value, string[] Path, bool IsEverything)
{
    /// <summary>Whether its members become members of the output: <c>*</c>, and object literals without AS [U1].</summary>
    public bool IsMerged => Path.Length == 0;
}
