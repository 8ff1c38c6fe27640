using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Protocols.Mqtt.Writing;

/// <summary>DISCONNECT (MQTT 5, section 3.14), in its shortest form.</summary>
internal readonly struct DisconnectLayout : IPacketLayout<DisconnectPacket>, IPropertiesLayout<DisconnectPacket>
{
    public static void WriteBody(ref WireWriter wire, DisconnectPacket packet, ProtocolVersion version)
    {
        bool hasProperties = packet.SessionExpiryInterval is not null || packet.ReasonString is not null
            || packet.ServerReference is not null || packet.UserProperties.Count > 0;
        if (version != ProtocolVersion.V5 || (!hasProperties && packet.ReasonCode == ReasonCode.Success))
            return;
        wire.WriteByte((byte)packet.ReasonCode);
        if (hasProperties)
            wire.WriteProperties<DisconnectLayout, DisconnectPacket>(packet);
    }

    public static void WriteProperties(ref WireWriter wire, DisconnectPacket packet)
    {
        wire.WriteUInt32(PropertyId.SessionExpiryInterval, packet.SessionExpiryInterval);
        wire.WriteString(PropertyId.ServerReference, packet.ServerReference);
        wire.WriteString(PropertyId.ReasonString, packet.ReasonString);
        wire.WriteUserProperties(packet.UserProperties);
    }
}
