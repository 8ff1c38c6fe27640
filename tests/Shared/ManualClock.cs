namespace Fairlead.Shared;

/// <summary>
/// A clock that moves when a test moves it. Timers ring in the order in which they become due, each at its own time; those with a period ring
/// again and again, as those of the machine do. One thread moves it; any thread may set timers.
/// </summary>
public sealed class ManualClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Alarm> _set = [];
    private DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private int _made;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers that were ever made.</summary>
    public int Made => Volatile.Read(ref _made);

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _made);
        var alarm = new Alarm(this, callback, state);
        alarm.Change(dueTime, period);
        return alarm;
    }

    /// <summary>Moves on. What becomes due on the way rings on this thread, at its time; a timer that is set meanwhile too.</summary>
    public void Advance(TimeSpan by)
    {
        var end = GetUtcNow() + by;
        while (TakeDue(end) is { } alarm) alarm.Ring();
    }

    private Alarm? TakeDue(DateTimeOffset end)
    {
        lock (_gate)
        {
            var next = _set.MinBy(static alarm => alarm.Due);
            if (next is null || next.Due > end)
            {
                _now = end;
                return null;
            }

            if (next.Due > _now) _now = next.Due;
            _set.Remove(next);
            next.Repeat();
            return next;
        }
    }

    private sealed class Alarm(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;
        private bool _disposed;

        public DateTimeOffset Due { get; private set; }

        public void Ring() => callback(state);

        /// <summary>Sets it for its next period; within the clock's lock.</summary>
        public void Repeat()
        {
            if (_period <= TimeSpan.Zero) return;
            Due += _period;
            clock._set.Add(this);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                if (_disposed) return false;
                clock._set.Remove(this);
                _period = period;
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Due = clock._now + dueTime;
                clock._set.Add(this);
                return true;
            }
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                _disposed = true;
                clock._set.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
