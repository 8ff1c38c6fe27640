using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>A comparison. Equality converts nothing, ordering converts both sides to Decimal.</summary>
internal sealed class CompareNode : SqlNode
{
    private readonly SqlOperator _operator;
    private readonly SqlNode _left;
    private readonly SqlNode _right;

    public CompareNode(SqlOperator @operator, SqlNode left, SqlNode right)
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
        switch (_operator)
        {
            case SqlOperator.Equal:
                return SqlValue.Of(SqlEquality.AreEqual(frame, left, right));
            case SqlOperator.NotEqual:
                return SqlValue.Of(!SqlEquality.AreEqual(frame, left, right));
            case SqlOperator.In:
                return IsIn(frame, left, right);
            default:
                if (!SqlConversion.TryToNumber(left, out var a) || !SqlConversion.TryToNumber(right, out var b)) return default;
                int order = SqlArithmetic.Compare(a, b);
                return SqlValue.Of(_operator switch
                {
                    SqlOperator.Less => order < 0,
                    SqlOperator.LessOrEqual => order <= 0,
                    SqlOperator.Greater => order > 0,
                    _ => order >= 0,
                });
        }
    }

    private static SqlValue IsIn(SqlFrame frame, in SqlValue value, in SqlValue array)
    {
        if (array.Kind != SqlKind.Array || !frame.TrySpend(array.Weight / 16)) return default;
        foreach (ref readonly var element in array.Elements().AsSpan())
        {
            if (!element.IsUndefined && SqlEquality.AreEqual(frame, value, element)) return SqlValue.Of(true);
        }

        return SqlValue.Of(false);
    }
}
