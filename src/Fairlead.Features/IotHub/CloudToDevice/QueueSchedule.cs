namespace Fairlead.Features.IotHub.CloudToDevice;

/// <summary>Which queue has a lock or a life that ends next: one timer for all, and one entry for each queue that has messages.</summary>
internal sealed class QueueSchedule : IDisposable
{
    // Timers do not count further than 49 days, and the clock may be set.
    private const long LongestWait = 86_400_000;

    private readonly TimeProvider _time;
    private readonly Action<DeviceQueue> _onDue;
    private readonly Lock _lock = new();
    private readonly SortedSet<DeviceQueue> _queues = new(Comparer<DeviceQueue>.Create(Compare));
    private readonly ITimer _timer;
    private long _armedFor = long.MaxValue;

    /// <summary>Makes an empty schedule.</summary>
    /// <param name="time">Clock.</param>
    /// <param name="onDue">Looks after a queue; under no lock.</param>
    public QueueSchedule(TimeProvider time, Action<DeviceQueue> onDue)
    {
        (_time, _onDue) = (time, onDue);
        _timer = time.CreateTimer(static state => ((QueueSchedule)state!).OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes note of when a queue is due; <see cref="long.MaxValue"/> for never. Under the lock of the queue.</summary>
    public void Set(DeviceQueue queue, long due)
    {
        if (queue.ScheduledAt == due) return;
        lock (_lock)
        {
            _queues.Remove(queue);
            queue.ScheduledAt = due;
            if (due != long.MaxValue) _queues.Add(queue);
            Arm();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private static int Compare(DeviceQueue left, DeviceQueue right)
    {
        var order = left.ScheduledAt.CompareTo(right.ScheduledAt);
        return order != 0 ? order : left.Number.CompareTo(right.Number);
    }

    private void OnTick()
    {
        var due = new List<DeviceQueue>();
        lock (_lock)
        {
            var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
            while (_queues.Min is { } first && first.ScheduledAt <= now)
            {
                _queues.Remove(first);
                first.ScheduledAt = long.MaxValue;
                due.Add(first);
            }

            _armedFor = long.MaxValue;
            Arm();
        }

        foreach (var queue in due) _onDue(queue);
    }

    private void Arm()
    {
        if (_queues.Min is not { } first || first.ScheduledAt >= _armedFor) return;
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _armedFor = Math.Min(first.ScheduledAt, now + LongestWait);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(0, _armedFor - now)), Timeout.InfiniteTimeSpan);
    }
}
