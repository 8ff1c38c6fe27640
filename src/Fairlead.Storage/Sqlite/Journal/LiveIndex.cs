using System.Runtime.InteropServices;

namespace Fairlead.Storage.Sqlite.Journal;

/// <summary>
/// Where everything that is alive in the journal lies: the writer thread's picture of what is committed. Queue entries sit in one
/// array, linked by Session, so that neither queueing nor settling allocates in steady state.
/// </summary>
internal sealed class LiveIndex
{
    private const int None = -1;
    private const int InboundBytes = 6;
    private const int FirstCapacity = 256;
    private const int LargestKeptCapacity = 16 * 1024;

    private readonly Dictionary<long, Body> _bodies = [];
    private readonly Dictionary<long, int> _slots = [];
    private readonly Dictionary<long, SessionItems> _sessions = [];
    private Entry[] _entries = new Entry[FirstCapacity];
    private int _free = None;
    private int _used;

    public RowLedger Rows { get; } = new();

    public bool HasSession(long id) => _sessions.ContainsKey(id);

    public bool HasEntry(long id) => _slots.ContainsKey(id);

    public bool HasBody(long id) => _bodies.ContainsKey(id);

    public void AddSession(long id) => _sessions.TryAdd(id, new SessionItems());

    /// <summary>Ends a Session with its entries and inbound identifiers.</summary>
    public void RemoveSession(long id)
    {
        if (!_sessions.Remove(id, out var session)) return;
        while (session.FirstEntry != None) Remove(session.FirstEntry);
        foreach (var row in session.Inbound.Values) Rows.RemoveLive(row, InboundBytes);
    }

    /// <summary>Adds a body that its adder holds, until <see cref="ReleaseBody"/>.</summary>
    public void AddBody(long id, long row, int bytes)
    {
        _bodies.Add(id, new Body { Row = row, Holds = 1, Bytes = bytes });
        Rows.AddLive(row, bytes);
    }

    public void HoldBody(long id) => CollectionsMarshal.GetValueRefOrNullRef(_bodies, id).Holds++;

    public void ReleaseBody(long id)
    {
        ref var body = ref CollectionsMarshal.GetValueRefOrNullRef(_bodies, id);
        if (--body.Holds > 0) return;
        Rows.RemoveLive(body.Row, body.Bytes);
        _bodies.Remove(id);
    }

    /// <summary>Adds an entry, whose body must be there; ignored when the Session is not (it ended first) or the entry already is.</summary>
    public void AddEntry(long id, long sessionId, long bodyId, long row, int bytes, ushort packetId, bool released)
    {
        if (!_sessions.TryGetValue(sessionId, out var session)) return;
        var slot = TakeSlot();
        if (!_slots.TryAdd(id, slot))
        {
            GiveBack(slot);
            return;
        }

        _entries[slot] = new Entry
        {
            Id = id,
            Session = session,
            BodyId = bodyId,
            Row = row,
            Bytes = bytes,
            PacketId = packetId,
            Released = released,
            Previous = None,
            Next = session.FirstEntry,
        };
        if (session.FirstEntry != None) _entries[session.FirstEntry].Previous = slot;
        session.FirstEntry = slot;
        HoldBody(bodyId);
        Rows.AddLive(row, bytes);
    }

    public void SetPacketId(long id, ushort packetId)
    {
        if (_slots.TryGetValue(id, out var slot)) _entries[slot].PacketId = packetId;
    }

    public void SetReleased(long id)
    {
        if (_slots.TryGetValue(id, out var slot)) _entries[slot].Released = true;
    }

    public void RemoveEntry(long id)
    {
        if (_slots.TryGetValue(id, out var slot)) Remove(slot);
    }

    public void AddInbound(long sessionId, ushort packetId, long row)
    {
        if (_sessions.TryGetValue(sessionId, out var session) && session.Inbound.TryAdd(packetId, row)) Rows.AddLive(row, InboundBytes);
    }

