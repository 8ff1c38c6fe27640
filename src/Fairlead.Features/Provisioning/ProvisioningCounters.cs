namespace Fairlead.Features.Provisioning;

/// <summary>What became of requests of the MQTT API.</summary>
internal sealed class ProvisioningCounters
{
    private readonly long[] _accepted = new long[3];
    private readonly long[] _rejected = new long[3];
    private long _throttled;

    /// <summary>Requests that found no room in the queue; they are among the rejected.</summary>
    public long Throttled => Interlocked.Read(ref _throttled);

    /// <summary>Requests that were answered so.</summary>
    public long Answered(ProvisioningCallKind kind, bool accepted) => Interlocked.Read(ref (accepted ? _accepted : _rejected)[(int)kind]);

    /// <summary>Counts an answer.</summary>
    public void Count(ProvisioningCallKind kind, bool accepted) => Interlocked.Increment(ref (accepted ? _accepted : _rejected)[(int)kind]);

    /// <summary>Counts a request that found no room.</summary>
    public void CountThrottled() => Interlocked.Increment(ref _throttled);
}
