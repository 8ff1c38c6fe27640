namespace Fairlead.Features.IotHub;

/// <summary>So many in a second and no more; 0 stands for no limit. Off costs nothing.</summary>
internal sealed class RateLimit(TimeProvider time, int most)
{
    private long _second;
    private int _count;

    /// <summary>Takes some of this second's; false when there are not as many left.</summary>
    public bool TryTake(int count)
    {
        if (most == 0) return true;
        var now = time.GetTimestamp() / time.TimestampFrequency;
        if (Interlocked.Exchange(ref _second, now) != now) Volatile.Write(ref _count, 0);
        return Interlocked.Add(ref _count, count) <= most;
    }
}
