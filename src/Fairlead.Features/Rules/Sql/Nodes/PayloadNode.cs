namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary><c>*</c> as a value: the whole payload if it is an Object or Array, else Undefined.</summary>
internal sealed class PayloadNode(int slot) : SqlNode
{
    /// <summary>Slot of the payload.</summary>
    public int Slot { get; } = slot;

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame) => frame.Slots[Slot];
}
