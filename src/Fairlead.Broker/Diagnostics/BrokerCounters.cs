using System.Collections.Concurrent;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Security;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Diagnostics;

/// <summary>
/// Everything that the broker counts. Plain numbers, read at any time; the server turns them into metrics and the broker into
/// <c>$SYS</c>. Totals only grow; gauges are marked so.
/// </summary>
public sealed class BrokerCounters
{
    private readonly ConcurrentBag<CounterShard> _shards = [];
    private readonly long[] _dropped = new long[Enum.GetValues<DropReason>().Length];
    private readonly long[] _refused = new long[256];
    private readonly long[] _disconnects = new long[3 * 256];
    private readonly long[] _denied = new long[Enum.GetValues<AccessAction>().Length];
    private readonly long[] _allowed = new long[Enum.GetValues<AccessAction>().Length];
    private long _connections;
    private long _sessions;
    private long _subscriptions;
    private long _connects;
    private long _bytesSent;
    private long _mostConnections;

    /// <summary>Gauge: clients connected.</summary>
    public long Connections => Volatile.Read(ref _connections);

    /// <summary>Most clients connected at one time.</summary>
    public long MostConnections => Volatile.Read(ref _mostConnections);

    /// <summary>Gauge: Sessions, connected or stored.</summary>
    public long Sessions => Volatile.Read(ref _sessions);

    /// <summary>Gauge: subscriptions.</summary>
    public long Subscriptions => Volatile.Read(ref _subscriptions);

    /// <summary>Gauge: retained messages. Filled in by the retained store.</summary>
    public long Retained { get; internal set; }

    /// <summary>Gauge: bytes of retained messages.</summary>
    public long RetainedBytes { get; internal set; }

    /// <summary>Gauge: messages that wait in Session queues.</summary>
    public long Queued => Volatile.Read(ref QueuedField);

    /// <summary>Gauge: bytes that wait in Session queues.</summary>
    public long QueuedBytes => Volatile.Read(ref QueuedBytesField);

    /// <summary>Gauge: deliveries in flight.</summary>
    public long Inflight => Sum(static s => s.Inflight);

    /// <summary>CONNECT packets accepted.</summary>
    public long ConnectsAccepted => Volatile.Read(ref _connects);

    /// <summary>Bytes read from clients.</summary>
    public long BytesReceived => Sum(static s => s.BytesReceived);

    /// <summary>Bytes sent to clients.</summary>
    public long BytesSent => Volatile.Read(ref _bytesSent);

    /// <summary>Payload bytes of PUBLISH packets read.</summary>
    public long PublishBytesReceived => Sum(static s => s.PublishBytesReceived);

    /// <summary>Payload bytes of PUBLISH packets sent.</summary>
    public long PublishBytesSent => Sum(static s => s.PublishBytesSent);

    /// <summary>From the reading of a batch that held a PUBLISH to the hand-over of its last delivery to the transports.</summary>
    public LatencyHistogram PublishLatency { get; } = new();

    internal long QueuedField;
    internal long QueuedBytesField;

    /// <summary>PUBLISH packets read, by QoS.</summary>
    public long MessagesReceived(QualityOfService qos) => qos switch
    {
        QualityOfService.AtMostOnce => Sum(static s => s.MessagesReceived0),
        QualityOfService.AtLeastOnce => Sum(static s => s.MessagesReceived1),
        _ => Sum(static s => s.MessagesReceived2),
    };

    /// <summary>PUBLISH packets sent, by QoS.</summary>
    public long MessagesSent(QualityOfService qos) => qos switch
    {
        QualityOfService.AtMostOnce => Sum(static s => s.MessagesSent0),
        QualityOfService.AtLeastOnce => Sum(static s => s.MessagesSent1),
        _ => Sum(static s => s.MessagesSent2),
    };

    /// <summary>Deliveries dropped, by reason.</summary>
    public long Dropped(DropReason reason) => Volatile.Read(ref _dropped[(int)reason]);

    /// <summary>CONNECT packets refused, by Reason Code.</summary>
    public long ConnectsRefused(ReasonCode code) => Volatile.Read(ref _refused[(int)code]);

    /// <summary>Connections ended, by side and Reason Code.</summary>
    public long Disconnects(ClosedBy by, ReasonCode code) => Volatile.Read(ref _disconnects[((int)by * 256) + (int)code]);

    /// <summary>Authorization decisions, by action.</summary>
    public long Authorization(AccessAction action, bool allowed)
    {
        if (!allowed) return Volatile.Read(ref _denied[(int)action]);
        return Volatile.Read(ref _allowed[(int)action]) + action switch
        {
            AccessAction.Publish => Sum(static s => s.PublishAllowed),
            AccessAction.Receive => Sum(static s => s.ReceiveAllowed),
            _ => 0,
        };
    }

    internal void CountDrop(DropReason reason) => Interlocked.Increment(ref _dropped[(int)reason]);

    internal void CountRefused(ReasonCode code) => Interlocked.Increment(ref _refused[(int)code]);

    internal void CountDecision(AccessAction action, bool allowed) =>
        Interlocked.Increment(ref (allowed ? _allowed : _denied)[(int)action]);

    internal void CountConnected()
    {
        Interlocked.Increment(ref _connects);
        long now = Interlocked.Increment(ref _connections);
        long most;
        while (now > (most = Volatile.Read(ref _mostConnections)))
            if (Interlocked.CompareExchange(ref _mostConnections, now, most) == most) break;
    }

    internal void CountDisconnected(ClosedBy by, ReasonCode code)
    {
        Interlocked.Decrement(ref _connections);
        Interlocked.Increment(ref _disconnects[((int)by * 256) + (int)code]);
    }

    internal void AddBytesSent(int length) => Interlocked.Add(ref _bytesSent, length);

    internal void AddSessions(int delta) => Interlocked.Add(ref _sessions, delta);

    internal void AddSubscriptions(int delta) => Interlocked.Add(ref _subscriptions, delta);

    internal CounterShard NewShard()
    {
        var shard = new CounterShard();
        _shards.Add(shard);
        return shard;
    }

    private long Sum(Func<CounterShard, long> member)
    {
        long sum = 0;
        foreach (var shard in _shards) sum += member(shard);
        return sum;
    }
}
