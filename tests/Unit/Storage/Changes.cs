using System.Text;
using Fairlead.Broker.Durability;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Unit.Storage;

/// <summary>Short forms of changes.</summary>
internal static class Changes
{
    public static Message Message(
        string topic = "a/b", string payload = "hello", QualityOfService qos = QualityOfService.AtLeastOnce, bool retain = false,
        long createdAt = 1_700_000_000_000, long expiresAt = long.MaxValue, byte[]? properties = null) =>
        new(Encoding.UTF8.GetBytes(topic), properties ?? [], Encoding.UTF8.GetBytes(payload), qos, retain, createdAt, expiresAt);

    public static SessionRecord Session(long id, string? clientId = null, uint expiry = 3600) =>
        new(id, clientId ?? $"client-{id}", ProtocolVersion.V5, expiry, 0, 1, null);

    public static QueuedMessage Entry(
        long id, Message? message = null, QualityOfService qos = QualityOfService.AtLeastOnce, CommitReceipt? receipt = null, ushort packetId = 0) =>
        new(id, message ?? Message(payload: $"payload {id}"), qos, retain: false, [], Persistence.Pending) { Receipt = receipt, PacketId = packetId };

    public static void SaveSession(this IBrokerStore store, SessionRecord session, CommitReceipt? receipt = null) =>
        store.Append(new StoreChange { Kind = StoreChangeKind.SessionSaved, SessionId = session.Id, Subject = session, Receipt = receipt });

    public static void RemoveSession(this IBrokerStore store, long id) =>
        store.Append(new StoreChange { Kind = StoreChangeKind.SessionRemoved, SessionId = id });

    public static void Save(this IBrokerStore store, long sessionId, SubscriptionRecord subscription) =>
        store.Append(new StoreChange { Kind = StoreChangeKind.SubscriptionSaved, SessionId = sessionId, Subject = subscription });

    public static void Unsubscribe(this IBrokerStore store, long sessionId, string filter) =>
        store.Append(new StoreChange { Kind = StoreChangeKind.SubscriptionRemoved, SessionId = sessionId, Subject = filter });

    public static void Retain(this IBrokerStore store, Message message, CommitReceipt? receipt = null) =>
        store.Append(new StoreChange { Kind = StoreChangeKind.RetainedSaved, Subject = message, Receipt = receipt });

    public static void Unretain(this IBrokerStore store, string topic) =>
        store.Append(new StoreChange { Kind = StoreChangeKind.RetainedRemoved, Subject = topic });

    public static void Save(this IBrokerStore store, long sessionId, WillRecord will) =>
        store.Append(new StoreChange { Kind = StoreChangeKind.WillSaved, SessionId = sessionId, Subject = will });

    public static void RemoveWill(this IBrokerStore store, long sessionId) =>
        store.Append(new StoreChange { Kind = StoreChangeKind.WillRemoved, SessionId = sessionId });

    public static void Queue(this IBrokerStore store, long sessionId, QueuedMessage entry, bool mayBeCancelled = false) =>
        store.Append(new StoreChange
        {
            Kind = StoreChangeKind.MessageQueued,
            SessionId = sessionId,
            Subject = entry,
            MayBeCancelled = mayBeCancelled,
        });

    public static void Assign(this IBrokerStore store, long sessionId, QueuedMessage entry, ushort packetId)
    {
        entry.PacketId = packetId;
        store.Append(new StoreChange { Kind = StoreChangeKind.PacketIdAssigned, SessionId = sessionId, Subject = entry });
    }

    public static void ReleaseEntry(this IBrokerStore store, long sessionId, QueuedMessage entry, CommitReceipt? receipt = null)
    {
        entry.Released = true;
        store.Append(new StoreChange { Kind = StoreChangeKind.MessageReleased, SessionId = sessionId, Subject = entry, Receipt = receipt });
    }

    public static void Settle(this IBrokerStore store, long sessionId, QueuedMessage entry) =>
        store.Append(new StoreChange { Kind = StoreChangeKind.MessageSettled, SessionId = sessionId, Subject = entry });

    public static void Receive(this IBrokerStore store, long sessionId, ushort packetId, CommitReceipt? receipt = null) =>
        store.Append(new StoreChange { Kind = StoreChangeKind.InboundReceived, SessionId = sessionId, PacketId = packetId, Receipt = receipt });

    public static void ReleaseInbound(this IBrokerStore store, long sessionId, ushort packetId) =>
        store.Append(new StoreChange { Kind = StoreChangeKind.InboundReleased, SessionId = sessionId, PacketId = packetId });
}
