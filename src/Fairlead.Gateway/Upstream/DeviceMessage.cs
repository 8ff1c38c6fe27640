namespace Fairlead.Gateway.Upstream;

/// <summary>A message of a device to the hub (spec section 2.5).</summary>
/// <param name="Body">Bytes as the device sent them.</param>
internal sealed record DeviceMessage(ReadOnlyMemory<byte> Body)
{
    /// <summary>Message id; null for none.</summary>
    public string? MessageId { get; init; }

    /// <summary>Correlation id; null for none.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>User id; null for none.</summary>
    public string? UserId { get; init; }

    /// <summary>Content type; null for none.</summary>
    public string? ContentType { get; init; }

    /// <summary>Content encoding; null for none.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>When it is worthless; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>User properties and those that the hub knows, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Properties { get; init; } = [];

    /// <summary>Message annotations: <c>iothub-interface-id</c>, <c>dt-subject</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Annotations { get; init; } = [];
}
