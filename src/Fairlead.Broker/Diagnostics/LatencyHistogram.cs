namespace Fairlead.Broker.Diagnostics;

/// <summary>How long something takes, in fixed ranges. Thread-safe; recording allocates nothing.</summary>
public sealed class LatencyHistogram
{
    private static readonly double[] UpperBounds =
        [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

    private readonly long[] _counts = new long[UpperBounds.Length + 1];
    private long _ticks;

    /// <summary>Upper bounds of the ranges, seconds; one more range is above the last.</summary>
    public static IReadOnlyList<double> Bounds => UpperBounds;

    /// <summary>Sum of all durations, seconds.</summary>
    public double Sum => TimeSpan.FromTicks(Volatile.Read(ref _ticks)).TotalSeconds;

    /// <summary>How many durations lie in a range.</summary>
    /// <param name="range">0 to the number of <see cref="Bounds"/>.</param>
    public long Count(int range) => Volatile.Read(ref _counts[range]);

    /// <summary>Records one duration.</summary>
    public void Record(TimeSpan duration)
    {
        double seconds = duration.TotalSeconds;
        int range = 0;
        while (range < UpperBounds.Length && seconds > UpperBounds[range]) range++;
        Interlocked.Increment(ref _counts[range]);
        Interlocked.Add(ref _ticks, duration.Ticks);
    }
}
