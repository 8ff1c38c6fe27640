namespace Fairlead.Gateway.Cluster;

/// <summary>
/// Says when a link that another instance took may be attached again. The hub is the arbiter between instances: the later attach wins. A
/// wait that doubles keeps two instances that both want a link from taking it from each other for ever (spec section 9.4 item 10, checklist 78).
/// </summary>
/// <param name="first">First wait.</param>
/// <param name="time">Clock.</param>
internal sealed class StealGuard(TimeSpan first, TimeProvider time)
{
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(1);

    private TimeSpan _wait;
    private long _stolen;

    /// <summary>Times it was taken, each within a minute of the one before.</summary>
    public int Streak { get; private set; }

    /// <summary>Whether it must wait still.</summary>
    public bool IsHeld => Streak > 0 && time.GetElapsedTime(_stolen) < _wait;

    /// <summary>The link was taken.</summary>
    public void OnStolen()
    {
        bool calm = Streak == 0 || time.GetElapsedTime(_stolen) > Most + _wait;
        Streak = calm ? 1 : Streak + 1;
        _wait = calm ? first : TimeSpan.FromTicks(Math.Min(Most.Ticks, _wait.Ticks * 2));
        _stolen = time.GetTimestamp();
    }

    /// <summary>A device has come to this instance: it may have its link at once, unless two instances quarrel already.</summary>
    public void OnArrival()
    {
        if (Streak <= 2) Streak = 0;
    }
}
