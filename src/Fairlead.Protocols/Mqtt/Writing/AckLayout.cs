using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Protocols.Mqtt.Writing;

/// <summary>PUBACK, PUBREC, PUBREL and PUBCOMP (MQTT 5, sections 3.4 to 3.7), in their shortest form.</summary>
internal readonly struct AckLayout : IPacketLayout<AckPacket>, IPropertiesLayout<AckPacket>
{
    public static void WriteBody(ref WireWriter wire, AckPacket packet, ProtocolVersion version)
    {
        wire.WriteUInt16(packet.PacketId);
        bool hasProperties = packet.ReasonString is not null || packet.UserProperties is { Count: > 0 };
        if (version != ProtocolVersion.V5 || (!hasProperties && packet.ReasonCode == ReasonCode.Success))
            return;
        wire.WriteByte((byte)packet.ReasonCode);
        if (hasProperties)
            wire.WriteProperties<AckLayout, AckPacket>(packet);
    }

    public static void WriteProperties(ref WireWriter wire, AckPacket packet)
    {
        wire.WriteString(PropertyId.ReasonString, packet.ReasonString);
        wire.WriteUserProperties(packet.UserProperties);
    }
}
