namespace Fairlead.Protocols.Mqtt.Packets;

/// <summary>The MQTT 5 properties that travel with an Application Message (section 3.3.2.3), Topic Alias apart.</summary>
public sealed record PublishProperties
{
    /// <summary>No properties.</summary>
    public static PublishProperties None { get; } = new();

    /// <summary>Payload Format Indicator: true for UTF-8 text, false for unspecified bytes, null when absent.</summary>
    public bool? PayloadIsUtf8 { get; init; }

    /// <summary>Message Expiry Interval in seconds; null when absent (never).</summary>
    public uint? MessageExpiryInterval { get; init; }

    /// <summary>Content Type, or null when absent.</summary>
    public string? ContentType { get; init; }

    /// <summary>Response Topic, or null when absent.</summary>
    public string? ResponseTopic { get; init; }

    /// <summary>Correlation Data, or null when absent.</summary>
    public byte[]? CorrelationData { get; init; }

    /// <summary>User Properties in order.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    /// <summary>Subscription Identifiers; only from Server to Client.</summary>
    public IReadOnlyList<uint> SubscriptionIdentifiers { get; init; } = [];
}
