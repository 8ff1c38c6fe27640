namespace Fairlead.Client.Mqtt.Sessions;

/// <summary>The delays between attempts to come back.</summary>
internal sealed class ReconnectDelay(ReconnectOptions options, Random random)
{
    /// <summary>Attempts since the last stable connection.</summary>
    public int Attempts { get; private set; }

    /// <summary>Whether the limit of attempts is reached.</summary>
    public bool IsExhausted => options.MaximumAttempts is { } maximum && Attempts >= maximum;

    /// <summary>How long to wait before the next attempt: between half of the bound and the bound, which grows with each attempt.</summary>
    public TimeSpan Next()
    {
        double bound = options.FirstDelay.TotalSeconds * Math.Pow(options.Multiplier, Math.Min(Attempts, 64));
        bound = Math.Min(bound, options.MaximumDelay.TotalSeconds);
        Attempts++;
        return TimeSpan.FromSeconds(bound * (0.5 + (random.NextDouble() / 2)));
    }

    /// <summary>A connection was stable.</summary>
    public void Reset() => Attempts = 0;
}
