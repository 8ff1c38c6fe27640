using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Protocols.Mqtt.Writing;

/// <summary>SUBSCRIBE (MQTT 5, section 3.8).</summary>
internal readonly struct SubscribeLayout : IPacketLayout<SubscribePacket>, IPropertiesLayout<SubscribePacket>
{
    public static void WriteBody(ref WireWriter wire, SubscribePacket packet, ProtocolVersion version)
    {
        wire.WriteUInt16(packet.PacketId);
        if (version == ProtocolVersion.V5)
            wire.WriteProperties<SubscribeLayout, SubscribePacket>(packet);
        for (int i = 0; i < packet.Subscriptions.Count; i++)
        {
            SubscriptionRequest request = packet.Subscriptions[i];
            wire.WriteString(request.Filter);
            wire.WriteByte(version == ProtocolVersion.V5 ? Options(request) : (byte)request.QoS);
        }
    }

    public static void WriteProperties(ref WireWriter wire, SubscribePacket packet)
    {
        wire.WriteVariable(PropertyId.SubscriptionIdentifier, packet.SubscriptionIdentifier);
        wire.WriteUserProperties(packet.UserProperties);
    }

    private static byte Options(SubscriptionRequest request) =>
        (byte)((int)request.QoS | (request.NoLocal ? 4 : 0) | (request.RetainAsPublished ? 8 : 0) | ((int)request.RetainHandling << 4));
}
