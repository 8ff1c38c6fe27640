using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Sessions;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Routing;

/// <summary>
/// One Topic Filter of one subscriber. Immutable: a SUBSCRIBE that repeats a filter replaces the object [MQTT-3.8.4-3], so that a
/// publication in flight sees either the old options or the new ones, never a mixture.
/// </summary>
internal sealed class Subscription
{
    /// <summary>A Session's subscription.</summary>
    public Subscription(Session session, SubscriptionRecord record)
    {
        Session = session;
        Record = record;
        QoS = record.QoS;
        NoLocal = record.NoLocal;
        RetainAsPublished = record.RetainAsPublished;
        Identifier = record.Identifier;
    }

    /// <summary>A subscription inside the process.</summary>
    public Subscription(MessageHandler handler, string filter)
    {
        Handler = handler;
        Record = new SubscriptionRecord(filter, QualityOfService.ExactlyOnce, false, true, RetainHandling.DoNotSend, 0);
        QoS = QualityOfService.ExactlyOnce;
        RetainAsPublished = true;
    }

    /// <summary>The subscriber; null for one inside the process.</summary>
    public Session? Session { get; }

    /// <summary>The subscriber inside the process; null for a Session.</summary>
    public MessageHandler? Handler { get; }

    /// <summary>What the store keeps; holds the full filter.</summary>
    public SubscriptionRecord Record { get; }

    /// <summary>Granted QoS.</summary>
    public QualityOfService QoS { get; }

    /// <summary>No Local option.</summary>
    public bool NoLocal { get; }

    /// <summary>Retain As Published option.</summary>
    public bool RetainAsPublished { get; }

    /// <summary>Subscription Identifier; 0 for none.</summary>
    public uint Identifier { get; }

    /// <summary>Slot in the node's <see cref="SubscriberList"/>; owned by the list, guarded by the tree's write lock.</summary>
    public int Index { get; set; } = -1;
}
