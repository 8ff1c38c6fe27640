namespace Fairlead.Gateway.Health;

/// <summary>Phase of the gateway and what is under way in it.</summary>
internal sealed class GatewayState
{
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _requests;
    private int _streams;
    private volatile bool _stopping;

    /// <summary>Fires when the gateway stops: streams and polls end.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    /// <summary>Whether it stops.</summary>
    public bool IsStopping => _stopping;

    /// <summary>Requests under way.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Streams and long polls open.</summary>
    public int Streams => Volatile.Read(ref _streams);

    /// <summary>A request begins.</summary>
    public void Enter() => Interlocked.Increment(ref _requests);

    /// <summary>A request has ended.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _requests) == 0 && _stopping) _idle.TrySetResult();
    }

    /// <summary>A stream or a poll begins.</summary>
    /// <returns>False when there are too many.</returns>
    public bool TryEnterStream(int most)
    {
        if (Interlocked.Increment(ref _streams) <= most) return true;
        Interlocked.Decrement(ref _streams);
        return false;
    }

    /// <summary>A stream or a poll has ended.</summary>
    public void LeaveStream() => Interlocked.Decrement(ref _streams);

    /// <summary>Begins to stop and waits until nothing is under way.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        await Stopping.CancelAsync();
        if (Requests == 0) _idle.TrySetResult();
        await _idle.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
