namespace Fairlead.Broker.Routing;

/// <summary>
/// One level of the topic tree. Children by name lie in an open-addressed table of references: readers probe it without a lock,
/// the writer (under the tree's lock) fills free slots in place and puts a fresh table when it has to move something.
/// </summary>
internal sealed class TopicNode(TopicNode? parent, byte[] level, uint hash)
{
    private static readonly TopicNode Removed = new(null, [], 0);

    private TopicNode?[]? _children;
    private int _occupied;
    private int _live;

    /// <summary>The level above; null for the root.</summary>
    public TopicNode? Parent { get; } = parent;

    /// <summary>Name of this level, UTF-8.</summary>
    public byte[] Level { get; } = level;

    /// <summary><see cref="LevelHash"/> of <see cref="Level"/>.</summary>
    public uint Hash { get; } = hash;

    /// <summary>The child for <c>+</c>; read without a lock.</summary>
    public TopicNode? SingleLevel;

    /// <summary>Subscribers whose filter ends here; null for none yet.</summary>
    public SubscriberList? Here;

    /// <summary>Subscribers whose filter goes on with <c>/#</c> from here; null for none yet.</summary>
    public SubscriberList? Below;

    /// <summary>Shared groups whose filter ends here; replaced as a whole when it changes.</summary>
    public SharedGroup[]? SharedHere;

    /// <summary>Shared groups whose filter goes on with <c>/#</c>; replaced as a whole when it changes.</summary>
    public SharedGroup[]? SharedBelow;

    /// <summary>Whether nothing hangs on this node, so that it can be cut off.</summary>
    public bool IsEmpty =>
        _live == 0 && SingleLevel is null && (Here?.Count ?? 0) == 0 && (Below?.Count ?? 0) == 0
        && (SharedHere?.Length ?? 0) == 0 && (SharedBelow?.Length ?? 0) == 0;

    /// <summary>Finds the child of a level; safe without a lock.</summary>
    public TopicNode? Find(ReadOnlySpan<byte> level, uint hash)
    {
        var table = Volatile.Read(ref _children);
        if (table is null) return null;
        uint mask = (uint)table.Length - 1;
        for (uint i = hash & mask; ; i = (i + 1) & mask)
        {
            var child = Volatile.Read(ref table[i]);
            if (child is null) return null;
            if (child.Hash == hash && !ReferenceEquals(child, Removed) && level.SequenceEqual(child.Level)) return child;
        }
    }

    /// <summary>Finds or makes the child of a level. Caller holds the tree's lock.</summary>
    public TopicNode GetOrAdd(ReadOnlySpan<byte> level, uint hash)
    {
        if (Find(level, hash) is { } found) return found;
        // At most three quarters of the slots are taken, so that probing always meets a free one.
        if (_children is null || (_occupied + 1) * 4 > _children.Length * 3) Rebuild();
        var child = new TopicNode(this, level.ToArray(), hash);
        Insert(_children!, child);
        _occupied++;
        _live++;
        return child;
    }

    /// <summary>Cuts off a child. Caller holds the tree's lock.</summary>
    public void Remove(TopicNode child)
    {
        var table = _children!;
        uint mask = (uint)table.Length - 1;
        for (uint i = child.Hash & mask; ; i = (i + 1) & mask)
        {
            if (!ReferenceEquals(table[i], child)) continue;
            Volatile.Write(ref table[i], Removed);
            break;
        }

        if (--_live != 0) return;
        Volatile.Write(ref _children, null);
        _occupied = 0;
    }

    /// <summary>Hash of one level: eight bytes a step.</summary>
    public static uint LevelHash(ReadOnlySpan<byte> level)
    {
        ulong h = (ulong)level.Length * 0x9E3779B97F4A7C15UL;
        while (level.Length >= 8)
        {
            h = (h ^ System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(level)) * 0xFF51AFD7ED558CCDUL;
            h ^= h >> 32;
            level = level[8..];
        }

        ulong tail = 0;
        for (int i = 0; i < level.Length; i++) tail |= (ulong)level[i] << (8 * i);
        h = (h ^ tail) * 0xC4CEB9FE1A85EC53UL;
        return (uint)(h ^ (h >> 32));
    }

    private void Rebuild()
    {
        int size = 4;
        while (size < (_live + 1) * 2) size *= 2;
        var table = new TopicNode?[size];
        foreach (var child in _children ?? [])
            if (child is not null && !ReferenceEquals(child, Removed)) Insert(table, child);
        _occupied = _live;
        Volatile.Write(ref _children, table);
    }

    private static void Insert(TopicNode?[] table, TopicNode child)
    {
        uint mask = (uint)table.Length - 1;
        uint i = child.Hash & mask;
        while (table[i] is not null) i = (i + 1) & mask;
        Volatile.Write(ref table[i], child);
    }
}
