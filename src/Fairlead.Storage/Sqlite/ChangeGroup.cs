using Fairlead.Broker.Durability;

namespace Fairlead.Storage.Sqlite;

/// <summary>Changes that go into one transaction. Two of them take turns: one is filled while the other is written.</summary>
internal sealed class ChangeGroup
{
    private const int FirstCapacity = 256;
    private const int LargestKeptCapacity = 16 * 1024;

    private ChangeSlot[] _slots = new ChangeSlot[FirstCapacity];

    public int Count { get; private set; }

    /// <summary>Estimate of the memory that the changes hold.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether something in it should not wait.</summary>
    public bool IsUrgent { get; set; }

    public Span<ChangeSlot> Slots => _slots.AsSpan(0, Count);

    public void Add(in StoreChange change, ushort packetId, int bytes)
    {
        if (Count == _slots.Length) Array.Resize(ref _slots, Count * 2);
        ref var slot = ref _slots[Count++];
        slot.Change = change;
        slot.PacketId = packetId;
        Bytes += bytes;
    }

    public void AddFlush(TaskCompletionSource flush)
    {
        if (Count == _slots.Length) Array.Resize(ref _slots, Count * 2);
        _slots[Count++].Flush = flush;
        IsUrgent = true;
    }

    /// <summary>Takes over all that the other has, behind what is here.</summary>
    public void Take(ChangeGroup other)
    {
        if (_slots.Length < Count + other.Count) Array.Resize(ref _slots, Math.Max(_slots.Length * 2, Count + other.Count));
        other.Slots.CopyTo(_slots.AsSpan(Count));
        Count += other.Count;
        Bytes += other.Bytes;
        IsUrgent |= other.IsUrgent;
        other.Clear();
    }

    /// <summary>Keeps the first slots, after the caller moved there what stays.</summary>
    public void Truncate(int count, long bytes)
    {
        _slots.AsSpan(count, Count - count).Clear();
        Count = count;
        Bytes = bytes;
    }

    public void Clear()
    {
        if (_slots.Length > LargestKeptCapacity) _slots = new ChangeSlot[FirstCapacity];
        else Slots.Clear();
        Count = 0;
        Bytes = 0;
        IsUrgent = false;
    }
}
