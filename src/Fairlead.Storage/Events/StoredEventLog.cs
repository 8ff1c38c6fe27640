using Fairlead.Broker.Durability;
using Fairlead.Features.IotHub.Messages;

namespace Fairlead.Storage.Events;

/// <summary>
/// The device-to-cloud log over an <see cref="EventStore"/>. Sequence numbers of the log start at 1, those of the store at 0; of a partition
/// of which nothing is left the next number is still known.
/// </summary>
/// <param name="store">The store; disposed by its owner.</param>
internal sealed class StoredEventLog(EventStore store) : IEventLog
{
    [ThreadStatic]
    private static FrameBuffer? _scratch;

    /// <inheritdoc/>
    public int PartitionCount => store.PartitionCount;

    /// <inheritdoc/>
    public bool IsHealthy => store.IsHealthy && store.HasRoom;

    /// <inheritdoc/>
    public Action? GroupEnded
    {
        get => store.GroupEnded;
        set => store.GroupEnded = value;
    }

    /// <inheritdoc/>
    public int PartitionOf(string deviceId) => EventPartitions.Of(deviceId, store.PartitionCount);

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<TelemetryEvent> batch, CommitReceipt? receipt)
    {
        if (batch.IsEmpty) return;
        var scratch = _scratch ??= new FrameBuffer();
        scratch.Clear();
        foreach (var item in batch) TelemetryRecord.Write(item, scratch);
        if (store.TryAppend(PartitionOf(batch[0].Source.DeviceId), batch[0].EnqueuedAt, scratch.Written, batch.Length, receipt)) return;
        if (receipt is null) return;
        receipt.Hold();
        receipt.Fail();
    }

    /// <inheritdoc/>
    public EventPartition Describe(int partition)
    {
        var (first, next, lastTime) = store.Bounds(partition);
        return new EventPartition(first + 1, next, lastTime);
    }

    /// <inheritdoc/>
    public IReadOnlyList<LoggedEvent> Read(int partition, long after, int most)
    {
        var found = new List<LoggedEvent>();
        var next = Math.Max(after, 0);
        while (found.Count < most && store.Read(partition, next) is { } block)
        {
            var position = 0;
            for (var sequence = block.First; found.Count < most && block.TryRead(ref position, out var time, out var record); sequence++)
            {
                if (sequence >= next && TelemetryRecord.Read(record, time) is { } item) found.Add(new LoggedEvent(sequence + 1, item));
            }

            next = block.Next;
        }

        return found;
    }

    /// <inheritdoc/>
    public long FindByTime(int partition, long enqueuedAt) => store.FindTime(partition, enqueuedAt + 1);

    /// <inheritdoc/>
    public IDisposable Watch(int partition, Action onAppended)
    {
        store.Listen(partition, onAppended);
        return new Watcher(store, partition, onAppended);
    }

    private sealed class Watcher(EventStore store, int partition, Action listener) : IDisposable
    {
        public void Dispose() => store.Unlisten(partition, listener);
    }
}
