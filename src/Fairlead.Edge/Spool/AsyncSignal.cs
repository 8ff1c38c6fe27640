namespace Fairlead.Edge.Spool;

/// <summary>Wakes one task. A signal given while nobody waits is kept for the next wait; several of them are one.</summary>
internal sealed class AsyncSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiting;
    private bool _isSet;

    /// <summary>Wakes.</summary>
    public void Set()
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            (waiting, _waiting) = (_waiting, null);
            _isSet = waiting is null;
        }

        waiting?.TrySetResult();
    }

    /// <summary>Waits for the signal.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_isSet)
            {
                _isSet = false;
                return Task.CompletedTask;
            }

            _waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return cancellationToken.CanBeCanceled ? _waiting.Task.WaitAsync(cancellationToken) : _waiting.Task;
        }
    }
}
