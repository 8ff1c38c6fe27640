namespace Fairlead.Storage.Sqlite;

/// <summary>How a <see cref="SqliteStore"/> works.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>Directory of the database; made with mode 0700 when it is absent.</summary>
    public required string Directory { get; init; }

    /// <summary>What a commit survives.</summary>
    public Durability Durability { get; init; } = Durability.Commit;

    /// <summary>
    /// How long a group waits, when all of it may become needless in a moment (its subscribers are connected and about to acknowledge).
    /// </summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>How long after a failed commit the next one is tried.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after the last commit dead rows are removed, if no other commit took them along.</summary>
    public TimeSpan TrimInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Largest size of the database file in bytes; null for as large as the disk. Reached, it is the same as a full disk.</summary>
    public long? MaximumFileSize { get; init; }
}
