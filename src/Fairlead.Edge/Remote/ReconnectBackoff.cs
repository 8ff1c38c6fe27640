using Fairlead.Edge.Configuration;

namespace Fairlead.Edge.Remote;

/// <summary>
/// How long to wait before the next connection attempt (spec section 9): min(max, init * multiplier^(n-1)) * U(1-j, 1+j); right after a loss
/// only U(0, 1 s). Starts over after a minute of stable connection alone, and never gives up.
/// </summary>
internal sealed class ReconnectBackoff(BackoffOptions options, Random random)
{
    /// <summary>How long a connection must have lasted for the waits to start over.</summary>
    public static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan FirstAfterLoss = TimeSpan.FromSeconds(1);
    private int _failures;
    private int _refusals;

    /// <summary>Failed attempts since the last stable connection.</summary>
    public int Attempts => _failures;

    /// <summary>A connection was lost.</summary>
    /// <param name="lasted">How long it stood.</param>
    /// <returns>Time to wait.</returns>
    public TimeSpan OnLost(TimeSpan lasted)
    {
        _refusals = 0;
        if (lasted >= StableAfter) _failures = 0;
        // One that is lost again at once is as good as an attempt that failed.
        return _failures == 0 ? FirstAfterLoss * random.NextDouble() : OnFailed(refused: false);
    }

    /// <summary>An attempt failed.</summary>
    /// <param name="refused">Whether the server refused the credentials: after some of these each wait is the longest.</param>
    /// <returns>Time to wait.</returns>
    public TimeSpan OnFailed(bool refused)
    {
        _failures++;
        _refusals = refused ? _refusals + 1 : 0;
        double interval = _refusals >= options.AuthRetries
            ? options.Max.TotalSeconds
            : Math.Min(options.Max.TotalSeconds, options.Init.TotalSeconds * Math.Pow(options.Multiplier, Math.Min(_failures - 1, 512)));
        double spread = 1 - options.Jitter + (2 * options.Jitter * random.NextDouble());
        return TimeSpan.FromSeconds(interval * spread);
    }

    /// <summary>What was wrong may have been put right: the next waits are short again.</summary>
    public void Reset() => (_failures, _refusals) = (0, 0);
}