    public void RemoveInbound(long sessionId, ushort packetId)
    {
        if (_sessions.TryGetValue(sessionId, out var session) && session.Inbound.Remove(packetId, out var row)) Rows.RemoveLive(row, InboundBytes);
    }

    /// <summary>Whether the record lies where it is alive, and with what state. Records of ends are never alive.</summary>
    public bool IsAlive(ref Record record, long row, out ushort packetId, out bool released)
    {
        packetId = 0;
        released = false;
        switch (record.Kind)
        {
            case RecordKind.Body:
                return _bodies.TryGetValue(record.Id, out var body) && body.Row == row;
            case RecordKind.Entry when _slots.TryGetValue(record.Id, out var slot):
                packetId = _entries[slot].PacketId;
                released = _entries[slot].Released;
                return _entries[slot].Row == row;
            case RecordKind.InboundReceived when _sessions.TryGetValue(record.Id, out var session):
                return session.Inbound.TryGetValue(record.PacketId, out var inboundRow) && inboundRow == row;
            default:
                return false;
        }
    }

    /// <summary>Notes that a record was written again in a newer row.</summary>
    public void Move(in Movement movement)
    {
        switch (movement.Kind)
        {
            case RecordKind.Body:
                ref var body = ref CollectionsMarshal.GetValueRefOrNullRef(_bodies, movement.Id);
                Rows.RemoveLive(body.Row, body.Bytes);
                body.Row = movement.Row;
                Rows.AddLive(body.Row, body.Bytes);
                break;
            case RecordKind.Entry:
                ref var entry = ref _entries[_slots[movement.Id]];
                Rows.RemoveLive(entry.Row, entry.Bytes);
                entry.Row = movement.Row;
                Rows.AddLive(entry.Row, entry.Bytes);
                break;
            case RecordKind.InboundReceived:
                ref var row = ref CollectionsMarshal.GetValueRefOrNullRef(_sessions[movement.Id].Inbound, movement.PacketId);
                Rows.RemoveLive(row, InboundBytes);
                row = movement.Row;
                Rows.AddLive(row, InboundBytes);
                break;
        }
    }

    /// <summary>Gives back what a large backlog needed, once it is gone.</summary>
    public void ReleaseSpareMemory()
    {
        if (_slots.Count > 0 || _entries.Length <= LargestKeptCapacity) return;
        _entries = new Entry[FirstCapacity];
        _free = None;
        _used = 0;
        _slots.TrimExcess();
        _bodies.TrimExcess();
    }

    private void Remove(int slot)
    {
        ref var entry = ref _entries[slot];
        if (entry.Previous == None) entry.Session!.FirstEntry = entry.Next;
        else _entries[entry.Previous].Next = entry.Next;
        if (entry.Next != None) _entries[entry.Next].Previous = entry.Previous;
        Rows.RemoveLive(entry.Row, entry.Bytes);
        _slots.Remove(entry.Id);
        ReleaseBody(entry.BodyId);
        GiveBack(slot);
    }

    private int TakeSlot()
    {
        if (_free != None)
        {
            var slot = _free;
            _free = _entries[slot].Next;
            return slot;
        }

        if (_used == _entries.Length) Array.Resize(ref _entries, _used * 2);
        return _used++;
    }

    private void GiveBack(int slot)
    {
        _entries[slot] = new Entry { Next = _free };
        _free = slot;
    }

    private struct Body
    {
        public long Row;
        public int Holds;
        public int Bytes;
    }

    private struct Entry
    {
        public long Id;
        public long Row;
        public long BodyId;
        public SessionItems? Session;
        public int Bytes;
        public int Previous;
        public int Next;
        public ushort PacketId;
        public bool Released;
    }

    private sealed class SessionItems
    {
        private Dictionary<ushort, long>? _inbound;

        public int FirstEntry = None;

        /// <summary>Row by Packet Identifier; most Sessions never have one.</summary>
        public Dictionary<ushort, long> Inbound => _inbound ??= [];
    }
}
