namespace Fairlead.Features.IotHub.Messages;

/// <summary>What is counted of device-to-cloud messages.</summary>
internal sealed class TelemetryCounters
{
    private long _accepted;
    private long _bytes;
    private long _refused;

    /// <summary>Messages taken.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Their bytes, properties included.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Messages refused: too large, too many, no store.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Counts a message.</summary>
    public void CountAccepted(int bytes)
    {
        Interlocked.Increment(ref _accepted);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>Counts refused messages.</summary>
    public void CountRefused(int messages) => Interlocked.Add(ref _refused, messages);
}
