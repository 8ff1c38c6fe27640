using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Fairlead.Edge.Health;

/// <summary>Everything that the connector counts besides the spool and the twin (spec section 17.11).</summary>
internal sealed class EdgeMetrics
{
    /// <summary>Upper bounds of the classes of <c>edge_publish_ack_seconds</c>.</summary>
    public static readonly double[] AckBounds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private readonly ConcurrentDictionary<(string Direction, string Class, string Result), StrongBox<long>> _messages = new();
    private readonly ConcurrentDictionary<(string Class, string Reason), StrongBox<long>> _drops = new();
    private readonly long[] _acks = new long[AckBounds.Length + 1];
    private long _ackMicroseconds;
    private long _localReconnects;

    /// <summary>Messages by direction (<c>out</c>, <c>in</c>), class and result.</summary>
    public IEnumerable<KeyValuePair<(string Direction, string Class, string Result), StrongBox<long>>> Messages => _messages;

    /// <summary>Messages that were dropped before the spool, by class and reason.</summary>
    public IEnumerable<KeyValuePair<(string Class, string Reason), StrongBox<long>>> Drops => _drops;

    /// <summary>All of <see cref="Drops"/>.</summary>
    public long Dropped => _drops.Values.Sum(static count => Volatile.Read(ref count.Value));

    /// <summary>Counts of the classes of the histogram, the last without bound.</summary>
    public IReadOnlyList<long> Acks => _acks;

    /// <summary>Sum of the histogram in seconds.</summary>
    public double AckSeconds => Interlocked.Read(ref _ackMicroseconds) / 1e6;

    /// <summary>How often the local broker was lost and found again.</summary>
    public long LocalReconnects => Interlocked.Read(ref _localReconnects);

    /// <summary>Counts a message.</summary>
    public void Count(string direction, string messageClass, string result) =>
        Interlocked.Increment(ref _messages.GetOrAdd((direction, messageClass, result), static _ => new StrongBox<long>()).Value);

    /// <summary>Counts a message that was dropped before the spool.</summary>
    public void CountDrop(string messageClass, string reason) =>
        Interlocked.Increment(ref _drops.GetOrAdd((messageClass, reason), static _ => new StrongBox<long>()).Value);

    /// <summary>Takes the time from a publication to its acknowledgment.</summary>
    public void CountAck(TimeSpan took)
    {
        int at = 0;
        while (at < AckBounds.Length && took.TotalSeconds > AckBounds[at]) at++;
        Interlocked.Increment(ref _acks[at]);
        Interlocked.Add(ref _ackMicroseconds, (long)took.TotalMicroseconds);
    }

    /// <summary>The local broker is there again.</summary>
    public void CountLocalReconnect() => Interlocked.Increment(ref _localReconnects);
}
