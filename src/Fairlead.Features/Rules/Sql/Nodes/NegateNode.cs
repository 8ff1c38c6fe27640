using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>Minus before an operand.</summary>
internal sealed class NegateNode : SqlNode
{
    private readonly SqlNode _operand;

    public NegateNode(SqlNode operand)
    {
        _operand = operand;
        Depth = Above(operand);
    }

    /// <inheritdoc />
    public override bool IsConstant => _operand.IsConstant;

    /// <inheritdoc />
    public override IEnumerable<SqlNode> Operands => [_operand];

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame) => Negate(_operand.Evaluate(frame), frame.KeepsDecimals);

    /// <summary>The value negated; Undefined when it is no number.</summary>
    public static SqlValue Negate(in SqlValue value, bool keepsDecimals)
    {
        if (!SqlConversion.TryToNumber(value, out var number)) return default;
        number = SqlArithmetic.Negate(number);
        return value.Kind == SqlKind.Int ? SqlValue.Of(number) : SqlValue.OfDecimal(number, keepsDecimals);
    }
}
