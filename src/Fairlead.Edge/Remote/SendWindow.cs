namespace Fairlead.Edge.Remote;

/// <summary>Counts what is sent and not yet acknowledged, and holds the sender back at a limit that may change.</summary>
internal sealed class SendWindow(int limit)
{
    private readonly Lock _gate = new();
    private int _limit = limit;
    private int _underWay;
    private TaskCompletionSource? _changed;

    /// <summary>Sent and not acknowledged.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Most that may be.</summary>
    public int Limit
    {
        get => Volatile.Read(ref _limit);
        set
        {
            lock (_gate)
            {
                _limit = value;
                Signal();
            }
        }
    }

    /// <summary>Waits for room and takes it.</summary>
    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_underWay < _limit)
                {
                    _underWay++;
                    return;
                }

                changed = Changed();
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Takes room whether there is any or not.</summary>
    public void Enter()
    {
        lock (_gate) _underWay++;
    }

    /// <summary>An acknowledgment came, or will never come.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _underWay--;
            Signal();
        }
    }

    /// <summary>Waits until nothing is under way.</summary>
    public async Task WhenEmptyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_underWay == 0) return;
                changed = Changed();
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private Task Changed() => (_changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private void Signal()
    {
        _changed?.TrySetResult();
        _changed = null;
    }
}
