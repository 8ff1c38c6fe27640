namespace Fairlead.Features.Rules.Engine;

/// <summary>Lets one pass and then none for a while, so that a fault that repeats does not flood the log. Thread-safe.</summary>
internal sealed class LogGate
{
    private long _next = long.MinValue;

    /// <summary>Whether it may pass.</summary>
    /// <param name="time">Clock.</param>
    /// <param name="pause">How long none passes after one that did.</param>
    public bool MayPass(TimeProvider time, TimeSpan pause)
    {
        long now = time.GetTimestamp();
        long next = Volatile.Read(ref _next);
        return now >= next && Interlocked.CompareExchange(ref _next, now + (long)(pause.TotalSeconds * time.TimestampFrequency), next) == next;
    }
}
