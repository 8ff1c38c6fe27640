using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Protocols.Mqtt.Writing;

/// <summary>CONNECT (MQTT 5, section 3.1).</summary>
internal readonly struct ConnectLayout : IPacketLayout<ConnectPacket>, IPropertiesLayout<ConnectPacket>, IPropertiesLayout<WillMessage>
{
    public static void WriteBody(ref WireWriter wire, ConnectPacket packet, ProtocolVersion version)
    {
        wire.WriteString(version == ProtocolVersion.V31 ? "MQIsdp" : "MQTT");
        wire.WriteByte((byte)version);
        wire.WriteByte(Flags(packet));
        wire.WriteUInt16(packet.KeepAlive);
        if (version == ProtocolVersion.V5)
            wire.WriteProperties<ConnectLayout, ConnectPacket>(packet);

        wire.WriteString(packet.ClientId);
        if (packet.Will is WillMessage will)
        {
            if (version == ProtocolVersion.V5)
                wire.WriteProperties<ConnectLayout, WillMessage>(will);
            wire.WriteString(will.Topic);
            wire.WriteBinary(will.Payload);
        }

        if (packet.UserName is string userName)
            wire.WriteString(userName);
        if (packet.Password is byte[] password)
            wire.WriteBinary(password);
    }

    public static void WriteProperties(ref WireWriter wire, ConnectPacket packet)
    {
        wire.WriteUInt32(PropertyId.SessionExpiryInterval, packet.SessionExpiryInterval);
        wire.WriteUInt16(PropertyId.ReceiveMaximum, packet.ReceiveMaximum);
        wire.WriteUInt32(PropertyId.MaximumPacketSize, packet.MaximumPacketSize);
        wire.WriteUInt16(PropertyId.TopicAliasMaximum, packet.TopicAliasMaximum == 0 ? null : packet.TopicAliasMaximum);
        wire.WriteFlag(PropertyId.RequestResponseInformation, packet.RequestResponseInformation ? true : null);
        wire.WriteFlag(PropertyId.RequestProblemInformation, packet.RequestProblemInformation ? null : false);
        wire.WriteString(PropertyId.AuthenticationMethod, packet.AuthenticationMethod);
        wire.WriteBinary(PropertyId.AuthenticationData, packet.AuthenticationData);
        wire.WriteUserProperties(packet.UserProperties);
    }

    public static void WriteProperties(ref WireWriter wire, WillMessage packet)
    {
        wire.WriteUInt32(PropertyId.WillDelayInterval, packet.DelayInterval == 0 ? null : packet.DelayInterval);
        PublishLayout.WriteForwardable(ref wire, packet.Properties);
        wire.WriteUInt32(PropertyId.MessageExpiryInterval, packet.Properties.MessageExpiryInterval);
    }

    private static byte Flags(ConnectPacket packet)
    {
        int flags = packet.CleanStart ? 0x02 : 0;
        if (packet.Will is WillMessage will)
            flags |= 0x04 | ((int)will.QoS << 3) | (will.Retain ? 0x20 : 0);
        return (byte)(flags | (packet.Password is null ? 0 : 0x40) | (packet.UserName is null ? 0 : 0x80));
    }
}
