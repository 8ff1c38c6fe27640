namespace Fairlead.Edge.Spool;

/// <summary>Settings of the spool that hold for the life of the process.</summary>
internal sealed record SpoolOptions
{
    /// <summary>Directory of the files; made when missing.</summary>
    public required string Directory { get; init; }

    /// <summary>The links, at least one and at most <see cref="MostLinks"/>, names unique.</summary>
    public required IReadOnlyList<LinkLimits> Links { get; init; }

    /// <summary>What a stored message survives.</summary>
    public SpoolSync Sync { get; init; }

    /// <summary>How much time a loss of power may cost with <see cref="SpoolSync.Interval"/>.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long to wait after a failed write before the next attempt.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often messages whose time is over are looked for.</summary>
    public TimeSpan ExpiryInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What may change at runtime; see <see cref="MessageSpool.Update"/>.</summary>
    public SpoolLimits Limits { get; init; } = new();

    /// <summary>Size that the file may reach; null for what the disk has room for.</summary>
    public long? MaximumFileSize { get; init; }

    /// <summary>A link is a bit of a positive 64-bit number.</summary>
    public const int MostLinks = 62;
}
