using System.Diagnostics.CodeAnalysis;

namespace Fairlead.Features.Rules.Engine;

/// <summary>A queue with a bound in number and bytes; what does not fit drops what is oldest. Guarded by its owner's lock.</summary>
/// <param name="most">Most entries.</param>
/// <param name="mostBytes">Most bytes.</param>
internal sealed class DroppingQueue<T>(int most, long mostBytes)
{
    private readonly Queue<(T Item, int Size)> _entries = new();
    private long _bytes;

    /// <summary>Entries.</summary>
    public int Count => _entries.Count;

    /// <summary>Appends an entry.</summary>
    /// <param name="item">The entry.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="isForced">Whether the bound does not count for it: it was accepted before a restart.</param>
    /// <returns>What was dropped for it, oldest first; null for nothing.</returns>
    public List<T>? Enqueue(T item, int size, bool isForced = false)
    {
        List<T>? dropped = null;
        while (!isForced && _entries.Count > 0 && (_entries.Count >= most || _bytes + size > mostBytes))
        {
            TryDequeue(out var oldest);
            (dropped ??= []).Add(oldest!);
        }

        _entries.Enqueue((item, size));
        _bytes += size;
        return dropped;
    }

    /// <summary>Takes the oldest entry.</summary>
    public bool TryDequeue([MaybeNullWhen(false)] out T item)
    {
        bool any = _entries.TryDequeue(out var entry);
        item = entry.Item;
        if (!any) return false;
        _bytes -= entry.Size;
        if (_entries.Count == 0 && _entries.Capacity > 1024) _entries.TrimExcess(0);
        return true;
    }

    /// <summary>The oldest entry, without taking it.</summary>
    public bool TryPeek([MaybeNullWhen(false)] out T item)
    {
        bool any = _entries.TryPeek(out var entry);
        item = entry.Item;
        return any;
    }
}
