using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>
/// AND or OR of two or more operands in three-valued logic [U5]: one operand that decides is enough, else an Undefined one makes the
/// result Undefined.
/// </summary>
internal sealed class LogicNode : SqlNode
{
    private readonly SqlNode[] _operands;

    public LogicNode(bool isAnd, SqlNode[] operands)
    {
        IsAnd = isAnd;
        _operands = operands;
        Depth = Above(operands);
    }

    /// <summary>Whether it is AND.</summary>
    public bool IsAnd { get; }

    /// <inheritdoc />
    public override IEnumerable<SqlNode> Operands => _operands;

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame)
    {
        bool isUndefined = false;
        foreach (var operand in _operands)
        {
            switch (SqlConversion.ToBoolean(operand.Evaluate(frame)))
            {
                case null:
                    isUndefined = true;
                    break;
                case { } value when value != IsAnd:
                    return SqlValue.Of(value);
            }
        }

        return isUndefined ? default : SqlValue.Of(IsAnd);
    }
}
