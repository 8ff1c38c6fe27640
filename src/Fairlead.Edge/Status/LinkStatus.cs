namespace Fairlead.Edge.Status;

/// <summary>Where a link stands.</summary>
internal sealed record LinkStatus
{
    /// <summary>Whether the remote connection stands.</summary>
    public bool Connected { get; init; }

    /// <summary>Why not: a word of <see cref="ConnectionCause"/>; empty while connected.</summary>
    public string Cause { get; init; } = ConnectionCause.Unknown;

    /// <summary>When it became so.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Number of the attempt that comes next; 0 while connected.</summary>
    public int Attempt { get; init; }

    /// <summary>Time until that attempt; null while connected.</summary>
    public TimeSpan? RetryIn { get; init; }

    /// <summary>Text of the last error; empty for none.</summary>
    public string Detail { get; init; } = "";
}
