namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>get_or_default(): the default also stands for what an external function failed to give.</summary>
internal sealed class FallbackNode : SqlNode
{
    private readonly SqlNode _value;
    private readonly SqlNode? _otherwise;

    public FallbackNode(string name, SqlNode value, SqlNode? otherwise)
    {
        (Name, _value, _otherwise) = (name, value, otherwise);
        Depth = otherwise is null ? Above(value) : Above(value, otherwise);
    }

    /// <summary>Name as written.</summary>
    public string Name { get; }

    /// <inheritdoc />
    public override IEnumerable<SqlNode> Operands => _otherwise is null ? [_value] : [_value, _otherwise];

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame)
    {
        if (frame.Failure is not null) return default;
        var value = _value.Evaluate(frame);
        if (frame.Failure is not null && !frame.IsSpent)
        {
            frame.Failure = null;
            value = default;
        }

        return value.Kind is SqlKind.Undefined or SqlKind.Null ? _otherwise?.Evaluate(frame) ?? default : value;
    }
}
