namespace Fairlead.Edge.Spool;

/// <summary>Where the spool stands at one moment, after the last group.</summary>
internal sealed record SpoolStatistics
{
    /// <summary>Nothing yet.</summary>
    public static SpoolStatistics Empty { get; } = new() { MessagesByClass = [0, 0, 0, 0], Dropped = new DropCounters() };

    /// <summary>Messages that wait, each once however many links want it.</summary>
    public long Messages { get; init; }

    /// <summary>Bytes of their records.</summary>
    public long Bytes { get; init; }

    /// <summary>Messages that wait, by <see cref="MessageClass"/>; for a single link see <see cref="SpoolCursor.Pending"/>.</summary>
    public required IReadOnlyList<long> MessagesByClass { get; init; }

    /// <summary>Arrival of the oldest, in Unix milliseconds; 0 when none waits.</summary>
    public long OldestArrival { get; init; }

    /// <summary>Drops of this spool since its file was made, by class and reason.</summary>
    public required DropCounters Dropped { get; init; }

    /// <summary>Messages moved to the dead-letter store since the file was made.</summary>
    public long DeadLettered { get; init; }

    /// <summary>Bytes that the dead-letter store holds.</summary>
    public long DeadLetterBytes { get; init; }

    /// <summary>Messages stored since the start of the process.</summary>
    public long Stored { get; init; }

    /// <summary>Local deliveries recognised as sent again, since the start of the process.</summary>
    public long Duplicates { get; init; }

    /// <summary>Whether messages wait outside because the spool is full or cannot be written.</summary>
    public bool IsBlocked { get; init; }

    /// <summary>Why the file cannot be written; null when it can.</summary>
    public string? Fault { get; init; }

    /// <summary>Bytes of the file and its write-ahead log on the disk.</summary>
    public long FileBytes { get; init; }
}
