using Fairlead.Broker.Durability;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Sessions;

/// <summary>State of one outgoing QoS 1 or 2 delivery (MQTT 5, section 4.3).</summary>
internal enum DeliveryState : byte
{
    /// <summary>Slot not in use.</summary>
    Free,

    /// <summary>QoS 2 of a durable Session: the Packet Identifier is being written, nothing was sent yet.</summary>
    AwaitsCommit,

    /// <summary>PUBLISH is to be sent or was sent; PUBACK or PUBREC is awaited.</summary>
    Publish,

    /// <summary>PUBREC came, its record is being written; PUBREL follows.</summary>
    ReleaseAwaitsCommit,

    /// <summary>PUBREL is to be sent or was sent; PUBCOMP is awaited.</summary>
    Release,
}

/// <summary>One slot of the window.</summary>
internal struct Delivery
{
    /// <summary>What is kept of the message; null when the Session ends with its connection and nothing could be resent.</summary>
    public QueuedMessage? Entry;

    /// <summary>Who waits for the PUBACK of a direct message; null for any other delivery.</summary>
    public Extensions.DirectConfirmation? Direct;

    /// <summary>Order of first sending.</summary>
    public long Sequence;

    /// <summary>When it was last sent, milliseconds since the Unix epoch.</summary>
    public long SentAt;

    /// <summary>Packet Identifier.</summary>
    public ushort PacketId;

    /// <summary>Where the exchange stands.</summary>
    public DeliveryState State;

    /// <summary>QoS of the delivery.</summary>
    public QualityOfService QoS;

    /// <summary>Whether it was sent on this connection.</summary>
    public bool Sent;
}

/// <summary>
/// Outgoing deliveries by Packet Identifier. Identifiers are given in rising order and acknowledged nearly so; a table indexed by the
/// identifier's low bits therefore finds each in one step. Guarded by the Session's lock. Grows to the in-flight maximum, starts at none.
/// </summary>
internal sealed class InflightWindow
{
    private Delivery[] _slots = [];
    private ushort _last;
    private long _sequence;

    /// <summary>Deliveries under way.</summary>
    public int Count { get; private set; }

    /// <summary>Takes the next free identifier. The caller keeps <see cref="Count"/> below 65,535.</summary>
    public ref Delivery Add(QueuedMessage? entry, QualityOfService qos)
    {
        if (Count * 2 >= _slots.Length) Grow();
        int mask = _slots.Length - 1;
        do
        {
            // [MQTT-2.2.1-3]: never 0, never one in use. A slot taken by another identifier is stepped over.
            _last = _last == ushort.MaxValue ? (ushort)1 : (ushort)(_last + 1);
        }
        while (_slots[_last & mask].State != DeliveryState.Free);

        return ref Fill(_last, entry, qos);
    }

    /// <summary>Puts a stored delivery back under its own identifier.</summary>
    public ref Delivery Restore(QueuedMessage entry)
    {
        while (_slots.Length == 0 || _slots[entry.PacketId & (_slots.Length - 1)].State != DeliveryState.Free) Grow();
        if (entry.PacketId > _last) _last = entry.PacketId;
        return ref Fill(entry.PacketId, entry, entry.QoS);
    }

    /// <summary>Finds a delivery; a null reference (test with Unsafe.IsNullRef) when there is none.</summary>
    public ref Delivery Find(ushort packetId)
    {
        if (_slots.Length != 0)
        {
            ref var slot = ref _slots[packetId & (_slots.Length - 1)];
            if (slot.State != DeliveryState.Free && slot.PacketId == packetId) return ref slot;
        }

        return ref System.Runtime.CompilerServices.Unsafe.NullRef<Delivery>();
    }

    /// <summary>Frees a slot.</summary>
    public void Remove(ref Delivery slot)
    {
        slot = default;
        Count--;
    }

    /// <summary>All identifiers in use, in order of first sending.</summary>
    public ushort[] InOrder()
    {
        var used = Array.FindAll(_slots, s => s.State != DeliveryState.Free);
        Array.Sort(used, (a, b) => a.Sequence.CompareTo(b.Sequence));
        return Array.ConvertAll(used, s => s.PacketId);
    }

    private ref Delivery Fill(ushort packetId, QueuedMessage? entry, QualityOfService qos)
    {
        ref var slot = ref _slots[packetId & (_slots.Length - 1)];
        slot = new Delivery
        {
            Entry = entry,
            PacketId = packetId,
            QoS = qos,
            State = DeliveryState.Publish,
            Sequence = ++_sequence,
        };
        Count++;
        return ref slot;
    }

    private void Grow()
    {
        int size = Math.Max(8, _slots.Length * 2);
        while (true)
        {
            var next = new Delivery[size];
            bool fits = true;
            foreach (ref var slot in _slots.AsSpan())
            {
                if (slot.State == DeliveryState.Free) continue;
                ref var target = ref next[slot.PacketId & (size - 1)];
                fits &= target.State == DeliveryState.Free;
                target = slot;
            }

            // Identifiers that differ only above the old size always part at 65,536 slots.
            if (fits)
            {
                _slots = next;
                return;
            }

            size *= 2;
        }
    }
}
