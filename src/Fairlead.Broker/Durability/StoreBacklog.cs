namespace Fairlead.Broker.Durability;

/// <summary>Makes publishers wait while the store has fallen behind, so that what waits to be written is bounded.</summary>
internal sealed class StoreBacklog(IBrokerStore store, int limit)
{
    private TaskCompletionSource? _waiting;

    /// <summary>Whether more waits than is allowed.</summary>
    public bool IsOver => store.PendingChanges > limit;

    /// <summary>Completes when the store has caught up.</summary>
    public Task WaitAsync()
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var shared = Interlocked.CompareExchange(ref _waiting, mine, null) ?? mine;
        // The group that would have released us may have ended in between.
        OnGroupEnded();
        return shared.Task;
    }

    /// <summary>The store has written a group.</summary>
    public void OnGroupEnded()
    {
        if (Volatile.Read(ref _waiting) is not null && !IsOver) Interlocked.Exchange(ref _waiting, null)?.TrySetResult();
    }
}
