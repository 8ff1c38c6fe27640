using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Protocols.Mqtt.Writing;

/// <summary>SUBACK and UNSUBACK (MQTT 5, sections 3.9 and 3.11).</summary>
internal readonly struct SubAckLayout : IPacketLayout<SubAckPacket>, IPropertiesLayout<SubAckPacket>
{
    public static void WriteBody(ref WireWriter wire, SubAckPacket packet, ProtocolVersion version)
    {
        wire.WriteUInt16(packet.PacketId);
        if (version == ProtocolVersion.V5)
            wire.WriteProperties<SubAckLayout, SubAckPacket>(packet);
        else if (packet.Type == PacketType.UnsubAck)
            return;

        for (int i = 0; i < packet.ReasonCodes.Count; i++)
        {
            ReasonCode code = packet.ReasonCodes[i];
            bool refused = version != ProtocolVersion.V5 && code >= ReasonCode.UnspecifiedError;
            wire.WriteByte((byte)(refused ? ReasonCode.UnspecifiedError : code));
        }
    }

    public static void WriteProperties(ref WireWriter wire, SubAckPacket packet)
    {
        wire.WriteString(PropertyId.ReasonString, packet.ReasonString);
        wire.WriteUserProperties(packet.UserProperties);
    }
}
