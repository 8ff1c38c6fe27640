namespace Fairlead.Edge.Logging;

/// <summary>Lets a failure that repeats itself into the log once, and then every ten minutes with a count (spec section 15).</summary>
internal sealed class RepeatGate(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private string _last = "";
    private long _since;
    private int _repeats;

    /// <summary>Whether to log; then <paramref name="repeats"/> tells how often it came since the last time.</summary>
    public bool Opens(string text, out int repeats)
    {
        lock (_gate)
        {
            _repeats++;
            repeats = _repeats;
            if (text == _last && time.GetElapsedTime(_since) < Interval) return false;
            _last = text;
            _since = time.GetTimestamp();
            _repeats = 0;
            return true;
        }
    }

    /// <summary>It went well: the next failure is news again.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _last = "";
            _repeats = 0;
        }
    }
}
