namespace Fairlead.Protocols.Mqtt.Packets;

/// <summary>AUTH (MQTT 5, section 3.15).</summary>
public sealed record AuthPacket
{
    /// <summary>Reason Code: Success, ContinueAuthentication or ReAuthenticate.</summary>
    public ReasonCode ReasonCode { get; init; }

    /// <summary>Authentication Method; null when absent.</summary>
    public string? AuthenticationMethod { get; init; }

    /// <summary>Authentication Data; null when absent.</summary>
    public byte[]? AuthenticationData { get; init; }

    /// <summary>Reason String; null when absent.</summary>
    public string? ReasonString { get; init; }

    /// <summary>User Properties in order.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];
}
