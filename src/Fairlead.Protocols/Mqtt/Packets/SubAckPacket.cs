namespace Fairlead.Protocols.Mqtt.Packets;

/// <summary>SUBACK (MQTT 5, section 3.9) or UNSUBACK (section 3.11): one Reason Code for each Topic Filter, in request order.</summary>
public sealed record SubAckPacket
{
    /// <summary><see cref="PacketType.SubAck"/> or <see cref="PacketType.UnsubAck"/>.</summary>
    public PacketType Type { get; init; } = PacketType.SubAck;

    /// <summary>Packet Identifier of the request.</summary>
    public ushort PacketId { get; init; }

    /// <summary>Reason Codes. For 3.x every failure is written as 0x80; a 3.x UNSUBACK carries none.</summary>
    public required IReadOnlyList<ReasonCode> ReasonCodes { get; init; }

    /// <summary>Reason String; null when absent.</summary>
    public string? ReasonString { get; init; }

    /// <summary>User Properties in order.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];
}
