namespace Fairlead.Gateway.Cloud;

/// <summary>A request that waits for one cloud-to-device message.</summary>
internal sealed class MessagePoll : ICloudConsumer
{
    private readonly TaskCompletionSource<LockedMessage?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the message; null when it is to end without one.</summary>
    public Task<LockedMessage?> Done => _done.Task;

    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Room => _done.Task.IsCompleted ? 0 : 1;

    /// <inheritdoc/>
    public bool TryTake(LockedMessage message) => _done.TrySetResult(message);

    /// <inheritdoc/>
    public void OnReleased(LockedMessage message)
    {
    }

    /// <inheritdoc/>
    public void End(ConsumerEnd why) => _done.TrySetResult(null);
}

/// <summary>A request that waits for one direct method.</summary>
internal sealed class MethodPoll : IMethodConsumer
{
    private readonly TaskCompletionSource<PendingCall?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the call; null when it is to end without one.</summary>
    public Task<PendingCall?> Done => _done.Task;

    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public bool TryTake(PendingCall call)
    {
        // The poll is over before its answer is written; whoever writes it tells when that fails.
        if (_done.Task.IsCompleted) return false;
        call.IsOut = true;
        if (_done.TrySetResult(call)) return true;
        call.IsOut = false;
        return false;
    }

    /// <inheritdoc/>
    public void End(ConsumerEnd why) => _done.TrySetResult(null);
}
