using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Devices;

/// <summary>A message on its way to the hub; a node of its lane's list, so that waiting costs nothing more.</summary>
internal sealed class PendingSend(DeviceMessage message, bool repeatable, long started)
{
    private readonly TaskCompletionSource<HubFault?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where it stands; belongs to the lane's lock.</summary>
    public enum Step
    {
        /// <summary>Not given to the link.</summary>
        Waiting,

        /// <summary>Given to the link; the outcome is out.</summary>
        Sent,

        /// <summary>Out of the list.</summary>
        Gone,
    }

    /// <summary>The message.</summary>
    public DeviceMessage Message { get; } = message;

    /// <summary>Whether it may be sent again when its outcome is lost: it has a key that consumers can tell repetitions by.</summary>
    public bool IsRepeatable { get; } = repeatable;

    /// <summary>Timestamp of its arrival.</summary>
    public long Started { get; } = started;

    /// <summary>Completes with the outcome.</summary>
    public Task<HubFault?> Done => _done.Task;

    /// <summary>Step; belongs to the lane's lock.</summary>
    public Step At { get; set; }

    /// <summary>Older neighbour.</summary>
    public PendingSend? Before { get; set; }

    /// <summary>Younger neighbour.</summary>
    public PendingSend? After { get; set; }

    /// <summary>Watches the deadline.</summary>
    public CancellationTokenRegistration Deadline { get; set; }

    /// <summary>Tells whoever waits; the first one counts.</summary>
    public bool Complete(HubFault? fault) => _done.TrySetResult(fault);
}
