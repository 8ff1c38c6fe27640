namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>A call of an external function (section 5.6). Its failure stops the rule for the message.</summary>
internal sealed class ExternalCallNode : SqlNode
{
    /// <summary>Each call may take its time: a statement makes forty of them at most.</summary>
    private const int Work = SqlLimits.MostWork / 40;

    private readonly string _function;
    private readonly SqlNode[] _arguments;

    public ExternalCallNode(string name, SqlNode[] arguments)
    {
        Name = name;
        _function = name.ToLowerInvariant();
        _arguments = arguments;
        Depth = Above(arguments);
    }

    /// <summary>Name as written.</summary>
    public string Name { get; }

    /// <inheritdoc />
    public override IEnumerable<SqlNode> Operands => _arguments;

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame)
    {
        var values = new SqlValue[_arguments.Length];
        for (int i = 0; i < values.Length; i++) values[i] = _arguments[i].Evaluate(frame);
        if (!frame.TrySpend(Work)) return default;
        var result = frame.Scope.Functions.Call(_function, values);
        if (result.Failure is null) return result.Value.Under(frame.KeepsDecimals);
        frame.Failure ??= $"{_function}: {result.Failure}";
        return default;
    }
}
