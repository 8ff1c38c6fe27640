using System.Text.Json;

namespace Fairlead.Features.Rules.Destinations;

/// <summary>A destination of rules as it is kept (spec/aws-rules, section 9).</summary>
/// <param name="Id">What follows <c>ruledestination/</c> in its ARN: <c>http/</c> or <c>vpc/</c> and a UUID.</param>
/// <param name="Status">As it was set last; <see cref="StatusAt"/> says what it is.</param>
/// <param name="CreatedAt">Milliseconds since the Unix epoch.</param>
/// <param name="UpdatedAt">Milliseconds since the Unix epoch.</param>
internal sealed record RuleDestination(string Id, DestinationStatus Status, long CreatedAt, long UpdatedAt)
{
    /// <summary>How long a token confirms.</summary>
    public static readonly TimeSpan TokenLife = TimeSpan.FromDays(3);

    /// <summary>Confirmation URL of an HTTP destination; null for another kind.</summary>
    public string? Url { get; init; }

    /// <summary>Configuration of a VPC destination as it was sent; null for another kind. It leads nowhere here, but actions may name it.</summary>
    public JsonElement? Vpc { get; init; }

    /// <summary>SHA-256 of the token that confirms it, hexadecimal; null when none does.</summary>
    public string? TokenHash { get; init; }

    /// <summary>When the token was made, milliseconds since the Unix epoch.</summary>
    public long TokenAt { get; init; }

    /// <summary>Whether it was ever confirmed, so that it may be enabled again.</summary>
    public bool WasConfirmed { get; init; }

    /// <summary>Why it is in its state; null for no reason.</summary>
    public string? Reason { get; init; }

    /// <summary>Its state at a time: one that nobody has confirmed in time has failed.</summary>
    /// <param name="now">Milliseconds since the Unix epoch.</param>
    public DestinationStatus StatusAt(long now) =>
        Status == DestinationStatus.InProgress && now - TokenAt > TokenLife.TotalMilliseconds ? DestinationStatus.Error : Status;

    /// <summary>Why it is in that state at a time.</summary>
    public string? ReasonAt(long now) => StatusAt(now) != Status ? "the destination was not confirmed within three days" : Reason;
}

/// <summary>State of a destination.</summary>
internal enum DestinationStatus
{
    /// <summary>Waits to be confirmed.</summary>
    InProgress,

    /// <summary>Requests may go there.</summary>
    Enabled,

    /// <summary>Switched off.</summary>
    Disabled,

    /// <summary>Not confirmed in time.</summary>
    Error,
}
