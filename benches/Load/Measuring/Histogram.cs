using System.Numerics;

namespace Fairlead.Load.Measuring;

// Latencies in nanoseconds, kept in buckets that are at most 1/64 wide of their value: exact enough for any percentile, nothing allocated
// while recording.
internal sealed class Histogram
{
    private const int SubBits = 6;
    private const int SubCount = 1 << SubBits;

    private readonly long[] _counts = new long[(64 - SubBits + 1) * SubCount];

    internal long Count { get; private set; }

    internal long Maximum { get; private set; }

    internal void Record(long value)
    {
        value = Math.Max(0, value);
        _counts[BucketOf(value)]++;
        Count++;
        Maximum = Math.Max(Maximum, value);
    }

    internal void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        Maximum = 0;
    }

    // The upper edge of the bucket in which that share of the values ends.
    internal long Percentile(double share)
    {
        long wanted = Math.Max(1, (long)Math.Ceiling(share * Count));
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted)
                return Math.Min(UpperEdge(i), Maximum);
        }

        return Maximum;
    }

    private static int BucketOf(long value)
    {
        if (value < SubCount)
            return (int)value;
        int shift = BitOperations.Log2((ulong)value) - SubBits;
        return ((shift + 1) * SubCount) + (int)((value >> shift) - SubCount);
    }

    private static long UpperEdge(int bucket)
    {
        if (bucket < SubCount)
            return bucket;
        int shift = (bucket / SubCount) - 1;
        return ((long)((bucket % SubCount) + SubCount + 1) << shift) - 1;
    }
}
