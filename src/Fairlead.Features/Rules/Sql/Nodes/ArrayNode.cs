namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>An array literal. Undefined elements are left out where the array is written.</summary>
internal sealed class ArrayNode : SqlNode
{
    private readonly SqlNode[] _elements;

    public ArrayNode(SqlNode[] elements)
    {
        _elements = elements;
        Depth = Above(elements);
    }

    /// <inheritdoc />
    public override bool IsConstant => Array.TrueForAll(_elements, static element => element.IsConstant);

    /// <inheritdoc />
    public override IEnumerable<SqlNode> Operands => _elements;

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame)
    {
        if (!frame.TrySpend(_elements.Length)) return default;
        var values = new SqlValue[_elements.Length];
        for (int i = 0; i < values.Length; i++) values[i] = _elements[i].Evaluate(frame);
        return SqlValue.Of(values);
    }
}
