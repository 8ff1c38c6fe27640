using System.Runtime.CompilerServices;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Routing;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Sessions;

/// <summary>
/// The outgoing side of one Session: queue, in-flight window and the connection they go to. One lock guards it; nothing waits under
/// that lock, and no other Session's lock is ever taken inside it.
/// </summary>
/// <remarks>
/// An entry (<see cref="QueuedMessage"/>) is made only when something must be kept: the Session outlives its connection, another member
/// of a shared group may have to take over, or the message must wait. A connected Session that ends with its connection needs a slot
/// with the Packet Identifier and nothing more.
/// </remarks>
internal sealed class Deliveries(Session session, MqttBroker broker)
{
    private readonly Lock _lock = new();
    private readonly InflightWindow _inflight = new();
    private MessageQueue? _queue;
    private Queue<ushort>? _resend;
    private Connection? _connection;
    private int _window;
    private int _sent;

    /// <summary>The connection that holds the Session; null while there is none.</summary>
    public Connection? Connection => Volatile.Read(ref _connection);

    /// <summary>Deliveries under way.</summary>
    public int InflightCount => _inflight.Count;

    /// <summary>Deliveries that wait.</summary>
    public int QueuedCount => _queue?.Count ?? 0;

    /// <summary>Whether a delivery could be sent at once; a hint for choosing among the members of a shared group.</summary>
    public bool HasRoom => _connection is { } c && _sent < _window && c.Output.HasRoom && QueuedCount == 0;

    /// <summary>A connection takes the Session. What is in flight will be resent by the next <see cref="Pump"/> [MQTT-4.4.0-1].</summary>
    public void Attach(Connection connection, int window)
    {
        lock (_lock)
        {
            _window = window;
            _sent = 0;
            _resend = null;
            if (_inflight.Count > 0)
            {
                _resend = new Queue<ushort>(_inflight.InOrder());
                foreach (ushort id in _resend) _inflight.Find(id).Sent = false;
            }

            Volatile.Write(ref _connection, connection);
        }
    }

    /// <summary>The connection is gone. Returns the shared deliveries that another member may take.</summary>
    public List<QueuedMessage> Detach()
    {
        var orphans = new List<QueuedMessage>();
        lock (_lock)
        {
            Volatile.Write(ref _connection, null);
            foreach (ushort id in _inflight.InOrder())
            {
                ref var slot = ref _inflight.Find(id);
                if (slot.Entry is null)
                {
                    // Nothing was kept, so nothing could be resent: such a Session ends with its connection.
                    RemoveSlot(ref slot);
                    continue;
                }

                // [MQTT-4.8.2-5]: QoS 2 stays with its client; QoS 1 may go to another one.
                if (slot.Entry.ShareFilter is null || slot.QoS != QualityOfService.AtLeastOnce) continue;
                orphans.Add(slot.Entry);
                RemoveSlot(ref slot);
            }

            if (_queue is null) return orphans;
            // QoS 0 (retained messages that had to wait) does not outlive the connection.
            foreach (var entry in _queue.TakeWhere(static e => e.ShareFilter is not null || e.QoS == QualityOfService.AtMostOnce))
            {
                CountQueue(entry, -1);
                if (entry.QoS != QualityOfService.AtMostOnce) orphans.Add(entry);
            }
        }

        return orphans;
    }

    /// <summary>Takes the waiting deliveries of one shared group, for a member that has come online.</summary>
    public List<QueuedMessage> TakeShared(string shareFilter)
    {
        lock (_lock)
        {
            if (_queue is null || _connection is not null) return [];
            var taken = _queue.TakeWhere(e => e.ShareFilter == shareFilter);
            foreach (var entry in taken) CountQueue(entry, -1);
            return taken;
        }
    }

    /// <summary>Puts back what the store kept.</summary>
    public void Restore(IEnumerable<QueuedMessage> entries)
    {
        lock (_lock)
        {
            foreach (var entry in entries)
            {
                if (entry.PacketId == 0)
                {
                    (_queue ??= new MessageQueue()).Enqueue(entry);
                    CountQueue(entry, 1);
                    continue;
                }

                ref var slot = ref _inflight.Restore(entry);
                slot.State = entry.Released ? DeliveryState.Release : DeliveryState.Publish;
                Interlocked.Increment(ref broker.Counters.InflightField);
            }
        }
    }

