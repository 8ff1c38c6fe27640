namespace Fairlead.Unit.DataPlane;

/// <summary>The clock of the machine, put forward when a test says so: timers that have become due by that ring at once.</summary>
internal sealed class ForwardClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly HashSet<Alarm> _alarms = [];
    private readonly long _origin = System.GetTimestamp();
    private long _ahead;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Volatile.Read(ref _ahead));

    public override long GetTimestamp() => System.GetElapsedTime(_origin).Ticks + Volatile.Read(ref _ahead);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, callback, state);
        alarm.Change(dueTime, period);
        return alarm;
    }

    public void Forward(TimeSpan by)
    {
        Interlocked.Add(ref _ahead, by.Ticks);
        Alarm[] alarms;
        lock (_gate) alarms = [.. _alarms];
        foreach (var alarm in alarms) alarm.Hurry();
    }

    private sealed class Alarm : ITimer
    {
        private readonly ForwardClock _clock;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private readonly ITimer _inner;
        private long _dueAt = long.MaxValue;
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public Alarm(ForwardClock clock, TimerCallback callback, object? state)
        {
            (_clock, _callback, _state) = (clock, callback, state);
            _inner = System.CreateTimer(static self => ((Alarm)self!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_clock._gate)
            {
                _period = period;
                _dueAt = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : _clock.GetTimestamp() + dueTime.Ticks;
                if (_dueAt == long.MaxValue) _clock._alarms.Remove(this);
                else _clock._alarms.Add(this);
                return _inner.Change(dueTime, period);
            }
        }

        public void Hurry()
        {
            lock (_clock._gate)
            {
                if (_dueAt == long.MaxValue) return;
                var left = TimeSpan.FromTicks(Math.Max(0, _dueAt - _clock.GetTimestamp()));
                _inner.Change(left, _period);
            }
        }

        public void Dispose()
        {
            lock (_clock._gate) _clock._alarms.Remove(this);
            _inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Ring()
        {
            lock (_clock._gate)
            {
                if (_period == Timeout.InfiniteTimeSpan)
                {
                    _dueAt = long.MaxValue;
                    _clock._alarms.Remove(this);
                }
                else
                {
                    _dueAt = _clock.GetTimestamp() + _period.Ticks;
                }
            }

            _callback(_state);
        }
    }
}
