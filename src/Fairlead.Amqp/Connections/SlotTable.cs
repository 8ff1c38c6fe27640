namespace Fairlead.Amqp.Connections;

/// <summary>Numbers given out from 0 upwards, those given back first: channels and handles of this side.</summary>
internal sealed class SlotTable<T>
    where T : class
{
    private readonly List<T?> _slots = [];
    private readonly Stack<int> _free = [];

    /// <summary>Gives the item a number; negative when all up to the highest are taken.</summary>
    public int Add(T item, uint highest)
    {
        if (_free.TryPop(out int slot))
        {
            _slots[slot] = item;
            return slot;
        }

        if ((uint)_slots.Count > highest) return -1;
        _slots.Add(item);
        return _slots.Count - 1;
    }

    /// <summary>Frees a number.</summary>
    public void Remove(int slot)
    {
        if (slot < 0 || slot >= _slots.Count || _slots[slot] is null) return;
        _slots[slot] = null;
        _free.Push(slot);
    }

    /// <summary>Everybody who has a number.</summary>
    public IEnumerable<T> Items => _slots.OfType<T>();

    /// <summary>Who has a number.</summary>
    public T? Find(uint slot) => slot < (uint)_slots.Count ? _slots[(int)slot] : null;
}
