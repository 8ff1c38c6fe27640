namespace Fairlead.Broker.Durability;

/// <summary>
/// Counts what an answer to a client still waits for. It starts held once by its maker; each change handed to the store with this
/// receipt holds it once more; when the last hold is released the answer may go out. Thread-safe.
/// </summary>
public abstract class CommitReceipt
{
    private int _holds = 1;
    private int _failed;

    /// <summary>Whether some part could not be kept; decides between success and refusal in <see cref="OnSettled"/>.</summary>
    public bool Failed => Volatile.Read(ref _failed) != 0;

    /// <summary>Adds a hold; called by whoever appends a change with this receipt, before appending.</summary>
    public void Hold() => Interlocked.Increment(ref _holds);

    /// <summary>Ends one hold: durable, or no longer needed.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holds) == 0) OnSettled();
    }

    /// <summary>Ends one hold: the change could not be kept.</summary>
    public void Fail()
    {
        Volatile.Write(ref _failed, 1);
        Release();
    }

    /// <summary>Called once, on the thread that released last (often the store's writer): must neither block nor throw.</summary>
    protected abstract void OnSettled();
}
