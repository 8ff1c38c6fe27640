using Fairlead.Broker.Durability;

namespace Fairlead.Features.IotHub.Messages;

/// <summary>
/// The log of device-to-cloud messages: partitions, each a sequence that starts at 1 and never repeats. A device is always in the same
/// partition, so its order is kept (spec/azure-gateway 4.6). What is older than the retention goes from the front.
/// </summary>
internal interface IEventLog
{
    /// <summary>Partitions; constant for a store.</summary>
    int PartitionCount { get; }

    /// <summary>False while it cannot write: telemetry must then be refused before anything of it is published.</summary>
    bool IsHealthy { get; }

    /// <summary>Called by whoever writes, after each group whose receipts were released: the broker then sends the acknowledgments among them.</summary>
    Action? GroupEnded { get; set; }

    /// <summary>The partition of a device, 0 to <see cref="PartitionCount"/> - 1.</summary>
    int PartitionOf(string deviceId);

    /// <summary>Takes events of one device, in order. Neither waits nor throws.</summary>
    /// <param name="batch">The events.</param>
    /// <param name="receipt">Held once by this call and released when all of them are durable; null when nobody waits.</param>
    void Append(ReadOnlySpan<TelemetryEvent> batch, CommitReceipt? receipt);

    /// <summary>What a partition holds.</summary>
    EventPartition Describe(int partition);

    /// <summary>Events behind a sequence number in their order; empty when there are none yet. Reads the store: not for the packet path.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="after">Sequence number behind which to start; 0 for the first that is still there.</param>
    /// <param name="most">At most so many.</param>
    IReadOnlyList<LoggedEvent> Read(int partition, long after, int most);

    /// <summary>The sequence number behind which everything was enqueued later than a time; 0 when everything was.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="enqueuedAt">Milliseconds since the Unix epoch.</param>
    long FindByTime(int partition, long enqueuedAt);

    /// <summary>Tells of new events until it is disposed. The callback runs on the packet path: it must neither block nor read.</summary>
    IDisposable Watch(int partition, Action onAppended);
}

/// <summary>What a partition holds.</summary>
/// <param name="FirstSequence">Sequence number of the oldest event; that of the next one when it is empty.</param>
/// <param name="LastSequence">Sequence number of the newest event ever appended; 0 for none.</param>
/// <param name="LastEnqueuedAt">When that was, milliseconds since the Unix epoch; 0 for none.</param>
internal readonly record struct EventPartition(long FirstSequence, long LastSequence, long LastEnqueuedAt)
{
    /// <summary>Whether nothing is left in it.</summary>
    public bool IsEmpty => FirstSequence > LastSequence;
}

/// <summary>An event in its place.</summary>
/// <param name="Sequence">Its sequence number; its offset is the same number as text.</param>
/// <param name="Event">The event.</param>
internal readonly record struct LoggedEvent(long Sequence, TelemetryEvent Event);
