namespace Fairlead.Gateway.Upstream;

/// <summary>Waits between connection attempts: drawn at random below a bound that doubles (full jitter, spec section 9.4 item 4).</summary>
/// <param name="first">First bound.</param>
/// <param name="most">Last bound.</param>
/// <param name="random">Gives numbers from 0 to 1.</param>
internal sealed class Backoff(TimeSpan first, TimeSpan most, Func<double> random)
{
    private int _failures;

    /// <summary>Failures since the last success.</summary>
    public int Failures => _failures;

    /// <summary>Takes a failure and gives the wait before the next attempt.</summary>
    public TimeSpan Next()
    {
        double bound = Math.Min(most.TotalSeconds, first.TotalSeconds * Math.Pow(2, Math.Min(_failures, 30)));
        _failures++;
        // Not quite zero: an attempt that fails at once would spin.
        return TimeSpan.FromSeconds(Math.Max(bound * random(), Math.Min(first.TotalSeconds, 0.05)));
    }

    /// <summary>Takes a success.</summary>
    public void Reset() => _failures = 0;
}
