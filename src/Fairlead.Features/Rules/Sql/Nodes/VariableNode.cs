namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>A variable of SET.</summary>
internal sealed class VariableNode(string name, int index) : SqlNode
{
    /// <summary>Its name without <c>@</c>.</summary>
    public string Name { get; } = name;

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame) => frame.Variables[index];
}
