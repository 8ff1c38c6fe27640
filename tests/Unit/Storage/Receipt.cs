using Fairlead.Broker.Durability;

namespace Fairlead.Unit.Storage;

/// <summary>A receipt that a test can wait for: true when kept, false when refused.</summary>
internal sealed class Receipt : CommitReceipt
{
    private readonly TaskCompletionSource<bool> _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Receipt() => Hold(); // one hold for the change; the maker's own goes in For

    public Task<bool> Settled => _settled.Task;

    public bool IsSettled => _settled.Task.IsCompleted;

    /// <summary>How often the last hold was released: must never pass 1.</summary>
    public int Times { get; private set; }

    /// <summary>Held by one change alone.</summary>
    public static Receipt ForOneChange()
    {
        var receipt = new Receipt();
        receipt.Release();
        return receipt;
    }

    protected override void OnSettled()
    {
        Times++;
        _settled.TrySetResult(!Failed);
    }
}
