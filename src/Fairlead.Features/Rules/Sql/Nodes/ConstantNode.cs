namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>A literal.</summary>
internal sealed class ConstantNode(SqlValue value) : SqlNode
{
    /// <summary>Its value.</summary>
    public SqlValue Value { get; } = value;

    /// <inheritdoc />
    public override bool IsConstant => true;

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame) => Value;
}
