using System.Runtime.CompilerServices;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Routing;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Sessions;

/// <summary>
/// The acknowledged deliveries under way to one client: the QoS 1 and QoS 2 protocols of MQTT 5 section 4.3, from the sending side.
/// Every method runs under <paramref name="gate"/>, the Session's lock; what continues after a commit takes it itself.
/// </summary>
internal sealed partial class Exchanges(Session session, MqttBroker broker, DeliveryRecords records, Lock gate)
{
    private readonly InflightWindow _inflight = new();
    private Queue<ushort>? _resend;
    private Connection? _connection;
    private int _window;
    private int _sent;

    /// <summary>Deliveries under way.</summary>
    public int Count => _inflight.Count;

    /// <summary>Whether another one may be started: the client's Receive Maximum [MQTT-3.3.4-9], and nothing older is still to be resent.</summary>
    public bool HasRoom => _sent < _window && _resend is null;

    /// <summary>A connection has come: what is under way will be resent, in order, under the same identifiers [MQTT-4.4.0-1].</summary>
    public void Attach(Connection connection, int window)
    {
        _connection = connection;
        _window = window;
        _sent = 0;
        _resend = null;
        if (_inflight.Count == 0) return;
        _resend = new Queue<ushort>(_inflight.InOrder());
        foreach (ushort id in _resend) _inflight.Find(id).Sent = false;
    }

    /// <summary>The connection has gone. Returns what another member of a shared group may take over.</summary>
    public List<QueuedMessage> Detach()
    {
        _connection = null;
        var orphans = new List<QueuedMessage>();
        foreach (ushort id in _inflight.InOrder())
        {
            ref var slot = ref _inflight.Find(id);
            // Where nothing was kept nothing could be resent: such a Session ends with its connection.
            // [MQTT-4.8.2-5]: QoS 2 stays with its client; QoS 1 may go to another one.
            bool orphan = slot.Entry?.ShareFilter is not null && slot.QoS == QualityOfService.AtLeastOnce;
            if (orphan) orphans.Add(slot.Entry!);
            slot.Direct?.End(DirectResult.Disconnected, ReasonCode.UnspecifiedError);
            if (orphan || slot.Entry is null) Free(ref slot);
        }

        return orphans;
    }

    /// <summary>Puts back a delivery that the store kept as under way.</summary>
    public void Restore(QueuedMessage entry)
    {
        PublishScratch.Of(broker).Counters.Inflight++;
        _inflight.Restore(entry).State = entry.Released ? DeliveryState.Release : DeliveryState.Publish;
    }

    /// <summary>Starts a delivery of the publication at hand. False when the client cannot take a packet of that size.</summary>
    public bool Start(
        QueuedMessage? entry, in Publication publication, QualityOfService qos, bool retain, ReadOnlySpan<uint> identifiers,
        PublishScratch scratch)
    {
        scratch.Counters.Inflight++;
        ref var slot = ref _inflight.Add(entry, qos);
        if (entry is { Persistence: Persistence.Pending } && qos == QualityOfService.ExactlyOnce)
        {
            // Sent when the identifier is durable: a crash must not lead to the same message under another one.
            records.Queued(entry, mayBeCancelled: false, scratch);
            AwaitIdentifier(ref slot, scratch);
            return true;
        }

        MarkSent(ref slot);
        var result = _connection!.SendPublish(publication, qos, retain, slot.PacketId, identifiers, scratch, force: true);
        if (result == WriteResult.TooLarge)
        {
            // [MQTT-3.1.2-25]: too large for this client, treated as delivered.
            Complete(ref slot);
            return false;
        }

        if (entry is not null) records.Queued(entry, mayBeCancelled: true, scratch);
        return true;
    }

    /// <summary>Starts a delivery from the queue.</summary>
    public void Start(QueuedMessage entry, PublishScratch scratch)
    {
        scratch.Counters.Inflight++;
        ref var slot = ref _inflight.Add(entry, entry.QoS);
        if (entry.QoS == QualityOfService.ExactlyOnce && entry.Persistence != Persistence.None) AwaitIdentifier(ref slot, scratch);
        else SendStored(ref slot, scratch);
    }

