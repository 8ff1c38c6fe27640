using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Protocols.Mqtt.Writing;

/// <summary>CONNACK (MQTT 5, section 3.2).</summary>
internal readonly struct ConnAckLayout : IPacketLayout<ConnAckPacket>, IPropertiesLayout<ConnAckPacket>
{
    public static void WriteBody(ref WireWriter wire, ConnAckPacket packet, ProtocolVersion version)
    {
        // MQTT 3.1 knows no Session Present; beside a failure it is 0 [MQTT-3.2.2-6].
        bool present = packet.SessionPresent && packet.ReasonCode == ReasonCode.Success && version != ProtocolVersion.V31;
        wire.WriteByte(present ? (byte)1 : (byte)0);
        wire.WriteByte(version == ProtocolVersion.V5 ? (byte)packet.ReasonCode : ConnectReturnCode.FromReasonCode(packet.ReasonCode));
        if (version == ProtocolVersion.V5)
            wire.WriteProperties<ConnAckLayout, ConnAckPacket>(packet);
    }

    public static void WriteProperties(ref WireWriter wire, ConnAckPacket packet)
    {
        wire.WriteUInt32(PropertyId.SessionExpiryInterval, packet.SessionExpiryInterval);
        wire.WriteUInt16(PropertyId.ReceiveMaximum, packet.ReceiveMaximum);
        // 2 is said by leaving the property out.
        if (packet.MaximumQoS is QualityOfService and not QualityOfService.ExactlyOnce)
            wire.WriteFlag(PropertyId.MaximumQoS, packet.MaximumQoS == QualityOfService.AtLeastOnce);
        wire.WriteFlag(PropertyId.RetainAvailable, packet.RetainAvailable);
        wire.WriteUInt32(PropertyId.MaximumPacketSize, packet.MaximumPacketSize);
        wire.WriteString(PropertyId.AssignedClientIdentifier, packet.AssignedClientIdentifier);
        wire.WriteUInt16(PropertyId.TopicAliasMaximum, packet.TopicAliasMaximum);
        wire.WriteString(PropertyId.ReasonString, packet.ReasonString);
        wire.WriteFlag(PropertyId.WildcardSubscriptionAvailable, packet.WildcardSubscriptionAvailable);
        wire.WriteFlag(PropertyId.SubscriptionIdentifierAvailable, packet.SubscriptionIdentifierAvailable);
        wire.WriteFlag(PropertyId.SharedSubscriptionAvailable, packet.SharedSubscriptionAvailable);
        wire.WriteUInt16(PropertyId.ServerKeepAlive, packet.ServerKeepAlive);
        wire.WriteString(PropertyId.ResponseInformation, packet.ResponseInformation);
        wire.WriteString(PropertyId.ServerReference, packet.ServerReference);
        wire.WriteString(PropertyId.AuthenticationMethod, packet.AuthenticationMethod);
        wire.WriteBinary(PropertyId.AuthenticationData, packet.AuthenticationData);
        wire.WriteUserProperties(packet.UserProperties);
    }
}
