namespace Fairlead.Features.IotHub.Messages;

/// <summary>So many messages in a day (UTC) and no more; 0 stands for no limit. Counts in memory: a start begins anew.</summary>
internal sealed class DailyQuota(TimeProvider time, int most)
{
    private long _day;
    private long _count;

    /// <summary>Takes some of this day's; false when there are not as many left, and none is taken then.</summary>
    public bool TryTake(int count)
    {
        if (most == 0) return true;
        var today = time.GetUtcNow().UtcTicks / TimeSpan.TicksPerDay;
        if (Interlocked.Exchange(ref _day, today) != today) Volatile.Write(ref _count, 0);
        if (Interlocked.Add(ref _count, count) <= most) return true;
        Interlocked.Add(ref _count, -count);
        return false;
    }
}
