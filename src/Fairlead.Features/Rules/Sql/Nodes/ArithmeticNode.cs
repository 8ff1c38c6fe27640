using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>Calculation with two operands, and concatenation by <c>+</c>.</summary>
internal sealed class ArithmeticNode : SqlNode
{
    /// <summary>Int / Int gives an Int, cut towards zero [U3].</summary>
    private const bool DividesWhole = true;

    private readonly SqlOperator _operator;
    private readonly SqlNode _left;
    private readonly SqlNode _right;

    public ArithmeticNode(SqlOperator @operator, SqlNode left, SqlNode right)
    {
        (_operator, _left, _right) = (@operator, left, right);
        Depth = Above(left, right);
    }

    /// <inheritdoc />
    public override IEnumerable<SqlNode> Operands => [_left, _right];

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame)
    {
        var left = _left.Evaluate(frame);
        if (left.IsUndefined) return default;
        var right = _right.Evaluate(frame);
        if (right.IsUndefined) return default;
        if (_operator == SqlOperator.Add && (left.Kind == SqlKind.String || right.Kind == SqlKind.String)) return Concatenate(frame, left, right);
        if (_operator == SqlOperator.Add && !(left.IsNumber && right.IsNumber)) return default;
        if (!SqlConversion.TryToNumber(left, out var a) || !SqlConversion.TryToNumber(right, out var b)) return default;
        bool areInts = left.Kind == SqlKind.Int && right.Kind == SqlKind.Int;
        if (!TryCalculate(a, b, areInts, out var result)) return default;
        return areInts ? SqlValue.Of(result) : SqlValue.OfDecimal(result, frame.KeepsDecimals);
    }

    private static SqlValue Concatenate(SqlFrame frame, in SqlValue left, in SqlValue right)
    {
        if (!frame.TrySpend((left.Weight + right.Weight) / 16)) return default;
        return SqlConversion.ToText(left) is { } a && SqlConversion.ToText(right) is { } b && a.Length + b.Length <= SqlLimits.LongestText
            ? SqlValue.OfText(string.Concat(a, b))
            : default;
    }

    private bool TryCalculate(SqlNumber a, SqlNumber b, bool areInts, out SqlNumber result)
    {
        switch (_operator)
        {
            case SqlOperator.Add:
                return SqlArithmetic.TryAdd(a, b, out result);
            case SqlOperator.Subtract:
                return SqlArithmetic.TrySubtract(a, b, out result);
            case SqlOperator.Multiply:
                return SqlArithmetic.TryMultiply(a, b, out result);
            case SqlOperator.Divide:
                return areInts && DividesWhole ? SqlArithmetic.TryDivideWhole(a, b, out result) : SqlArithmetic.TryDivide(a, b, out result);
            default:
                return SqlArithmetic.TryRemainder(a, b, out result);
        }
    }
}
