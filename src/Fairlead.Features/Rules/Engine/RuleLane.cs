namespace Fairlead.Features.Rules.Engine;

/// <summary>
/// Runs rules that have something to do, a bounded number of them at a time and each of them on one thread at a time, so that its messages
/// start in their order. Rules take turns.
/// </summary>
/// <param name="most">Most rules at a time.</param>
/// <param name="blocks">Whether they may wait for something outside: they then get threads of their own, not those of the pool.</param>
internal sealed class RuleLane(int most, bool blocks) : IThreadPoolWorkItem
{
    private readonly Lock _lock = new();
    private readonly Queue<RuleRunner> _ready = new();
    private int _active;
    private bool _stopped;

    /// <summary>A rule has something to do; it is not in the lane yet.</summary>
    public void Add(RuleRunner rule)
    {
        lock (_lock)
        {
            if (_stopped) return;
            _ready.Enqueue(rule);
            if (_active == most) return;
            _active++;
        }

        if (blocks) _ = Task.Factory.StartNew(Execute, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        else ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Nothing more is begun.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _stopped = true;
            _ready.Clear();
        }
    }

    /// <inheritdoc/>
    public void Execute()
    {
        while (true)
        {
            RuleRunner? rule;
            lock (_lock)
            {
                if (!_ready.TryDequeue(out rule))
                {
                    _active--;
                    return;
                }
            }

            if (!rule.RunTurn()) continue;
            lock (_lock)
            {
                if (!_stopped) _ready.Enqueue(rule);
            }
        }
    }
}
