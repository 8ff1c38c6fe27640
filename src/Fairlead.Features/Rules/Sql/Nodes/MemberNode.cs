using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>A member of a value: <c>get(a, 0).v</c>.</summary>
internal sealed class MemberNode : SqlNode
{
    private readonly SqlNode _owner;

    public MemberNode(SqlNode owner, SqlName name)
    {
        _owner = owner;
        Name = name;
        Depth = Above(owner);
    }

    /// <summary>Name of the member.</summary>
    public SqlName Name { get; }

    /// <inheritdoc />
    public override IEnumerable<SqlNode> Operands => [_owner];

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame)
    {
        var owner = _owner.Evaluate(frame);
        return frame.TrySpend(owner.Weight / 64) ? owner.Member(Name) : default;
    }
}
