using Fairlead.Broker.Diagnostics;

namespace Fairlead.Broker.Durability;

/// <summary>Keeps nothing beyond the process: <c>durability: memory</c>, and the twin of the SQLite store in tests.</summary>
public sealed class MemoryStore : IBrokerStore
{
    /// <inheritdoc/>
    public bool IsDurable => false;

    /// <inheritdoc/>
    public bool IsHealthy => true;

    /// <inheritdoc/>
    public Action? GroupEnded { get; set; }

    /// <inheritdoc/>
    public StoredState Load() => StoredState.Empty;

    /// <inheritdoc/>
    public void Append(in StoreChange change)
    {
        var receipt = change.Kind == StoreChangeKind.MessageQueued ? change.Entry.Receipt : change.Receipt;
        if (change.Kind == StoreChangeKind.MessageQueued) change.Entry.MarkNotWritten();
        receipt?.Release();
    }

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<StoreChange> changes)
    {
        foreach (ref readonly var change in changes) Append(change);
    }

    /// <inheritdoc/>
    public int PendingChanges => 0;

    /// <inheritdoc/>
    public LatencyHistogram Commits { get; } = new();

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