    /// <summary>Resends as far as there is room.</summary>
    public void Resend(PublishScratch scratch)
    {
        while (_resend is not null && _sent < _window && _connection!.Output.HasRoom)
        {
            if (!_resend.TryDequeue(out ushort id)) break;
            ref var slot = ref _inflight.Find(id);
            if (Unsafe.IsNullRef(ref slot) || slot.Sent) continue;
            switch (slot.State)
            {
                // [MQTT-4.3.3-7]: QoS 2 that has been sent expires no more.
                case DeliveryState.Publish when slot.Entry!.Message.IsExpired(broker.Now)
                    && !(slot.QoS == QualityOfService.ExactlyOnce && slot.Entry.SentBefore):
                    broker.Counters.CountDrop(DropReason.Expired);
                    Complete(ref slot);
                    break;
                case DeliveryState.Publish:
                    Repeat(ref slot, scratch);
                    break;
                case DeliveryState.Release:
                    MarkSent(ref slot);
                    _connection.SendAck(PacketType.PubRel, id, ReasonCode.Success, scratch);
                    break;
                default:
                    // Being written: the continuation sends it.
                    MarkSent(ref slot);
                    break;
            }
        }

        if (_resend is { Count: 0 }) _resend = null;
    }

    /// <summary>PUBACK. False when the identifier is unknown.</summary>
    public bool OnPubAck(ushort packetId, ReasonCode code)
    {
        ref var slot = ref _inflight.Find(packetId);
        if (Unsafe.IsNullRef(ref slot) || slot.QoS != QualityOfService.AtLeastOnce || !slot.Sent) return false;
        slot.Direct?.End(DirectResult.Acknowledged, code);
        Complete(ref slot);
        return true;
    }

    /// <summary>PUBREC. False when the identifier is unknown, so that PUBREL says 0x92.</summary>
    public bool OnPubRec(ushort packetId, bool refused, PublishScratch scratch)
    {
        ref var slot = ref _inflight.Find(packetId);
        if (Unsafe.IsNullRef(ref slot) || slot.QoS != QualityOfService.ExactlyOnce || !slot.Sent) return false;
        if (refused)
        {
            // A Reason Code of 0x80 or more ends the delivery (MQTT 5, section 4.3.3).
            Complete(ref slot);
            return true;
        }

        if (slot.State is DeliveryState.ReleaseAwaitsCommit or DeliveryState.AwaitsCommit) return true;
        if (slot.Entry is not null) slot.Entry.Released = true;
        if (slot.State == DeliveryState.Publish && slot.Entry is { Persistence: not Persistence.None } entry)
        {
            slot.State = DeliveryState.ReleaseAwaitsCommit;
            records.Released(entry, OnReleaseDurable);
            return true;
        }

        slot.State = DeliveryState.Release;
        _connection?.SendAck(PacketType.PubRel, packetId, ReasonCode.Success, scratch);
        return true;
    }

    /// <summary>PUBCOMP. False when the identifier is unknown.</summary>
    public bool OnPubComp(ushort packetId)
    {
        ref var slot = ref _inflight.Find(packetId);
        if (Unsafe.IsNullRef(ref slot) || slot.State != DeliveryState.Release) return false;
        Complete(ref slot);
        return true;
    }

    /// <summary>Resends or drops what was not acknowledged in time (profile aws, spec/aws-messaging 1.4). Tells whether room came free.</summary>
    public bool Sweep(long now, PublishScratch scratch)
    {
        if (_connection is null || _inflight.Count == 0) return false;
        bool v5 = session.Version == ProtocolVersion.V5;
        long life = (long)(v5 ? broker.Options.InflightLifeV5 : broker.Options.InflightLifeV3).TotalMilliseconds;
        long retry = (long)broker.Options.RetryIntervalV3.TotalMilliseconds;
        int before = _inflight.Count;
        foreach (ushort id in _inflight.InOrder())
        {
            ref var slot = ref _inflight.Find(id);
            if (ForgetDirect(ref slot, now, life)) continue;
            if (!slot.Sent || slot.Entry is null || slot.State != DeliveryState.Publish) continue;
            if (life > 0 && now - slot.Entry.Message.CreatedAt >= life)
            {
                broker.Counters.CountDrop(DropReason.Unacknowledged);
                Complete(ref slot);
            }
            else if (!v5 && retry > 0 && now - slot.SentAt >= retry)
            {
                Repeat(ref slot, scratch);
            }
        }

        return _inflight.Count < before;
    }

