using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Durability;

namespace Fairlead.Edge.Local;

/// <summary>
/// The store behind the embedded broker: the spool is what keeps messages, so this one keeps nothing. Its one duty is to hold back the
/// PUBACK of a message for the connector until the connector has acknowledged it, which it does when the spool has it (spec section 8.2,
/// rule 0): the broker releases the receipt itself when a delivery ends before it was written.
/// </summary>
internal sealed class EmbeddedStore(string intakeClientId) : IBrokerStore
{
    private long _intakeSession = -1;

    /// <inheritdoc/>
    public bool IsDurable => true;

    /// <inheritdoc/>
    public bool IsHealthy => true;

    /// <inheritdoc/>
    public Action? GroupEnded { get; set; }

    /// <inheritdoc/>
    public int PendingChanges => 0;

    /// <inheritdoc/>
    public LatencyHistogram Commits { get; } = new();

    /// <inheritdoc/>
    public StoredState Load() => StoredState.Empty;

    /// <inheritdoc/>
    public void Append(in StoreChange change)
    {
        switch (change.Kind)
        {
            case StoreChangeKind.SessionSaved when change.Session.ClientId == intakeClientId:
                Volatile.Write(ref _intakeSession, change.SessionId != 0 ? change.SessionId : change.Session.Id);
                break;
            case StoreChangeKind.MessageQueued:
                if (change.SessionId == Volatile.Read(ref _intakeSession)) return; // released by the broker when the connector has acknowledged
                change.Entry.MarkNotWritten();
                change.Entry.Receipt?.Release();
                return;
        }

        change.Receipt?.Release();
    }

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<StoreChange> changes)
    {
        foreach (ref readonly var change in changes) Append(change);
    }

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
