namespace Fairlead.Protocols.Mqtt.Packets;

/// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP (MQTT 5, sections 3.4 to 3.7).</summary>
public readonly record struct AckPacket
{
    /// <summary>Which of the four.</summary>
    public PacketType Type { get; init; }

    /// <summary>Packet Identifier.</summary>
    public ushort PacketId { get; init; }

    /// <summary>Reason Code; always Success in 3.x.</summary>
    public ReasonCode ReasonCode { get; init; }

    /// <summary>Reason String; null when absent.</summary>
    public string? ReasonString { get; init; }

    /// <summary>User Properties in order; null or empty when absent.</summary>
    public IReadOnlyList<UserProperty>? UserProperties { get; init; }
}
