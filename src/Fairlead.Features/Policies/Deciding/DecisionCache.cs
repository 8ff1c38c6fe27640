using System.Runtime.InteropServices;
using Fairlead.Broker.Security;

namespace Fairlead.Features.Policies.Deciding;

/// <summary>
/// Decisions of one connection by action and topic, allowed and denied. Topics are the client's to choose, so there is room for
/// <see cref="Most"/> of them and no more: a newer one takes the place of an older one. Readers take no lock; of two writers at the same
/// time one may lose, which costs a further evaluation and nothing else.
/// </summary>
internal sealed class DecisionCache
{
    /// <summary>Most decisions kept.</summary>
    public const int Most = 256;

    private const int Least = 8;

    private Entry?[] _slots = [];

    /// <summary>Decisions kept.</summary>
    public int Count => Volatile.Read(ref _slots).Count(static slot => slot is not null);

    /// <summary>Looks a decision up. Allocates nothing.</summary>
    public bool TryFind(AccessAction action, ReadOnlySpan<byte> resource, out Decision decision)
    {
        var slots = Volatile.Read(ref _slots);
        if (slots.Length > 0)
        {
            var hash = HashOf(action, resource);
            // Two places for each: the second is the neighbour.
            var place = (int)(hash & (uint)(slots.Length - 1));
            if ((Volatile.Read(ref slots[place]) is { } entry && entry.Is(hash, action, resource))
                || ((entry = Volatile.Read(ref slots[place ^ 1])) is not null && entry.Is(hash, action, resource)))
            {
                decision = entry.Decision;
                return true;
            }
        }

        decision = default;
        return false;
    }

    /// <summary>Keeps a decision.</summary>
    public void Add(AccessAction action, ReadOnlySpan<byte> resource, in Decision decision)
    {
        var entry = new Entry(HashOf(action, resource), action, resource.ToArray(), decision);
        var slots = Volatile.Read(ref _slots);
        if (slots.Length == 0) slots = new Entry?[Least];
        var placed = TryPlace(slots, entry);
        while (!placed && slots.Length < Most)
        {
            slots = Grown(slots);
            placed = TryPlace(slots, entry);
        }

        if (!placed) Volatile.Write(ref slots[(int)(entry.Hash & (uint)(slots.Length - 1))], entry);
        Volatile.Write(ref _slots, slots);
    }

    private static bool TryPlace(Entry?[] slots, Entry entry)
    {
        var place = (int)(entry.Hash & (uint)(slots.Length - 1));
        if (slots[place] is not null) place ^= 1;
        if (slots[place] is not null) return false;
        Volatile.Write(ref slots[place], entry);
        return true;
    }

    private static Entry?[] Grown(Entry?[] slots)
    {
        var grown = new Entry?[slots.Length * 2];
        foreach (var entry in slots)
        {
            if (entry is not null) TryPlace(grown, entry);
        }

        return grown;
    }

    private static uint HashOf(AccessAction action, ReadOnlySpan<byte> resource)
    {
        const ulong factor = 0x9E37_79B9_7F4A_7C15;
        var hash = ((ulong)action + 1) * factor;
        var words = MemoryMarshal.Cast<byte, ulong>(resource);
        foreach (var word in words) hash = (hash ^ word) * factor ^ (hash >> 32);
        foreach (var rest in resource[(words.Length * 8)..]) hash = (hash ^ rest) * factor;
        // The low bits of a product depend on the low bits of its factors alone: the high ones choose the place.
        return (uint)(((hash ^ (hash >> 29)) * factor) >> 32);
    }

    private sealed class Entry(uint hash, AccessAction action, byte[] resource, Decision decision)
    {
        public uint Hash { get; } = hash;

        public Decision Decision { get; } = decision;

        public bool Is(uint otherHash, AccessAction otherAction, ReadOnlySpan<byte> otherResource) =>
            Hash == otherHash && action == otherAction && otherResource.SequenceEqual(resource);
    }
}
