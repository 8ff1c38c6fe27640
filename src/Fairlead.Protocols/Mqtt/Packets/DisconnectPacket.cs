namespace Fairlead.Protocols.Mqtt.Packets;

/// <summary>DISCONNECT (MQTT 5, section 3.14). In 3.x it has no content.</summary>
public sealed record DisconnectPacket
{
    /// <summary>Reason Code.</summary>
    public ReasonCode ReasonCode { get; init; }

    /// <summary>Session Expiry Interval in seconds; null when absent; only from Client to Server.</summary>
    public uint? SessionExpiryInterval { get; init; }

    /// <summary>Reason String; null when absent.</summary>
    public string? ReasonString { get; init; }

    /// <summary>Server Reference; null when absent.</summary>
    public string? ServerReference { get; init; }

    /// <summary>User Properties in order.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];
}
