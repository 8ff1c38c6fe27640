namespace Fairlead.Broker.Routing;

/// <summary>
/// The subscribers of one filter. Written under the tree's lock, read without one: a slot is written before the count that covers it,
/// a removal leaves a hole, and subscribers move only into a fresh block. Adding and removing cost O(1) on average, even with a
/// hundred thousand subscribers of the same topic.
/// </summary>
internal sealed class SubscriberList
{
    private Block _block = new(1);
    private int _live;

    /// <summary>Subscribers now.</summary>
    public int Count => _live;

    /// <summary>Slots that may hold a subscriber; holes are null.</summary>
    public ReadOnlySpan<Subscription?> Slots
    {
        get
        {
            var block = Volatile.Read(ref _block);
            return block.Slots.AsSpan(0, Volatile.Read(ref block.Used));
        }
    }

    /// <summary>Adds a subscriber. Caller holds the tree's lock.</summary>
    public void Add(Subscription subscription)
    {
        if (_block.Used == _block.Slots.Length) Rebuild();
        subscription.Index = _block.Used;
        Volatile.Write(ref _block.Slots[_block.Used], subscription);
        Volatile.Write(ref _block.Used, _block.Used + 1);
        _live++;
    }

    /// <summary>Puts a subscriber in the place of another. Caller holds the tree's lock.</summary>
    public void Replace(Subscription old, Subscription subscription)
    {
        subscription.Index = old.Index;
        Volatile.Write(ref _block.Slots[old.Index], subscription);
    }

    /// <summary>Removes a subscriber. Caller holds the tree's lock.</summary>
    public void Remove(Subscription subscription)
    {
        Volatile.Write(ref _block.Slots[subscription.Index], null);
        if (--_live == 0) Volatile.Write(ref _block, new Block(1));
    }

    private void Rebuild()
    {
        var next = new Block(Math.Max(2, _live * 2));
        for (int i = 0; i < _block.Used; i++)
        {
            if (_block.Slots[i] is not { } subscription) continue;
            subscription.Index = next.Used;
            next.Slots[next.Used++] = subscription;
        }

        Volatile.Write(ref _block, next);
    }

    private sealed class Block(int length)
    {
        public readonly Subscription?[] Slots = new Subscription?[length];
        public int Used;
    }
}