    /// <summary>Delivers QoS 0: to the connection now, or not at all.</summary>
    public bool DeliverAtMostOnce(in Publication publication, bool retain, ReadOnlySpan<uint> identifiers, PublishScratch scratch)
    {
        var connection = Volatile.Read(ref _connection);
        if (connection is null) return false;
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
                connection.SendPublish(publication, QualityOfService.AtMostOnce, true, 0, identifiers, scratch, force: true);
                return;
            }

            var message = scratch.Keep(publication);
            if (IsFull(message)) return;
            var entry = new QueuedMessage(
                broker.NextId(), message, QualityOfService.AtMostOnce, true, identifiers.ToArray(), Persistence.None);
            (_queue ??= new MessageQueue()).Enqueue(entry);
            CountQueue(entry, 1);
        }
    }

    /// <summary>Delivers QoS 1 or 2: sends it, or keeps it until it can be sent.</summary>
    public bool Deliver(
        in Publication publication, QualityOfService qos, bool retain, ReadOnlySpan<uint> identifiers, string? shareFilter,
        PublishScratch scratch)
    {
        bool persistent = session.IsPersistent;
        lock (_lock)
        {
            var connection = _connection;
            if (connection is null && !persistent) return false;
            bool send = connection is not null && _sent < _window && QueuedCount == 0 && _resend is null && connection.Output.HasRoom;
            bool durable = persistent && broker.Store.IsDurable;
            if (durable && !broker.Store.IsHealthy)
            {
                // Nobody may be told that it is kept; what can be sent is sent all the same (design promise 1).
                scratch.StoreRefused = true;
                if (!send) broker.Counters.CountDrop(DropReason.Store);
                if (!send) return false;
                durable = false;
            }

            QueuedMessage? entry = null;
            if (persistent || shareFilter is not null || !send || broker.Options.KeepsUnacknowledged)
            {
                var message = scratch.Keep(publication);
                if (!send && IsFull(message)) return false;
                entry = new QueuedMessage(
                    broker.NextId(), message, qos, retain, identifiers.ToArray(), durable ? Persistence.Pending : Persistence.None)
                {
                    ShareFilter = shareFilter,
                    Receipt = durable ? scratch.HoldReceipt() : null,
                };
            }

            if (!send)
            {
                (_queue ??= new MessageQueue()).Enqueue(entry!);
                CountQueue(entry!, 1);
                if (durable) AppendQueued(entry!, mayBeCancelled: connection is not null);
                return true;
            }

            ref var slot = ref AddSlot(entry, qos);
            if (durable && qos == QualityOfService.ExactlyOnce)
            {
                // Sent when the identifier is durable: a crash must not lead to the same message under another one.
                AppendQueued(entry!, mayBeCancelled: false);
                AwaitIdentifier(ref slot);
                return true;
            }

            MarkSent(ref slot);
            var result = connection!.SendPublish(publication, qos, retain, slot.PacketId, identifiers, scratch, force: true);
            if (result == WriteResult.TooLarge)
            {
                // [MQTT-3.1.2-25]: too large for this client, treated as delivered.
                _sent--;
                Settle(entry);
                RemoveSlot(ref slot);
                return false;
            }

            if (durable) AppendQueued(entry!, mayBeCancelled: true);
            return true;
        }
    }

    /// <summary>Takes a delivery that was made for another Session of the same shared group, or that a feature made.</summary>
    public bool Accept(QueuedMessage entry, PublishScratch scratch)
    {
        lock (_lock)
        {
            bool durable = session.IsPersistent && broker.Store is { IsDurable: true, IsHealthy: true };
            if (_connection is null && !session.IsPersistent) return false;
            if (IsFull(entry.Message)) return false;
            var own = new QueuedMessage(
                broker.NextId(), entry.Message, entry.QoS, entry.Retain, entry.SubscriptionIdentifiers,
                durable ? Persistence.Pending : Persistence.None)
            {
                ShareFilter = entry.ShareFilter,
            };
            (_queue ??= new MessageQueue()).Enqueue(own);
            CountQueue(own, 1);
            if (durable) AppendQueued(own, mayBeCancelled: false);
            PumpLocked(scratch);
            return true;
        }
    }

    /// <summary>Ends a delivery that another Session has taken over, or that was dropped.</summary>
    public void Forget(QueuedMessage entry) => Settle(entry);

    /// <summary>PUBACK. False when the identifier is unknown.</summary>
    public bool OnPubAck(ushort packetId, PublishScratch scratch)
    {
        lock (_lock)
        {
            ref var slot = ref _inflight.Find(packetId);
            if (Unsafe.IsNullRef(ref slot) || slot.QoS != QualityOfService.AtLeastOnce || !slot.Sent) return false;
            Complete(ref slot, scratch);
            return true;
        }
    }

    /// <summary>PUBREC. False when the identifier is unknown, so that PUBREL says 0x92.</summary>
    public bool OnPubRec(ushort packetId, bool refused, PublishScratch scratch)
    {
        lock (_lock)
        {
            ref var slot = ref _inflight.Find(packetId);
            if (Unsafe.IsNullRef(ref slot) || slot.QoS != QualityOfService.ExactlyOnce || !slot.Sent) return false;
            if (refused)
            {
                // A Reason Code of 0x80 or more ends the delivery (MQTT 5, section 4.3.3).
                Complete(ref slot, scratch);
                return true;
            }

            if (slot.State == DeliveryState.ReleaseAwaitsCommit) return true;
            if (slot.State == DeliveryState.Publish && slot.Entry is { Persistence: not Persistence.None } entry)
            {
                entry.Released = true;
                slot.State = DeliveryState.ReleaseAwaitsCommit;
                var receipt = new ReleaseReceipt(this, entry);
                broker.Store.Append(new StoreChange
                {
                    Kind = StoreChangeKind.MessageReleased,
                    SessionId = session.Id,
                    Subject = entry,
                    Receipt = receipt,
                });
                return true;
            }

            slot.State = DeliveryState.Release;
            if (slot.Entry is not null) slot.Entry.Released = true;
            _connection?.SendAck(PacketType.PubRel, packetId, ReasonCode.Success, scratch);
            return true;
        }
    }

    /// <summary>PUBCOMP. False when the identifier is unknown.</summary>
    public bool OnPubComp(ushort packetId, PublishScratch scratch)
    {
        lock (_lock)
        {
            ref var slot = ref _inflight.Find(packetId);
            if (Unsafe.IsNullRef(ref slot) || slot.State != DeliveryState.Release) return false;
            Complete(ref slot, scratch);
            return true;
        }
    }

    /// <summary>Sends what waits as far as the window and the connection have room.</summary>
    public void Pump(PublishScratch scratch)
    {
        lock (_lock) PumpLocked(scratch);
    }

    /// <summary>Resends or drops what was not acknowledged in time (profile aws, spec/aws-messaging 1.4).</summary>
    public void SweepInflight(long now, PublishScratch scratch)
    {
        lock (_lock)
        {
            if (_connection is null || _inflight.Count == 0) return;
            bool v5 = session.Version == ProtocolVersion.V5;
            long life = (long)(v5 ? broker.Options.InflightLifeV5 : broker.Options.InflightLifeV3).TotalMilliseconds;
            long retry = (long)broker.Options.RetryIntervalV3.TotalMilliseconds;
            foreach (ushort id in _inflight.InOrder())
            {
                ref var slot = ref _inflight.Find(id);
                if (!slot.Sent || slot.Entry is null || slot.State != DeliveryState.Publish) continue;
                if (life > 0 && now - slot.Entry.Message.CreatedAt >= life)
                {
                    broker.Counters.CountDrop(DropReason.Unacknowledged);
                    Complete(ref slot, scratch);
                }
                else if (!v5 && retry > 0 && now - slot.SentAt >= retry)
                {
                    SendStored(ref slot, scratch);
                }
            }
        }
    }

    /// <summary>The Session has ended: lets go of everything. The store drops it with the Session.</summary>
    public void End()
    {
        lock (_lock)
        {
            foreach (ushort id in _inflight.InOrder())
            {
                ref var slot = ref _inflight.Find(id);
                Release(slot.Entry);
                RemoveSlot(ref slot);
            }

            while (QueuedCount > 0)
            {
                var entry = _queue!.Dequeue();
                CountQueue(entry, -1);
                Release(entry);
            }
        }
    }

    private void PumpLocked(PublishScratch scratch)
    {
        if (_connection is not { } connection) return;
        while (_resend is not null && _sent < _window && connection.Output.HasRoom)
        {
            if (!_resend.TryDequeue(out ushort id))
            {
                _resend = null;
                break;
            }

            ref var slot = ref _inflight.Find(id);
            if (Unsafe.IsNullRef(ref slot) || slot.Sent) continue;
            if (slot.State == DeliveryState.Release)
            {
                slot.Sent = true;
                _sent++;
                connection.SendAck(PacketType.PubRel, id, ReasonCode.Success, scratch);
            }
            else if (slot.State == DeliveryState.Publish)
            {
                if (slot.Entry!.Message.IsExpired(broker.Now)) DropExpired(ref slot);
                else SendStored(ref slot, scratch);
            }
            else
            {
                // Being written: the receipt sends it.
                slot.Sent = true;
                _sent++;
            }
        }

        if (_resend is { Count: 0 }) _resend = null;
        while (_resend is null && QueuedCount > 0 && _sent < _window && connection.Output.HasRoom)
        {
            var entry = _queue!.Dequeue();
            CountQueue(entry, -1);
            if (entry.Message.IsExpired(broker.Now))
            {
                broker.Counters.CountDrop(DropReason.Expired);
                Settle(entry);
                continue;
            }

            if (entry.QoS == QualityOfService.AtMostOnce)
            {
                connection.SendStored(entry, 0, false, scratch);
                continue;
            }

            ref var slot = ref AddSlot(entry, entry.QoS);
            if (entry.QoS == QualityOfService.ExactlyOnce && entry.Persistence != Persistence.None) AwaitIdentifier(ref slot);
            else SendStored(ref slot, scratch);
        }
    }

    private void SendStored(ref Delivery slot, PublishScratch scratch)
    {
        var entry = slot.Entry!;
        bool dup = entry.SentBefore && !broker.Options.NeverSetsDup;
        if (!slot.Sent) MarkSent(ref slot);
        slot.SentAt = broker.Now;
        if (_connection!.SendStored(entry, slot.PacketId, dup, scratch)) return;
        Complete(ref slot, scratch);
    }

    private void AwaitIdentifier(ref Delivery slot)
    {
        slot.State = DeliveryState.AwaitsCommit;
        slot.Entry!.PacketId = slot.PacketId;
        _sent++;
        slot.Sent = true;
        broker.Store.Append(new StoreChange
        {
            Kind = StoreChangeKind.PacketIdAssigned,
            SessionId = session.Id,
            Subject = slot.Entry,
            Receipt = new SendReceipt(this, slot.Entry),
        });
    }

    private void MarkSent(ref Delivery slot)
    {
        slot.Sent = true;
        _sent++;
        if (slot.Entry is null) return;
        slot.SentAt = broker.Now;
        slot.Entry.PacketId = slot.PacketId;
        slot.Entry.SentBefore = true;
    }

    private void Complete(ref Delivery slot, PublishScratch scratch)
    {
        if (slot.Sent) _sent--;
        Settle(slot.Entry);
        RemoveSlot(ref slot);
        if (QueuedCount > 0 || _resend is not null) PumpLocked(scratch);
    }

    private void DropExpired(ref Delivery slot)
    {
        broker.Counters.CountDrop(DropReason.Expired);
        Settle(slot.Entry);
        RemoveSlot(ref slot);
    }

    private ref Delivery AddSlot(QueuedMessage? entry, QualityOfService qos)
    {
        Interlocked.Increment(ref broker.Counters.InflightField);
        return ref _inflight.Add(entry, qos);
    }

    private void RemoveSlot(ref Delivery slot)
    {
        Interlocked.Decrement(ref broker.Counters.InflightField);
        _inflight.Remove(ref slot);
    }

    private bool IsFull(Message message)
    {
        if (QueuedCount < broker.Options.MaximumQueuedMessages
            && (_queue?.Bytes ?? 0) + message.Size <= broker.Options.MaximumQueuedBytes) return false;
        broker.Counters.CountDrop(DropReason.QueueFull);
        return true;
    }

    private void AppendQueued(QueuedMessage entry, bool mayBeCancelled) => broker.Store.Append(new StoreChange
    {
        Kind = StoreChangeKind.MessageQueued,
        SessionId = session.Id,
        Subject = entry,
        MayBeCancelled = mayBeCancelled,
    });

    /// <summary>Ends the entry's life in the store: cancels the writing or announces the end.</summary>
    private void Settle(QueuedMessage? entry)
    {
        if (entry is null) return;
        var before = entry.CancelWriting();
        if (before == Persistence.Pending)
        {
            entry.Receipt?.Release();
        }
        else if (before == Persistence.Written)
        {
            broker.Store.Append(new StoreChange
            {
                Kind = StoreChangeKind.MessageSettled,
                SessionId = session.Id,
                Subject = entry,
            });
        }
    }

    private static void Release(QueuedMessage? entry)
    {
        if (entry is not null && entry.CancelWriting() == Persistence.Pending) entry.Receipt?.Release();
    }

    private void CountQueue(QueuedMessage entry, int sign)
    {
        Interlocked.Add(ref broker.Counters.QueuedField, sign);
        Interlocked.Add(ref broker.Counters.QueuedBytesField, sign * (long)entry.Message.Size);
    }

    private void OnIdentifierDurable(QueuedMessage entry)
    {
        var scratch = PublishScratch.Of(broker);
        lock (_lock)
        {
            ref var slot = ref _inflight.Find(entry.PacketId);
            if (Unsafe.IsNullRef(ref slot) || !ReferenceEquals(slot.Entry, entry) || slot.State != DeliveryState.AwaitsCommit) return;
            slot.State = DeliveryState.Publish;
            if (!slot.Sent || _connection is null) return;
            slot.SentAt = broker.Now;
            bool dup = entry.SentBefore;
            entry.SentBefore = true;
            if (!_connection.SendStored(entry, slot.PacketId, dup, scratch)) Complete(ref slot, scratch);
        }
    }

    private void OnReleaseDurable(QueuedMessage entry)
    {
        var scratch = PublishScratch.Of(broker);
        lock (_lock)
        {
            ref var slot = ref _inflight.Find(entry.PacketId);
            if (Unsafe.IsNullRef(ref slot) || !ReferenceEquals(slot.Entry, entry)
                || slot.State != DeliveryState.ReleaseAwaitsCommit) return;
            slot.State = DeliveryState.Release;
            if (slot.Sent && _connection is not null)
                _connection.SendAck(PacketType.PubRel, slot.PacketId, ReasonCode.Success, scratch);
        }
    }

    private sealed class SendReceipt : CommitReceipt
    {
        private readonly Deliveries _owner;
        private readonly QueuedMessage _entry;

        public SendReceipt(Deliveries owner, QueuedMessage entry)
        {
            _owner = owner;
            _entry = entry;
        }

        protected override void OnSettled() => _owner.OnIdentifierDurable(_entry);
    }

    private sealed class ReleaseReceipt : CommitReceipt
    {
        private readonly Deliveries _owner;
        private readonly QueuedMessage _entry;

        public ReleaseReceipt(Deliveries owner, QueuedMessage entry)
        {
            _owner = owner;
            _entry = entry;
        }

        protected override void OnSettled() => _owner.OnReleaseDurable(_entry);
    }
}
