using Fairlead.Broker.Durability;
using Fairlead.Broker.Routing;

namespace Fairlead.Broker.Sessions;

/// <summary>
/// What a Session tells the store about its deliveries. Order of calls is order of effect, so each is made under the Session's lock;
/// none waits. Without a durable store, or for a Session that ends with its connection, nothing is told.
/// </summary>
internal sealed class DeliveryRecords(Session session, MqttBroker broker)
{
    /// <summary>Whether deliveries of this Session are to be kept across a restart.</summary>
    public bool IsDurable => session.IsPersistent && broker.Store.IsDurable;

    /// <summary>A delivery was queued or sent.</summary>
    /// <param name="entry">The delivery.</param>
    /// <param name="mayBeCancelled">Whether an acknowledgment may make the record needless within a moment.</param>
    /// <param name="scratch">This thread's scratch.</param>
    public void Queued(QueuedMessage entry, bool mayBeCancelled, PublishScratch scratch)
    {
        if (entry.Persistence != Persistence.Pending) return;
        scratch.Tell(Change(StoreChangeKind.MessageQueued, entry, null, mayBeCancelled));
    }

    /// <summary>QoS 2: the Packet Identifier is chosen; <paramref name="whenDurable"/> sends the PUBLISH.</summary>
    public void IdentifierAssigned(QueuedMessage entry, Action<QueuedMessage> whenDurable, PublishScratch scratch) =>
        scratch.Tell(Change(StoreChangeKind.PacketIdAssigned, entry, new Continuation(entry, whenDurable), false));

    /// <summary>QoS 2: PUBREC came; <paramref name="whenDurable"/> sends PUBREL.</summary>
    public void Released(QueuedMessage entry, Action<QueuedMessage> whenDurable) =>
        broker.Store.Append(Change(StoreChangeKind.MessageReleased, entry, new Continuation(entry, whenDurable), false));

    /// <summary>The delivery is over: its writing is cancelled, or its end is written.</summary>
    public void Settled(QueuedMessage? entry)
    {
        if (entry is null) return;
        var before = entry.CancelWriting();
        if (before == Persistence.Pending) entry.Receipt?.Release();
        else if (before == Persistence.Written) broker.Store.Append(Change(StoreChangeKind.MessageSettled, entry, null, false));
    }

    /// <summary>The Session is over and goes from the store as a whole: whoever waits for this entry waits no longer.</summary>
    public static void Abandoned(QueuedMessage? entry)
    {
        if (entry is not null && entry.CancelWriting() == Persistence.Pending) entry.Receipt?.Release();
    }

    private StoreChange Change(StoreChangeKind kind, QueuedMessage entry, CommitReceipt? receipt, bool mayBeCancelled) => new()
    {
        Kind = kind,
        SessionId = session.Id,
        Subject = entry,
        Receipt = receipt,
        MayBeCancelled = mayBeCancelled,
    };

    /// <summary>Goes on with a QoS 2 exchange once its record is durable.</summary>
    private sealed class Continuation : CommitReceipt
    {
        private readonly QueuedMessage _entry;
        private readonly Action<QueuedMessage> _next;

        public Continuation(QueuedMessage entry, Action<QueuedMessage> next)
        {
            _entry = entry;
            _next = next;
        }

        protected override void OnSettled() => _next(_entry);
    }
}
