using Fairlead.Broker.Durability;

namespace Fairlead.Features.IotHub.Messages;

/// <summary>A receipt that one task waits for.</summary>
internal sealed class AwaitedCommit : CommitReceipt
{
    // The continuation is somebody's answer: not for the store's writer.
    private readonly TaskCompletionSource<bool> _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends the maker's own hold and waits for the others. Once.</summary>
    /// <returns>False when something could not be kept.</returns>
    public Task<bool> WaitAsync()
    {
        Release();
        return _settled.Task;
    }

    /// <inheritdoc/>
    protected override void OnSettled() => _settled.TrySetResult(!Failed);
}
