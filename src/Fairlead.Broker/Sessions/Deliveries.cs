using Fairlead.Broker.Connections;
using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Routing;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Sessions;

/// <summary>
/// The outgoing side of one Session: what it is given, what waits, and the connection it goes to. One lock guards it; nothing waits
/// under that lock, and no other Session's lock is ever taken inside it.
/// </summary>
/// <remarks>
/// An entry (<see cref="QueuedMessage"/>) is made only when something must be kept: the Session outlives its connection, another member
/// of a shared group may have to take over, or the message must wait. A connected Session that ends with its connection needs a slot
/// with the Packet Identifier and nothing more.
/// </remarks>
internal sealed partial class Deliveries
{
    private readonly Session _session;
    private readonly MqttBroker _broker;
    private readonly Lock _lock = new();
    private readonly DeliveryRecords _records;

    // Made when first needed: most Sessions of a large fleet are idle.
    private Exchanges? _exchanges;
    private MessageQueue? _queue;
    private int _window;
    private Connection? _connection;

    /// <summary>The outgoing side of a Session.</summary>
    public Deliveries(Session session, MqttBroker broker)
    {
        _session = session;
        _broker = broker;
        _records = new DeliveryRecords(session, broker);
    }

    /// <summary>The connection that holds the Session; null while there is none.</summary>
    public Connection? Connection => Volatile.Read(ref _connection);

    /// <summary>Deliveries under way.</summary>
    public int InflightCount => _exchanges?.Count ?? 0;

    /// <summary>Deliveries that wait.</summary>
    public int QueuedCount => _queue?.Length ?? 0;

    /// <summary>Whether a delivery could be sent at once; without the lock a hint, for choosing among the members of a shared group.</summary>
    public bool HasRoom => _connection is { } c && (_exchanges?.HasRoom ?? true) && c.Output.HasRoom && QueuedCount == 0;

    /// <summary>A connection takes the Session; the next <see cref="Pump"/> resends and sends.</summary>
    public void Attach(Connection connection, int window)
    {
        lock (_lock)
        {
            _window = window;
            _exchanges?.Attach(connection, window);
            Volatile.Write(ref _connection, connection);
        }
    }

    /// <summary>The connection is gone. Returns the shared deliveries that another member may take.</summary>
    public List<QueuedMessage> Detach()
    {
        lock (_lock)
        {
            Volatile.Write(ref _connection, null);
            var orphans = _exchanges?.Detach() ?? [];
            if (_queue is null) return orphans;
            // QoS 0 (retained messages that had to wait) does not outlive the connection.
            var leaving = _queue.TakeWhere(static e => e.ShareFilter is not null || e.QoS == QualityOfService.AtMostOnce);
            orphans.AddRange(leaving.Where(static e => e.QoS != QualityOfService.AtMostOnce));
            return orphans;
        }
    }

    /// <summary>Takes the waiting deliveries of one shared group, for a member that has come online.</summary>
    public List<QueuedMessage> TakeShared(string shareFilter)
    {
        lock (_lock)
        {
            return _queue is null || _connection is not null ? [] : _queue.TakeWhere(e => e.ShareFilter == shareFilter);
        }
    }

    /// <summary>Puts back what the store kept.</summary>
    public void Restore(IEnumerable<QueuedMessage> entries)
    {
        lock (_lock)
        {
            foreach (var entry in entries)
            {
                if (entry.PacketId == 0) Queue.Enqueue(entry);
                else Started.Restore(entry);
            }
        }
    }

    /// <summary>Delivers QoS 0: to the connection now, or not at all.</summary>
    public bool DeliverAtMostOnce(in Publication publication, bool retain, ReadOnlySpan<uint> identifiers, PublishScratch scratch)
    {
        var connection = Volatile.Read(ref _connection);
        if (connection is null || !_broker.MayReceive(connection, publication.Topic, scratch)) return false;
        return connection.SendPublish(publication, QualityOfService.AtMostOnce, retain, 0, identifiers, scratch, force: false)
            == WriteResult.Written;
    }

    /// <summary>
    /// Delivers a retained message at QoS 0 on SUBSCRIBE. Unlike live traffic it waits when the connection is congested: a subscriber of
    /// many topics must get them all.
    /// </summary>
    public void DeliverRetainedAtMostOnce(in Publication publication, ReadOnlySpan<uint> identifiers, PublishScratch scratch)
    {
        lock (_lock)
        {
            if (_connection is not { } connection) return;
            if (QueuedCount == 0 && connection.Output.HasRoom)
            {
                if (!_broker.MayReceive(connection, publication.Topic, scratch)) return;
                connection.SendPublish(publication, QualityOfService.AtMostOnce, true, 0, identifiers, scratch, force: true);
                return;
            }

            var message = scratch.Keep(publication);
            if (IsFull(message)) return;
            Queue.Enqueue(new QueuedMessage(
                _broker.NextId(), message, QualityOfService.AtMostOnce, true, identifiers.ToArray(), Persistence.None));
        }
    }

