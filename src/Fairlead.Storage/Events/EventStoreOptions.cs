using Fairlead.Storage.Sqlite;

namespace Fairlead.Storage.Events;

/// <summary>How an <see cref="EventStore"/> works.</summary>
public sealed record EventStoreOptions
{
    /// <summary>Most partitions that a store may have.</summary>
    public const int MostPartitions = 32;

    /// <summary>Directory of the file; made with mode 0700 when it is absent.</summary>
    public required string Directory { get; init; }

    /// <summary>What a commit survives.</summary>
    public Durability Durability { get; init; } = Durability.Commit;

    /// <summary>Partitions of a new store, 1 to <see cref="MostPartitions"/>. A store that exists keeps the number it was made with.</summary>
    public int Partitions { get; init; } = 4;

    /// <summary>How long an event stays.</summary>
    public TimeSpan RetentionAge { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Bytes of all events together, beyond which the oldest go.</summary>
    public long RetentionBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Bytes appended and not yet written, beyond which further ones are refused.</summary>
    public long MaximumPendingBytes { get; init; } = 16L * 1024 * 1024;

    /// <summary>Bytes of the newest events of each partition that stay in memory, so that readers at the end need no disk.</summary>
    public int TailBytes { get; init; } = 2 * 1024 * 1024;
}
