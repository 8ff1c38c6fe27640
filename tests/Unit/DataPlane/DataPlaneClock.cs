namespace Fairlead.Unit.DataPlane;

/// <summary>A clock that moves when it is told to, timers included.</summary>
internal sealed class DataPlaneClock : TimeProvider
{
    private readonly List<Alarm> _alarms = [];
    private DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, callback, state);
        alarm.Change(dueTime, period);
        _alarms.Add(alarm);
        return alarm;
    }

    public void Move(TimeSpan by)
    {
        var end = _now + by;
        while (_alarms.Where(alarm => alarm.Due <= end).MinBy(alarm => alarm.Due) is { } next)
        {
            _now = next.Due!.Value;
            next.Ring();
        }

        _now = end;
    }

    private sealed class Alarm(DataPlaneClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset? Due { get; private set; }

        public void Ring()
        {
            Due = null;
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime == Timeout.InfiniteTimeSpan ? null : clock._now + dueTime;
            return true;
        }

        public void Dispose() => Due = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
