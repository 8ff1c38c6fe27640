using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Protocols.Mqtt.Writing;

/// <summary>PUBLISH from an object (MQTT 5, section 3.3).</summary>
internal readonly struct PublishLayout : IPacketLayout<PublishPacket>, IPropertiesLayout<PublishPacket>
{
    public static void WriteBody(ref WireWriter wire, PublishPacket packet, ProtocolVersion version)
    {
        wire.WriteString(packet.Topic);
        if (packet.QoS != QualityOfService.AtMostOnce)
            wire.WriteUInt16(packet.PacketId);
        if (version == ProtocolVersion.V5)
            wire.WriteProperties<PublishLayout, PublishPacket>(packet);
        wire.WriteRaw(packet.Payload.Span);
    }

    public static void WriteProperties(ref WireWriter wire, PublishPacket packet)
    {
        WriteForwardable(ref wire, packet.Properties);
        wire.WriteUInt32(PropertyId.MessageExpiryInterval, packet.Properties.MessageExpiryInterval);
        IReadOnlyList<uint> identifiers = packet.Properties.SubscriptionIdentifiers;
        for (int i = 0; i < identifiers.Count; i++)
            wire.WriteVariable(PropertyId.SubscriptionIdentifier, identifiers[i]);
        wire.WriteUInt16(PropertyId.TopicAlias, packet.TopicAlias);
    }

    /// <summary>The properties that are passed on unaltered.</summary>
    public static void WriteForwardable(ref WireWriter wire, PublishProperties properties)
    {
        wire.WriteFlag(PropertyId.PayloadFormatIndicator, properties.PayloadIsUtf8);
        wire.WriteString(PropertyId.ContentType, properties.ContentType);
        wire.WriteString(PropertyId.ResponseTopic, properties.ResponseTopic);
        wire.WriteBinary(PropertyId.CorrelationData, properties.CorrelationData);
        wire.WriteUserProperties(properties.UserProperties);
    }
}
