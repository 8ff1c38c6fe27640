namespace Fairlead.Gateway.Health;

/// <summary>Counts lengths of time in classes.</summary>
internal sealed class Histogram
{
    /// <summary>Upper bounds of the classes in seconds.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private readonly long[] _counts = new long[Bounds.Count + 1];
    private long _microseconds;

    /// <summary>Counts of the classes, the last without bound.</summary>
    public long this[int at] => Interlocked.Read(ref _counts[at]);

    /// <summary>Sum in seconds.</summary>
    public double Seconds => Interlocked.Read(ref _microseconds) / 1e6;

    /// <summary>Takes a length of time.</summary>
    public void Add(TimeSpan took)
    {
        int at = 0;
        double seconds = took.TotalSeconds;
        while (at < Bounds.Count && seconds > Bounds[at]) at++;
        Interlocked.Increment(ref _counts[at]);
        Interlocked.Add(ref _microseconds, (long)took.TotalMicroseconds);
    }
}
