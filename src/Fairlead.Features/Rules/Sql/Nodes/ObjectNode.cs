using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>An object literal. Undefined members are left out.</summary>
internal sealed class ObjectNode : SqlNode
{
    private readonly string[] _names;
    private readonly SqlNode[] _values;

    public ObjectNode(string[] names, SqlNode[] values)
    {
        (_names, _values) = (names, values);
        Depth = Above(values);
    }

    /// <inheritdoc />
    public override bool IsConstant => Array.TrueForAll(_values, static value => value.IsConstant);

    /// <inheritdoc />
    public override IEnumerable<SqlNode> Operands => _values;

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame)
    {
        if (!frame.TrySpend(_values.Length)) return default;
        var members = new SqlObject(_values.Length);
        for (int i = 0; i < _values.Length; i++) members.Set(_names[i], _values[i].Evaluate(frame));
        return SqlValue.Of(members);
    }
}
