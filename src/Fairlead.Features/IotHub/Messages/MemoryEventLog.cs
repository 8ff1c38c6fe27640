using Fairlead.Broker.Durability;

namespace Fairlead.Features.IotHub.Messages;

/// <summary>A device-to-cloud log in memory, for <c>durability: memory</c>: each partition keeps the newest events within its bounds.</summary>
internal sealed class MemoryEventLog : IEventLog
{
    /// <summary>Events of one partition at most.</summary>
    public const int MostEvents = 10_000;

    private readonly TimeProvider _time;
    private readonly long _retention;
    private readonly long _bytes;
    private readonly Partition[] _partitions;

    /// <summary>Makes an empty log.</summary>
    public MemoryEventLog(IotHubOptions options, TimeProvider time)
    {
        _time = time;
        _retention = (long)options.EventRetention.TotalMilliseconds;
        // Memory is dearer than disk: what is allowed there is a tenth here, at most 64 MB.
        _bytes = Math.Min(64L * 1024 * 1024, options.EventBytes / 10) / options.EventPartitions;
        _partitions = [.. Enumerable.Range(0, options.EventPartitions).Select(static _ => new Partition())];
    }

    /// <inheritdoc/>
    public int PartitionCount => _partitions.Length;

    /// <inheritdoc/>
    public bool IsHealthy => true;

    /// <inheritdoc/>
    public Action? GroupEnded { get; set; }

    /// <inheritdoc/>
    public int PartitionOf(string deviceId) => EventPartitions.Of(deviceId, _partitions.Length);

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<TelemetryEvent> batch, CommitReceipt? receipt)
    {
        if (batch.IsEmpty) return;
        var partition = _partitions[PartitionOf(batch[0].Source.DeviceId)];
        Action[] watchers;
        lock (partition.Lock)
        {
            foreach (var entry in batch)
            {
                partition.Events.Enqueue(new LoggedEvent(++partition.Last, entry));
                partition.Bytes += entry.Message.Size;
                partition.LastAt = entry.EnqueuedAt;
            }

            Prune(partition);
            watchers = partition.Watchers;
        }

        foreach (var watcher in watchers) watcher();
    }

    /// <inheritdoc/>
    public EventPartition Describe(int partition)
    {
        var found = _partitions[partition];
        lock (found.Lock)
        {
            Prune(found);
            return new EventPartition(found.Events.TryPeek(out var first) ? first.Sequence : found.Last + 1, found.Last, found.LastAt);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<LoggedEvent> Read(int partition, long after, int most)
    {
        var found = _partitions[partition];
        lock (found.Lock)
        {
            Prune(found);
            var first = found.Events.TryPeek(out var oldest) ? oldest.Sequence : 0;
            return [.. found.Events.Skip((int)Math.Clamp(after - first + 1, 0, found.Events.Count)).Take(most)];
        }
    }

    /// <inheritdoc/>
    public long FindByTime(int partition, long enqueuedAt)
    {
        var found = _partitions[partition];
        lock (found.Lock)
        {
            foreach (var entry in found.Events)
            {
                if (entry.Event.EnqueuedAt > enqueuedAt) return entry.Sequence - 1;
            }

            return found.Last;
        }
    }

    /// <inheritdoc/>
    public IDisposable Watch(int partition, Action onAppended)
    {
        var found = _partitions[partition];
        var watcher = new Watcher(found, onAppended);
        lock (found.Lock) found.Watchers = [.. found.Watchers, watcher.Tell];
        return watcher;
    }

    private void Prune(Partition partition)
    {
        var oldest = _time.GetUtcNow().ToUnixTimeMilliseconds() - _retention;
        while (partition.Events.TryPeek(out var first)
            && (partition.Events.Count > MostEvents || partition.Bytes > _bytes || first.Event.EnqueuedAt < oldest))
        {
            partition.Events.Dequeue();
            partition.Bytes -= first.Event.Message.Size;
        }
    }

    private sealed class Partition
    {
        public Lock Lock { get; } = new();

        public Queue<LoggedEvent> Events { get; } = new();

        public Action[] Watchers { get; set; } = [];

        public long Last { get; set; }

        public long LastAt { get; set; }

        public long Bytes { get; set; }
    }

    private sealed class Watcher : IDisposable
    {
        private readonly Partition _partition;

        public Watcher(Partition partition, Action onAppended)
        {
            _partition = partition;
            Tell = () => onAppended();
        }

        public Action Tell { get; }

        public void Dispose()
        {
            lock (_partition.Lock) _partition.Watchers = [.. _partition.Watchers.Where(watcher => watcher != Tell)];
        }
    }
}
