using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Durability;

/// <summary>Where a <see cref="QueuedMessage"/> stands with the store.</summary>
public enum Persistence
{
    /// <summary>Announced to the store, not written yet.</summary>
    Pending = 0,

    /// <summary>Written: its end must be written too.</summary>
    Written = 1,

    /// <summary>Never to be written: it was settled first, or it belongs to a Session that does not outlive its connection.</summary>
    None = 2,
}

/// <summary>
/// One QoS 1 or 2 delivery to one Session: the entry of its queue, later of its in-flight window. The store and the Session meet in
/// <see cref="TryClaimForWriting"/> and <see cref="TryCancelWriting"/>: a message that the subscriber acknowledged before the group
/// was written is not written at all (design promise 1).
/// </summary>
public sealed class QueuedMessage
{
    private int _persistence;

    /// <summary>Makes an entry.</summary>
    /// <param name="id">Number unique in the broker and rising; gives the order of the queue.</param>
    /// <param name="message">The message.</param>
    /// <param name="qos">QoS of this delivery, 1 or 2.</param>
    /// <param name="retain">RETAIN flag of this delivery.</param>
    /// <param name="subscriptionIdentifiers">Subscription Identifiers to send along; empty for none.</param>
    /// <param name="persistence">First state.</param>
    public QueuedMessage(
        long id, Message message, QualityOfService qos, bool retain, uint[] subscriptionIdentifiers, Persistence persistence)
    {
        Id = id;
        Message = message;
        QoS = qos;
        Retain = retain;
        SubscriptionIdentifiers = subscriptionIdentifiers;
        _persistence = (int)persistence;
    }

    /// <summary>Number unique in the broker and rising.</summary>
    public long Id { get; }

    /// <summary>The message.</summary>
    public Message Message { get; }

    /// <summary>QoS of this delivery.</summary>
    public QualityOfService QoS { get; }

    /// <summary>RETAIN flag of this delivery.</summary>
    public bool Retain { get; }

    /// <summary>Subscription Identifiers to send along.</summary>
    public uint[] SubscriptionIdentifiers { get; }

    /// <summary>Packet Identifier once it is in flight; 0 while it waits.</summary>
    public ushort PacketId { get; set; }

    /// <summary>QoS 2: PUBREC has arrived, only PUBREL may be sent from now on [MQTT-4.3.3-5].</summary>
    public bool Released { get; set; }

    /// <summary>Whether it was sent on an earlier connection, so that the next sending carries DUP [MQTT-3.3.1-1].</summary>
    public bool SentBefore { get; set; }

    /// <summary>
    /// The full filter of the shared subscription that chose this Session, or null. Such a delivery may go to another member of the
    /// group while it is not acknowledged [MQTT-4.8.2-5]. In an entry of <see cref="KeptPublications"/>, which belongs to no client: what
    /// its keeper noted.
    /// </summary>
    public string? ShareFilter { get; init; }

    /// <summary>Who waits until this entry is durable or settled; null for nobody. Released exactly once.</summary>
    public CommitReceipt? Receipt { get; set; }

    /// <summary>Where it stands with the store.</summary>
    public Persistence Persistence => (Persistence)Volatile.Read(ref _persistence);

    /// <summary>Store's writer: claims the entry. False when it was settled meanwhile and must not be written.</summary>
    public bool TryClaimForWriting() =>
        Interlocked.CompareExchange(ref _persistence, (int)Persistence.Written, (int)Persistence.Pending) == (int)Persistence.Pending;

    /// <summary>
    /// Session, when the delivery ends: true when the store had not written it (nothing more to do), false when it has, so that
    /// <see cref="StoreChangeKind.MessageSettled"/> must follow.
    /// </summary>
    public bool TryCancelWriting() => CancelWriting() != Persistence.Written;

    /// <summary>As <see cref="TryCancelWriting"/>, but tells the state before: only who turned Pending into None releases the receipt.</summary>
    public Persistence CancelWriting() => (Persistence)Interlocked.CompareExchange(
        ref _persistence, (int)Persistence.None, (int)Persistence.Pending);

    /// <summary>Store's writer, after a failed commit: the entry lives in memory only.</summary>
    public void MarkNotWritten() => Volatile.Write(ref _persistence, (int)Persistence.None);
}
