using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Durability;

/// <summary>What is kept of a Session.</summary>
/// <param name="Id">Number unique in the broker, rising, never 0.</param>
/// <param name="ClientId">Client Identifier; unique among stored Sessions.</param>
/// <param name="Version">Standard that made the Session.</param>
/// <param name="ExpiryInterval">Session Expiry Interval in seconds; 0xFFFFFFFF for never.</param>
/// <param name="DisconnectedAt">When the connection ended, milliseconds since the Unix epoch; 0 while connected.</param>
/// <param name="Epoch">Grows by one with each connection that takes the Session; a holder of an older epoch has lost it.</param>
/// <param name="Principal">Identity that owns the Session, for the check at resumption; null for anonymous.</param>
public sealed record SessionRecord(
    long Id, string ClientId, ProtocolVersion Version, uint ExpiryInterval, long DisconnectedAt, long Epoch, string? Principal);

/// <summary>What is kept of a subscription.</summary>
/// <param name="Filter">Full Topic Filter, <c>$share/</c> prefix included.</param>
/// <param name="QoS">Granted QoS.</param>
/// <param name="NoLocal">No Local option.</param>
/// <param name="RetainAsPublished">Retain As Published option.</param>
/// <param name="RetainHandling">Retain Handling option.</param>
/// <param name="Identifier">Subscription Identifier; 0 for none.</param>
public sealed record SubscriptionRecord(
    string Filter, QualityOfService QoS, bool NoLocal, bool RetainAsPublished, RetainHandling RetainHandling, uint Identifier);

/// <summary>What is kept of a Will whose delay is running, or of a connected Session's Will (so that it is published after a crash).</summary>
/// <param name="Message">The message to publish.</param>
/// <param name="DelayInterval">Will Delay Interval in seconds.</param>
/// <param name="DueAt">When to publish, milliseconds since the Unix epoch; 0 while the client is connected.</param>
public sealed record WillRecord(Message Message, uint DelayInterval, long DueAt);

/// <summary>A Session as it lay in the store.</summary>
/// <param name="Record">The Session.</param>
/// <param name="Subscriptions">Its subscriptions.</param>
/// <param name="Queue">Its deliveries in order, in flight (Packet Identifier set) and waiting.</param>
/// <param name="InboundPacketIds">QoS 2 identifiers received and not yet released.</param>
/// <param name="Will">Its Will, or null.</param>
public sealed record StoredSession(
    SessionRecord Record,
    IReadOnlyList<SubscriptionRecord> Subscriptions,
    IReadOnlyList<QueuedMessage> Queue,
    IReadOnlyList<ushort> InboundPacketIds,
    WillRecord? Will);

/// <summary>Everything that the store kept.</summary>
/// <param name="Sessions">Sessions with what belongs to them.</param>
/// <param name="Retained">Retained messages.</param>
/// <param name="LastId">Highest number used so far for a Session or a queue entry.</param>
/// <param name="Documents">What features keep, in no particular order.</param>
public sealed record StoredState(
    IReadOnlyList<StoredSession> Sessions, IReadOnlyList<Message> Retained, long LastId, IReadOnlyList<Document> Documents)
{
    /// <summary>Nothing.</summary>
    public static StoredState Empty { get; } = new([], [], 0, []);
}
