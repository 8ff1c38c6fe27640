namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>An expression, ready to be evaluated. Immutable after parsing.</summary>
internal abstract class SqlNode
{
    /// <summary>Where its source begins.</summary>
    public int Start { get; set; }

    /// <summary>Where its source ends.</summary>
    public int End { get; set; }

    /// <summary>How deep the tree below it is; 1 for leaves.</summary>
    public int Depth { get; protected init; } = 1;

    /// <summary>Whether its value depends on nothing.</summary>
    public virtual bool IsConstant => false;

    /// <summary>Operands, for the explanation of a result.</summary>
    public virtual IEnumerable<SqlNode> Operands => [];

    /// <summary>Its value. What goes wrong is Undefined, or a failure of the frame.</summary>
    public abstract SqlValue Evaluate(SqlFrame frame);

    /// <summary>Depth of a node above others.</summary>
    protected static int Above(params ReadOnlySpan<SqlNode> nodes)
    {
        int deepest = 0;
        foreach (var node in nodes) deepest = Math.Max(deepest, node.Depth);
        return deepest + 1;
    }
}
