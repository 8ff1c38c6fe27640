namespace Fairlead.Broker.Durability;

/// <summary>What a <see cref="StoreChange"/> changes.</summary>
public enum StoreChangeKind : byte
{
    /// <summary>A Session was created or changed: <see cref="StoreChange.Session"/>. Keyed by <see cref="SessionRecord.Id"/>.</summary>
    SessionSaved,

    /// <summary>A Session ended: it goes with its subscriptions, queue, inbound identifiers and Will.</summary>
    SessionRemoved,

    /// <summary>A subscription was added or replaced: <see cref="StoreChange.Subscription"/>. Keyed by Session and filter.</summary>
    SubscriptionSaved,

    /// <summary>A subscription ended: <see cref="StoreChange.Text"/> is its full filter, <c>$share/</c> prefix included.</summary>
    SubscriptionRemoved,

    /// <summary>The retained message of a topic was set or replaced: <see cref="StoreChange.Message"/>.</summary>
    RetainedSaved,

    /// <summary>The retained message of the topic <see cref="StoreChange.Text"/> was removed.</summary>
    RetainedRemoved,

    /// <summary>A delayed Will waits for its time: <see cref="StoreChange.Will"/>. Keyed by Session.</summary>
    WillSaved,

    /// <summary>The Will of the Session was published or cancelled.</summary>
    WillRemoved,

    /// <summary>A message was queued for the Session: <see cref="StoreChange.Entry"/>. Skipped when the entry was settled first.</summary>
    MessageQueued,

    /// <summary>QoS 2: the entry was given <see cref="QueuedMessage.PacketId"/>; sent only after this is durable.</summary>
    PacketIdAssigned,

    /// <summary>QoS 2: PUBREC arrived for the entry; PUBREL is sent only after this is durable.</summary>
    MessageReleased,

    /// <summary>The delivery of the entry is over: acknowledged, expired or dropped.</summary>
    MessageSettled,

    /// <summary>QoS 2 inbound: <see cref="StoreChange.PacketId"/> was received from the Session's client.</summary>
    InboundReceived,

    /// <summary>QoS 2 inbound: PUBREL arrived for <see cref="StoreChange.PacketId"/>.</summary>
    InboundReleased,

    /// <summary>A feature's record was made or replaced: <see cref="StoreChange.Document"/>. Keyed by collection and key.</summary>
    DocumentSaved,

    /// <summary>A feature's record was removed: <see cref="StoreChange.Document"/>, whose body is empty.</summary>
    DocumentRemoved,
}

/// <summary>
/// One change to what the broker must keep. Changes are applied in the order of <c>IBrokerStore.Append</c>, many in one
/// transaction. A struct that points at the broker's own objects, so that announcing a change costs no allocation.
/// </summary>
public readonly struct StoreChange
{
    /// <summary>What changes.</summary>
    public required StoreChangeKind Kind { get; init; }

    /// <summary>The Session concerned; 0 for retained messages.</summary>
    public long SessionId { get; init; }

    /// <summary>SessionRecord, SubscriptionRecord, WillRecord, Message, QueuedMessage, Document or string, as <see cref="Kind"/> says.</summary>
    public object? Subject { get; init; }

    /// <summary>Packet Identifier, for the inbound kinds.</summary>
    public ushort PacketId { get; init; }

    /// <summary>
    /// Whether the change may become needless within a moment, because the subscriber is connected and will acknowledge: the writer
    /// may then wait a little before it writes, if nothing more urgent is in the group.
    /// </summary>
    public bool MayBeCancelled { get; init; }

    /// <summary>
    /// Who waits. The store releases it once after the commit (or fails it), except for <see cref="StoreChangeKind.MessageQueued"/>,
    /// where the receipt is <see cref="QueuedMessage.Receipt"/> and is released by whoever ends the wait: the store when it wrote the
    /// entry, the Session when it cancelled the writing.
    /// </summary>
    public CommitReceipt? Receipt { get; init; }

    /// <summary>The subject of SessionSaved.</summary>
    public SessionRecord Session => (SessionRecord)Subject!;

    /// <summary>The subject of SubscriptionSaved.</summary>
    public SubscriptionRecord Subscription => (SubscriptionRecord)Subject!;

    /// <summary>The subject of WillSaved.</summary>
    public WillRecord Will => (WillRecord)Subject!;

    /// <summary>The subject of RetainedSaved.</summary>
    public Message Message => (Message)Subject!;

    /// <summary>The subject of the kinds about one delivery.</summary>
    public QueuedMessage Entry => (QueuedMessage)Subject!;

    /// <summary>The subject of DocumentSaved and DocumentRemoved.</summary>
    public Document Document => (Document)Subject!;

    /// <summary>The subject of SubscriptionRemoved (filter) and RetainedRemoved (topic).</summary>
    public string Text => (string)Subject!;
}
