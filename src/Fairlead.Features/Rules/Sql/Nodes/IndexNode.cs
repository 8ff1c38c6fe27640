using Fairlead.Features.Rules.Sql.Functions;

namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary><c>a[0]</c>, which is <c>get(a, 0)</c> [U30].</summary>
internal sealed class IndexNode : SqlNode
{
    private readonly SqlNode _owner;
    private readonly SqlNode _index;

    public IndexNode(SqlNode owner, SqlNode index)
    {
        (_owner, _index) = (owner, index);
        Depth = Above(owner, index);
    }

    /// <inheritdoc />
    public override IEnumerable<SqlNode> Operands => [_owner, _index];

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame)
    {
        var owner = _owner.Evaluate(frame);
        return frame.TrySpend(owner.Weight / 64) ? CollectionFunctions.Get(owner, _index.Evaluate(frame)) : default;
    }
}
