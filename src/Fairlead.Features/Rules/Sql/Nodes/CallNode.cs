using Fairlead.Features.Rules.Sql.Functions;

namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>A call of a function.</summary>
internal sealed class CallNode : SqlNode
{
    private readonly SqlFunction _function;
    private readonly SqlNode[] _arguments;

    public CallNode(string name, SqlFunction function, SqlNode[] arguments)
    {
        (Name, _function, _arguments) = (name, function, arguments);
        Depth = Above(arguments);
    }

    /// <summary>Name as written.</summary>
    public string Name { get; }

    /// <inheritdoc />
    public override IEnumerable<SqlNode> Operands => _arguments;

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame)
    {
        int count = _arguments.Length;
        if (count < _function.Least || count > _function.Most) return default;
        if (count > ArgumentBuffer.Length) return Call(frame, new SqlValue[count]);
        var buffer = default(ArgumentBuffer);
        return Call(frame, buffer[..count]);
    }

    private SqlValue Call(SqlFrame frame, Span<SqlValue> values)
    {
        int work = 4;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = _arguments[i].Evaluate(frame);
            work += values[i].Weight / 16;
        }

        return frame.TrySpend(work) ? _function.Body(frame, values) : default;
    }
}
