namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>
/// A nested query (section 2.9): over an Array it gives an Array, over an Object a single result, over anything else Undefined.
/// </summary>
internal sealed class NestedNode : SqlNode
{
    private readonly SelectClause _select;
    private readonly SqlNode _source;
    private readonly SqlNode? _where;

    public NestedNode(SelectClause select, SqlNode source, SqlNode? where)
    {
        (_select, _source, _where) = (select, source, where);
        Depth = Math.Max(select.Depth, where is null ? Above(source) : Above(source, where)) + 1;
    }

    /// <inheritdoc />
    public override IEnumerable<SqlNode> Operands => [_source];

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame)
    {
        var source = _source.Evaluate(frame);
        var outer = frame.Element;
        var result = source.Kind switch
        {
            SqlKind.Array => OverArray(frame, source),
            SqlKind.Object => OverElement(frame, source),
            _ => default,
        };
        frame.Element = outer;
        return result;
    }

    private SqlValue OverArray(SqlFrame frame, in SqlValue source)
    {
        if (!frame.TrySpend(source.Weight / 16)) return default;
        var results = new List<SqlValue>();
        int work = 8 + ((End - Start) / 8); // the longer the query, the more there is to do for an element
        foreach (ref readonly var element in source.Elements().AsSpan())
        {
            if (element.IsUndefined) continue;
            if (!frame.TrySpend(work)) return default;
            var result = OverElement(frame, element);
            if (!result.IsUndefined) results.Add(result);
        }

        return SqlValue.Of([.. results]);
    }

    private SqlValue OverElement(SqlFrame frame, in SqlValue element)
    {
        frame.Element = element;
        if (_where is not null && Values.SqlConversion.ToBoolean(_where.Evaluate(frame)) is not true) return default;
        return _select.Evaluate(frame, element);
    }
}
