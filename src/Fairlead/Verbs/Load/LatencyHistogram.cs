namespace Fairlead.Verbs.Load;

/// <summary>Durations in buckets that grow by 1/16: percentiles within 6 % from 1 µs to hours, in constant memory.</summary>
internal sealed class LatencyHistogram
{
    private readonly long[] _buckets = new long[64 * 16];
    private readonly Lock _gate = new();
    private TimeSpan _longest;

    public long Count { get; private set; }

    public TimeSpan Longest
    {
        get
        {
            lock (_gate)
                return _longest;
        }
    }

    public void Add(TimeSpan duration)
    {
        ulong microseconds = (ulong)Math.Max(1, duration.TotalMicroseconds);
        lock (_gate)
        {
            _buckets[BucketOf(microseconds)]++;
            Count++;
            if (duration > _longest)
                _longest = duration;
        }
    }

    /// <summary>The duration that such a part, such as 0.99, does not exceed.</summary>
    public TimeSpan Percentile(double part)
    {
        lock (_gate)
        {
            long wanted = (long)Math.Ceiling(Count * part);
            long seen = 0;
            for (int bucket = 0; bucket < _buckets.Length; bucket++)
            {
                seen += _buckets[bucket];
                if (seen >= wanted && seen > 0)
                {
                    var bound = TimeSpan.FromMicroseconds(UpperBound(bucket));
                    return bound < _longest ? bound : _longest;
                }
            }

            return _longest;
        }
    }

    private static int BucketOf(ulong value)
    {
        if (value < 16)
            return (int)value;
        int exponent = 63 - System.Numerics.BitOperations.LeadingZeroCount(value);
        return ((exponent - 3) * 16) + (int)((value >> (exponent - 4)) & 15);
    }

    private static double UpperBound(int bucket)
    {
        if (bucket < 16)
            return bucket;
        int exponent = (bucket / 16) + 3;
        return Math.ScaleB(16 + (bucket % 16) + 1, exponent - 4);
    }
}
