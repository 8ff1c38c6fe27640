namespace Fairlead.Features.IotHub.Messages;

/// <summary>So many messages in a day (UTC) and no more; 0 stands for no limit.</summary>
/// <param name="time">Clock.</param>
/// <param name="most">Messages in a day.</param>
/// <param name="log">
/// Where those of today are counted that came before this start; what its retention has removed since midnight is not there any more.
/// </param>
internal sealed class DailyQuota(TimeProvider time, int most, IEventLog log)
{
    private long _day = time.GetUtcNow().UtcTicks / TimeSpan.TicksPerDay;
    private long _count = most == 0 ? 0 : CountToday(time, log);

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

    private static long CountToday(TimeProvider time, IEventLog log)
    {
        var now = time.GetUtcNow();
        var yesterday = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).ToUnixTimeMilliseconds() - 1;
        return Enumerable.Range(0, log.PartitionCount).Sum(partition => log.Describe(partition).LastSequence - log.FindByTime(partition, yesterday));
    }
}
