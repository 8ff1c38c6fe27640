using Fairlead.Broker.Diagnostics;

namespace Fairlead.Broker.Durability;

/// <summary>
/// Keeps what the broker has acknowledged. Changes are appended from any thread without waiting; one writer commits them in groups
/// (everything that came meanwhile: one transaction, one sync) and releases the receipts after the commit.
/// </summary>
public interface IBrokerStore : IAsyncDisposable
{
    /// <summary>False when nothing is kept (<c>durability: memory</c>): the broker then neither waits nor appends.</summary>
    bool IsDurable { get; }

    /// <summary>
    /// False while the store cannot write (disk full, I/O error): new QoS 1 and 2 publications that would have to be kept are then
    /// refused with 0x97. Becomes true again by itself.
    /// </summary>
    bool IsHealthy { get; }

    /// <summary>Reads everything. Called once, before the first change.</summary>
    /// <exception cref="StoreException">The file is corrupt, locked or from a newer version; the message names file and cure.</exception>
    StoredState Load();

    /// <summary>Takes a change; never blocks, never throws. Order of calls is order of effect.</summary>
    void Append(in StoreChange change);

    /// <summary>
    /// Takes changes that a crash must not part: they go into one transaction. A QoS 2 publication is such a case: with its Packet
    /// Identifier kept but not its deliveries, the client's repetition would be taken for a duplicate and the message lost.
    /// </summary>
    void Append(ReadOnlySpan<StoreChange> changes);

    /// <summary>Changes that wait to be written; the broker slows publishers by it.</summary>
    int PendingChanges { get; }

    /// <summary>How long the commits take.</summary>
    LatencyHistogram Commits { get; }

    /// <summary>Called by the writer after each group, when all receipts of the group were released: the broker then flushes.</summary>
    Action? GroupEnded { get; set; }

    /// <summary>Waits until everything appended before the call is durable.</summary>
    Task FlushAsync(CancellationToken cancellationToken = default);
}
