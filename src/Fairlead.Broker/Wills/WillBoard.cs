using System.Text;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Routing;
using Fairlead.Broker.Sessions;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Broker.Wills;

/// <summary>
/// Will Messages (MQTT 5, section 3.1.2.5): kept with the Session from CONNECT, published when the connection ends without DISCONNECT,
/// at once or after the Will Delay Interval, whichever of delay and Session end comes first [MQTT-3.1.3-9].
/// </summary>
/// <remarks>
/// The Message of a Will has CreatedAt 0 and ExpiresAt relative to it, because its life is counted from publication.
/// A stored Session's Will is written at CONNECT, so that it is published after a crash of the broker too.
/// </remarks>
internal sealed class WillBoard(MqttBroker broker)
{
    /// <summary>Takes the Will of a CONNECT; without one, cancels what a resumed Session still had pending.</summary>
    public void OnConnect(Session session, WillMessage? will)
    {
        bool had = session.Will is not null;
        session.Will = will is null ? null : new WillRecord(ToMessage(will), will.DelayInterval, 0);
        if (!session.IsPersistent || !broker.Store.IsDurable) return;
        if (session.Will is not null) Save(session);
        else if (had) Forget(session);
    }

    /// <summary>DISCONNECT: the Will is gone [MQTT-3.14.4-3].</summary>
    public void Discard(Session session)
    {
        if (session.Will is null) return;
        session.Will = null;
        if (session.IsPersistent && broker.Store.IsDurable) Forget(session);
    }

    /// <summary>The connection ended without DISCONNECT, or with 0x04. Publishes now, or starts the delay.</summary>
    /// <param name="session">The Session.</param>
    /// <param name="sessionEnds">Whether the Session ends with its connection.</param>
    /// <param name="scratch">This thread's scratch.</param>
    public void OnDisconnected(Session session, bool sessionEnds, PublishScratch scratch)
    {
        if (session.Will is not { } will) return;
        if (will.DelayInterval == 0 || sessionEnds)
        {
            PublishNow(session, scratch);
            return;
        }

        session.Will = will with { DueAt = broker.Now + (will.DelayInterval * 1000L) };
        if (broker.Store.IsDurable) Save(session);
    }

    /// <summary>Publishes the Will of a Session, if it has one, and forgets it.</summary>
    public void PublishNow(Session session, PublishScratch scratch)
    {
        if (session.Will is not { } will) return;
        session.Will = null;
        var message = will.Message;
        var publication = new Publication
        {
            Topic = message.Topic,
            Payload = message.Payload,
            Properties = message.Properties,
            QoS = message.QoS,
            Retain = message.Retain,
            HasExpiry = message.ExpiresAt != long.MaxValue,
            ExpiryInterval = message.ExpiresAt == long.MaxValue ? 0 : (uint)(message.ExpiresAt / 1000),
            Origin = PublishOrigin.Will,
            ClientId = session.ClientId,
            // After a start its name is all that is known of who connected.
            Principal = session.Identity ?? (session.Principal is { } name ? Security.Principal.Named(name) : null),
        };
        broker.Router.Accept(publication, null, scratch);
        scratch.Reset();
        if (session.IsPersistent && broker.Store.IsDurable) Forget(session);
    }

    private static Message ToMessage(WillMessage will)
    {
        long life = will.Properties.MessageExpiryInterval is { } seconds ? seconds * 1000L : long.MaxValue;
        return new Message(
            Encoding.UTF8.GetBytes(will.Topic), PublishPropertiesWriter.WriteForwardable(will.Properties), will.Payload, will.QoS,
            will.Retain, 0, life);
    }

    private void Save(Session session) =>
        broker.Store.Append(new StoreChange { Kind = StoreChangeKind.WillSaved, SessionId = session.Id, Subject = session.Will });

    private void Forget(Session session) =>
        broker.Store.Append(new StoreChange { Kind = StoreChangeKind.WillRemoved, SessionId = session.Id });
}