    /// <summary>The Session is over.</summary>
    public void End()
    {
        foreach (ushort id in _inflight.InOrder())
        {
            ref var slot = ref _inflight.Find(id);
            DeliveryRecords.Abandoned(slot.Entry);
            slot.Direct?.End(DirectResult.Disconnected, ReasonCode.UnspecifiedError);
            Free(ref slot);
        }
    }

    /// <summary>
    /// Sends again what the client may still receive. A QoS 2 exchange that has begun goes on: the client keeps its identifier until the
    /// exchange is over, and would take the next message under it for a repetition.
    /// </summary>
    private void Repeat(ref Delivery slot, PublishScratch scratch)
    {
        bool begun = slot.QoS == QualityOfService.ExactlyOnce && slot.Entry!.SentBefore;
        if (begun || broker.MayReceive(_connection!, slot.Entry!.Message.Topic, scratch)) SendStored(ref slot, scratch);
        else Complete(ref slot);
    }

    private void SendStored(ref Delivery slot, PublishScratch scratch)
    {
        var entry = slot.Entry!;
        bool dup = entry.SentBefore && !broker.Options.NeverSetsDup;
        MarkSent(ref slot);
        if (!_connection!.SendStored(entry, slot.PacketId, dup, scratch)) Complete(ref slot);
    }

    private void AwaitIdentifier(ref Delivery slot, PublishScratch scratch)
    {
        slot.State = DeliveryState.AwaitsCommit;
        slot.Entry!.PacketId = slot.PacketId;
        slot.Sent = true;
        _sent++;
        records.IdentifierAssigned(slot.Entry, OnIdentifierDurable, scratch);
    }

    private void MarkSent(ref Delivery slot)
    {
        if (!slot.Sent) _sent++;
        slot.Sent = true;
        if (slot.Entry is not { } entry) return;
        slot.SentAt = broker.Now;
        entry.PacketId = slot.PacketId;
        if (slot.State == DeliveryState.Publish) entry.SentBefore = true;
    }

    private void Complete(ref Delivery slot)
    {
        if (slot.Sent) _sent--;
        records.Settled(slot.Entry);
        Free(ref slot);
    }

    private void Free(ref Delivery slot)
    {
        PublishScratch.Of(broker).Counters.Inflight--;
        _inflight.Remove(ref slot);
    }

    private void OnIdentifierDurable(QueuedMessage entry)
    {
        lock (gate)
        {
            ref var slot = ref _inflight.Find(entry.PacketId);
            if (Unsafe.IsNullRef(ref slot) || !ReferenceEquals(slot.Entry, entry) || slot.State != DeliveryState.AwaitsCommit) return;
            slot.State = DeliveryState.Publish;
            // Not marked as sent on this connection: the resending that is under way will come to it.
            if (slot.Sent && _connection is not null) SendStored(ref slot, PublishScratch.Of(broker));
        }
    }

    private void OnReleaseDurable(QueuedMessage entry)
    {
        lock (gate)
        {
            ref var slot = ref _inflight.Find(entry.PacketId);
            if (Unsafe.IsNullRef(ref slot) || !ReferenceEquals(slot.Entry, entry)
                || slot.State != DeliveryState.ReleaseAwaitsCommit) return;
            slot.State = DeliveryState.Release;
            if (slot.Sent && _connection is not null)
                _connection.SendAck(PacketType.PubRel, slot.PacketId, ReasonCode.Success, PublishScratch.Of(broker));
        }
    }
}
