using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Protocols.Mqtt.Writing;

/// <summary>AUTH (MQTT 5, section 3.15).</summary>
internal readonly struct AuthLayout : IPacketLayout<AuthPacket>, IPropertiesLayout<AuthPacket>
{
    public static void WriteBody(ref WireWriter wire, AuthPacket packet, ProtocolVersion version)
    {
        bool hasProperties = packet.AuthenticationMethod is not null || packet.AuthenticationData is not null
            || packet.ReasonString is not null || packet.UserProperties.Count > 0;
        if (!hasProperties && packet.ReasonCode == ReasonCode.Success)
            return;
        wire.WriteByte((byte)packet.ReasonCode);
        wire.WriteProperties<AuthLayout, AuthPacket>(packet);
    }

    public static void WriteProperties(ref WireWriter wire, AuthPacket packet)
    {
        wire.WriteString(PropertyId.AuthenticationMethod, packet.AuthenticationMethod);
        wire.WriteBinary(PropertyId.AuthenticationData, packet.AuthenticationData);
        wire.WriteString(PropertyId.ReasonString, packet.ReasonString);
        wire.WriteUserProperties(packet.UserProperties);
    }
}
