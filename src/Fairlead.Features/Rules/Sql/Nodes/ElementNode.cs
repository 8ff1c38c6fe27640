namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary><c>*</c> in a nested query: the element.</summary>
internal sealed class ElementNode : SqlNode
{
    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame) => frame.Element;
}
