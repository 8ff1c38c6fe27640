using System.Collections.Concurrent;

namespace Fairlead.Gateway.Http;

/// <summary>So many requests a second for each of many names, with bursts of twice as many (spec section 9.4 item 13).</summary>
/// <param name="rate">Requests a second; 0 for no limit.</param>
/// <param name="time">Clock.</param>
internal sealed class RateLimits(double rate, TimeProvider time)
{
    private const int MostNames = 200_000;

    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);
    private readonly long _interval = rate > 0 ? Math.Max(1, (long)(time.TimestampFrequency / rate)) : 0;
    private readonly long _burst = rate > 0 ? time.TimestampFrequency * 2 : 0;

    /// <summary>Whether a request may pass; otherwise when the next one may.</summary>
    public bool TryPass(string name, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        if (rate <= 0) return true;
        long now = time.GetTimestamp();
        if (!_buckets.TryGetValue(name, out var bucket))
        {
            // More names than can be: a flood of made-up ones. Those that are known keep their limit.
            if (_buckets.Count >= MostNames) return true;
            bucket = _buckets.GetOrAdd(name, static _ => new Bucket());
        }

        // The generic cell rate algorithm: one number, the time at which the bucket would be empty again.
        while (true)
        {
            long before = Volatile.Read(ref bucket.Next);
            long next = Math.Max(before, now) + _interval;
            if (next - now > _burst)
            {
                retryAfter = TimeSpan.FromSeconds((double)(next - now - _burst) / time.TimestampFrequency);
                return false;
            }

            if (Interlocked.CompareExchange(ref bucket.Next, next, before) == before) return true;
        }
    }

    /// <summary>Forgets names that have not asked for a while.</summary>
    public void Sweep()
    {
        long now = time.GetTimestamp();
        foreach (var (name, bucket) in _buckets)
        {
            if (Volatile.Read(ref bucket.Next) < now) _buckets.TryRemove(name, out _);
        }
    }

    private sealed class Bucket
    {
        public long Next;
    }
}
