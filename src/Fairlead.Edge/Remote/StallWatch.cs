namespace Fairlead.Edge.Remote;

/// <summary>Notices that acknowledgments no longer come although the connection seems alive (spec section 17.2).</summary>
internal sealed class StallWatch(TimeProvider time, TimeSpan limit)
{
    private long _since = time.GetTimestamp();

    /// <summary>Something was sent while nothing was under way, or an acknowledgment came.</summary>
    public void Touch() => Volatile.Write(ref _since, time.GetTimestamp());

    /// <summary>Whether the link has to be rebuilt.</summary>
    /// <param name="underWay">Messages sent and not acknowledged.</param>
    public bool IsStalled(int underWay) => underWay > 0 && time.GetElapsedTime(Volatile.Read(ref _since)) >= limit;
}
