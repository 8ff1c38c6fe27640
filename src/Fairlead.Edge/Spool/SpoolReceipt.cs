namespace Fairlead.Edge.Spool;

/// <summary>Tells when an appended message is durable.</summary>
internal sealed class SpoolReceipt
{
    private readonly Action<SpoolOutcome>? _completed;
    private readonly Lock _gate = new();
    private TaskCompletionSource<SpoolOutcome>? _waiting;
    private int _outcome;

    internal SpoolReceipt(Action<SpoolOutcome>? completed) => _completed = completed;

    /// <summary>What became of it, so far.</summary>
    public SpoolOutcome Outcome => (SpoolOutcome)Volatile.Read(ref _outcome);

    /// <summary>Waits for the decision.</summary>
    public ValueTask<SpoolOutcome> WaitAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (Outcome != SpoolOutcome.Pending) return ValueTask.FromResult(Outcome);
            _waiting ??= new TaskCompletionSource<SpoolOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask<SpoolOutcome>(_waiting.Task.WaitAsync(cancellationToken));
        }
    }

    /// <summary>Decides, once.</summary>
    internal void Complete(SpoolOutcome outcome)
    {
        TaskCompletionSource<SpoolOutcome>? waiting;
        lock (_gate)
        {
            if (Outcome != SpoolOutcome.Pending) return;
            Volatile.Write(ref _outcome, (int)outcome);
            waiting = _waiting;
        }

        waiting?.TrySetResult(outcome);
        _completed?.Invoke(outcome);
    }
}
