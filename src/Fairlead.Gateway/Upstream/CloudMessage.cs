namespace Fairlead.Gateway.Upstream;

/// <summary>A cloud-to-device message as the hub delivered it, locked until it is settled (spec section 2.6).</summary>
/// <param name="Body">Bytes.</param>
/// <param name="LockToken">The hub's lock token, 32 hexadecimal digits.</param>
internal sealed record CloudMessage(ReadOnlyMemory<byte> Body, string LockToken)
{
    /// <summary>What the link needs to settle it.</summary>
    public object? Handle { get; init; }

    /// <summary>Message id; null for none.</summary>
    public string? MessageId { get; init; }

    /// <summary>Correlation id; null for none.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>User id; null for none.</summary>
    public string? UserId { get; init; }

    /// <summary>Address that it was sent to; null for none.</summary>
    public string? To { get; init; }

    /// <summary>Content type; null for none.</summary>
    public string? ContentType { get; init; }

    /// <summary>Content encoding; null for none.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>When it expires; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When the hub took it; null when it does not say.</summary>
    public DateTimeOffset? EnqueuedAt { get; init; }

    /// <summary>The hub's sequence number; 0 when it does not say.</summary>
    public ulong SequenceNumber { get; init; }

    /// <summary>Deliveries before this one.</summary>
    public int DeliveryCount { get; init; }

    /// <summary>User properties.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Properties { get; init; } = [];
}
