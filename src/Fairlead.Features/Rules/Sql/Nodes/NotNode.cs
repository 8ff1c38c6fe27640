using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>NOT; of Undefined it is Undefined.</summary>
internal sealed class NotNode : SqlNode
{
    private readonly SqlNode _operand;

    public NotNode(SqlNode operand)
    {
        _operand = operand;
        Depth = Above(operand);
    }

    /// <inheritdoc />
    public override IEnumerable<SqlNode> Operands => [_operand];

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame) => SqlConversion.ToBoolean(_operand.Evaluate(frame)) is { } value ? SqlValue.Of(!value) : default;
}
