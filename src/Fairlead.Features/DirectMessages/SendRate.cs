namespace Fairlead.Features.DirectMessages;

/// <summary>How many calls the account may make in a second; off by default (spec/aws-messaging, section 1.14).</summary>
internal sealed class SendRate(int most, TimeProvider time)
{
    private long _second;
    private int _count;

    /// <summary>Takes one of this second's calls; false when there are no more.</summary>
    public bool TryTake()
    {
        if (most == 0) return true;
        var now = time.GetTimestamp() / time.TimestampFrequency;
        if (Interlocked.Exchange(ref _second, now) != now) Volatile.Write(ref _count, 0);
        return Interlocked.Increment(ref _count) <= most;
    }
}
