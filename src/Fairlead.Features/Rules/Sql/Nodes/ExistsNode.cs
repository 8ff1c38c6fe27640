namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>EXISTS: whether a nested query gives an element or a single result.</summary>
internal sealed class ExistsNode : SqlNode
{
    private readonly NestedNode _query;

    public ExistsNode(NestedNode query)
    {
        _query = query;
        Depth = Above(query);
    }

    /// <inheritdoc />
    public override IEnumerable<SqlNode> Operands => [_query];

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame)
    {
        var result = _query.Evaluate(frame);
        return SqlValue.Of(result.Kind == SqlKind.Array ? !result.Element(0).IsUndefined : !result.IsUndefined);
    }
}
