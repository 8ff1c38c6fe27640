using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Durability;

namespace Fairlead.Unit.Shadows;

/// <summary>A store whose commits happen when the test says so; it keeps documents alone.</summary>
internal sealed class HeldStore : IBrokerStore
{
    private readonly Lock _lock = new();
    private readonly List<CommitReceipt> _receipts = [];
    private readonly Dictionary<string, Document> _kept = [];
    private bool _holds;

    /// <summary>Documents as the next start would find them.</summary>
    public IReadOnlyList<Document> Kept
    {
        get
        {
            lock (_lock) return [.. _kept.Values];
        }
    }

    public bool IsDurable => true;

    public bool IsHealthy { get; set; } = true;

    public Action? GroupEnded { get; set; }

    public int PendingChanges => 0;

    public LatencyHistogram Commits { get; } = new();

    public StoredState Load() => StoredState.Empty;

    /// <summary>Commits nothing from now on.</summary>
    public void Hold()
    {
        lock (_lock) _holds = true;
    }

    /// <summary>Commits what was held back, and everything from now on.</summary>
    public void Commit()
    {
        CommitReceipt[] held;
        lock (_lock)
        {
            _holds = false;
            held = [.. _receipts];
            _receipts.Clear();
        }

        foreach (var receipt in held) receipt.Release();
    }

    /// <summary>Holds what an earlier store held.</summary>
    public void Keep(Document document) => _kept[document.Collection + " " + document.Key] = document;

    public void Append(in StoreChange change)
    {
        if (change.Kind is not (StoreChangeKind.DocumentSaved or StoreChangeKind.DocumentRemoved)) return;
        lock (_lock)
        {
            _kept[change.Document.Collection + " " + change.Document.Key] = change.Document;
            if (_holds && change.Receipt is not null) _receipts.Add(change.Receipt);
            if (_holds) return;
        }

        change.Receipt?.Release();
    }

    public void Append(ReadOnlySpan<StoreChange> changes)
    {
        foreach (ref readonly var change in changes) Append(change);
    }

    public Task FlushAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
