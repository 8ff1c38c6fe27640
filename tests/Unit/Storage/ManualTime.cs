namespace Fairlead.Unit.Storage;

/// <summary>A clock that stands still: its timers ring when the test says so.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private bool _runs;
    private TaskCompletionSource _set = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        lock (_gate) _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Waits until a timer is set, then lets all that are set ring.</summary>
    public async Task RingAsync()
    {
        while (true)
        {
            Task set;
            Timer[] due;
            lock (_gate)
            {
                due = [.. _timers.Where(timer => timer.IsSet)];
                foreach (var timer in due) timer.IsSet = false;
                set = _set.Task;
            }

            foreach (var timer in due) timer.Ring();
            if (due.Length > 0) return;
            await set;
        }
    }

    /// <summary>From now on every timer rings as soon as it is set.</summary>
    public void Run()
    {
        Timer[] due;
        lock (_gate)
        {
            _runs = true;
            due = [.. _timers.Where(timer => timer.IsSet)];
        }

        foreach (var timer in due) timer.Ring();
    }

    private sealed class Timer(ManualTime time, Action ring) : ITimer
    {
        public bool IsSet { get; set; }

        public void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                IsSet = dueTime != Timeout.InfiniteTimeSpan;
                if (!IsSet) return true;
                if (time._runs) ThreadPool.QueueUserWorkItem(static timer => timer.Ring(), this, preferLocal: false);
                time._set.TrySetResult();
                time._set = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return true;
        }

        public void Dispose() => IsSet = false;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
