using Fairlead.Features.Notifications.Topics;

namespace Fairlead.Features.Notifications;

/// <summary>What became of a delivery in the end.</summary>
internal enum DeliveryEnd
{
    /// <summary>The receiver has it.</summary>
    Delivered,

    /// <summary>Every try failed.</summary>
    Failed,

    /// <summary>The receiver refused it.</summary>
    Refused,

    /// <summary>Too many waited.</summary>
    Dropped,
}

/// <summary>What notifications count. Reading takes no lock.</summary>
internal sealed class NotificationCounters
{
    private static readonly int Ends = Enum.GetValues<DeliveryEnd>().Length;
    private readonly long[] _ended = new long[Enum.GetValues<Protocol>().Length * Ends];
    private readonly long[] _retries = new long[Enum.GetValues<Protocol>().Length];
    private long _published;
    private long _filtered;

    /// <summary>Messages taken.</summary>
    public long Published => Volatile.Read(ref _published);

    /// <summary>Deliveries that a filter policy kept back.</summary>
    public long Filtered => Volatile.Read(ref _filtered);

    /// <summary>Deliveries that wait; set by the queue.</summary>
    public Func<long> Pending { get; set; } = static () => 0;

    /// <summary>Bytes of messages that wait; set by the queue.</summary>
    public Func<long> PendingBytes { get; set; } = static () => 0;

    /// <summary>Topics; set by the slice.</summary>
    public Func<long> Topics { get; set; } = static () => 0;

    /// <summary>Confirmed subscriptions; set by the slice.</summary>
    public Func<long> Confirmed { get; set; } = static () => 0;

    /// <summary>Subscriptions that wait for their confirmation; set by the slice.</summary>
    public Func<long> Unconfirmed { get; set; } = static () => 0;

    /// <summary>Deliveries of a protocol that ended so.</summary>
    public long Ended(Protocol protocol, DeliveryEnd end) => Volatile.Read(ref _ended[((int)protocol * Ends) + (int)end]);

    /// <summary>Tries after the first.</summary>
    public long Retries(Protocol protocol) => Volatile.Read(ref _retries[(int)protocol]);

    /// <summary>A message was taken.</summary>
    public void OnPublished(int filtered)
    {
        Interlocked.Increment(ref _published);
        Interlocked.Add(ref _filtered, filtered);
    }

    /// <summary>A delivery ended.</summary>
    public void OnEnded(Protocol protocol, DeliveryEnd end) => Interlocked.Increment(ref _ended[((int)protocol * Ends) + (int)end]);

    /// <summary>A delivery will be tried again.</summary>
    public void OnRetry(Protocol protocol) => Interlocked.Increment(ref _retries[(int)protocol]);
}
