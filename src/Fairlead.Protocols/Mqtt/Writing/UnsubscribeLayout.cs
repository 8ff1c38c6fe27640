using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Protocols.Mqtt.Writing;

/// <summary>UNSUBSCRIBE (MQTT 5, section 3.10).</summary>
internal readonly struct UnsubscribeLayout : IPacketLayout<UnsubscribePacket>, IPropertiesLayout<UnsubscribePacket>
{
    public static void WriteBody(ref WireWriter wire, UnsubscribePacket packet, ProtocolVersion version)
    {
        wire.WriteUInt16(packet.PacketId);
        if (version == ProtocolVersion.V5)
            wire.WriteProperties<UnsubscribeLayout, UnsubscribePacket>(packet);
        for (int i = 0; i < packet.Filters.Count; i++)
            wire.WriteString(packet.Filters[i]);
    }

    public static void WriteProperties(ref WireWriter wire, UnsubscribePacket packet) => wire.WriteUserProperties(packet.UserProperties);
}