    /// <summary>Delivers QoS 1 or 2: sends it, or keeps it until it can be sent.</summary>
    public bool Deliver(
        in Publication publication, QualityOfService qos, bool retain, ReadOnlySpan<uint> identifiers, string? shareFilter,
        PublishScratch scratch)
    {
        lock (_lock)
        {
            var connection = _connection;
            if (connection is null && !_session.IsPersistent) return false;
            bool send = HasRoom;
            // What has to wait is judged when it is sent.
            if (send && !_broker.MayReceive(connection!, publication.Topic, scratch)) return false;
            bool durable = _records.IsDurable;
            if (durable && !_broker.Store.IsHealthy)
            {
                // Nobody may be told that it is kept; what can be sent is sent all the same (design promise 1).
                scratch.StoreRefused = true;
                durable = false;
                if (!send) _broker.Counters.CountDrop(DropReason.Store);
                if (!send) return false;
            }

            QueuedMessage? entry = null;
            if (_session.IsPersistent || shareFilter is not null || !send || _broker.Options.KeepsUnacknowledged)
            {
                var message = scratch.Keep(publication);
                if (!send && IsFull(message)) return false;
                entry = new QueuedMessage(
                    _broker.NextId(), message, qos, retain, identifiers.ToArray(), durable ? Persistence.Pending : Persistence.None)
                {
                    ShareFilter = shareFilter,
                    Receipt = durable ? scratch.HoldReceipt() : null,
                };
            }

            if (send) return Started.Start(entry, publication, qos, retain, identifiers, scratch);
            Queue.Enqueue(entry!);
            _records.Queued(entry!, mayBeCancelled: connection is not null, scratch);
            _broker.Traffic?.OnQueued(_session.ClientId, publication.Topic, qos, kept: true);
            return true;
        }
    }

    /// <summary>Takes a delivery over from another Session of the same shared group. False when this one cannot take it.</summary>
    public bool Accept(QueuedMessage entry, PublishScratch scratch)
    {
        lock (_lock)
        {
            if (_connection is null && !_session.IsPersistent) return false;
            if (IsFull(entry.Message)) return false;
            bool durable = _records.IsDurable && _broker.Store.IsHealthy;
            var own = new QueuedMessage(
                _broker.NextId(), entry.Message, entry.QoS, entry.Retain, entry.SubscriptionIdentifiers,
                durable ? Persistence.Pending : Persistence.None)
            {
                ShareFilter = entry.ShareFilter,
            };
            Queue.Enqueue(own);
            _records.Queued(own, mayBeCancelled: false, scratch);
            PumpLocked(scratch);
            return true;
        }
    }

    /// <summary>Ends a delivery that another Session has taken over, or that was dropped.</summary>
    public void Forget(QueuedMessage entry) => _records.Settled(entry);

    /// <summary>PUBACK. False when the identifier is unknown.</summary>
    public bool OnPubAck(ushort packetId, ReasonCode code, PublishScratch scratch)
    {
        lock (_lock)
        {
            if (_exchanges is null || !_exchanges.OnPubAck(packetId, code)) return false;
            PumpLocked(scratch);
            return true;
        }
    }

    /// <summary>PUBREC. False when the identifier is unknown, so that PUBREL says 0x92.</summary>
    public bool OnPubRec(ushort packetId, bool refused, PublishScratch scratch)
    {
        lock (_lock)
        {
            if (_exchanges is null || !_exchanges.OnPubRec(packetId, refused, scratch)) return false;
            if (refused) PumpLocked(scratch);
            return true;
        }
    }

    /// <summary>PUBCOMP. False when the identifier is unknown.</summary>
    public bool OnPubComp(ushort packetId, PublishScratch scratch)
    {
        lock (_lock)
        {
            if (_exchanges is null || !_exchanges.OnPubComp(packetId)) return false;
            PumpLocked(scratch);
            return true;
        }
    }

    /// <summary>Sends what waits as far as the window and the connection have room.</summary>
    public void Pump(PublishScratch scratch)
    {
        lock (_lock) PumpLocked(scratch);
    }

    /// <summary>Resends or drops what was not acknowledged in time (profile aws).</summary>
    public void SweepInflight(long now, PublishScratch scratch)
    {
        lock (_lock)
        {
            if (_exchanges?.Sweep(now, scratch) == true) PumpLocked(scratch);
        }
    }

    /// <summary>The Session has ended: lets go of everything. The store drops it with the Session.</summary>
    public void End()
    {
        lock (_lock)
        {
            _exchanges?.End();
            while (QueuedCount > 0) DeliveryRecords.Abandoned(_queue!.Dequeue());
        }
    }

    /// <summary>The exchanges, attached to the connection if there is one.</summary>
    private Exchanges Started
    {
        get
        {
            if (_exchanges is not null) return _exchanges;
            _exchanges = new Exchanges(_session, _broker, _records, _lock);
            if (_connection is not null) _exchanges.Attach(_connection, _window);
            return _exchanges;
        }
    }

    private MessageQueue Queue => _queue ??= new MessageQueue(_broker.Counters);

    private void PumpLocked(PublishScratch scratch)
    {
        if (_connection is not { } connection) return;
        _exchanges?.Resend(scratch);
        while (QueuedCount > 0 && (_exchanges?.HasRoom ?? true) && connection.Output.HasRoom)
        {
            var entry = _queue!.Dequeue();
            if (entry.Message.IsExpired(_broker.Now))
            {
                _broker.Counters.CountDrop(DropReason.Expired);
                _records.Settled(entry);
            }
            else if (!_broker.MayReceive(connection, entry.Message.Topic, scratch))
            {
                _records.Settled(entry);
            }
            else if (entry.QoS == QualityOfService.AtMostOnce)
            {
                connection.SendStored(entry, 0, false, scratch);
            }
            else
            {
                Started.Start(entry, scratch);
            }
        }
    }

    private bool IsFull(Message message)
    {
        if (QueuedCount < _broker.Options.MaximumQueuedMessages
            && (_queue?.Bytes ?? 0) + message.Size <= _broker.Options.MaximumQueuedBytes) return false;
        _broker.Counters.CountDrop(DropReason.QueueFull);
        _broker.Refusals?.OnQueued(_session.ClientId, message.Topic, message.QoS, kept: false);
        return true;
    }
}
