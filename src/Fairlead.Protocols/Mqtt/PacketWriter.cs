using System.Buffers;
using System.Buffers.Binary;
using Fairlead.Protocols.Mqtt.Packets;
using Fairlead.Protocols.Mqtt.Writing;

namespace Fairlead.Protocols.Mqtt;

/// <summary>
/// Writes packets. What a packet says is the caller's business (<see cref="TopicName"/> and <see cref="TopicFilter"/> judge text from
/// users); a field that does not fit its length prefix is an <see cref="ArgumentException"/>, thrown before anything is written.
/// PUBLISH on the broker's packet path is written by <see cref="PublishWriter"/>.
/// </summary>
public static class PacketWriter
{
    // PUBREL, SUBSCRIBE and UNSUBSCRIBE carry the fixed flags 0010 [MQTT-2.1.3-1].
    private const byte RequiredFlags = 0x02;

    /// <summary>Writes CONNECT in the version that the packet names.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="packet">The packet.</param>
    public static void Write(IBufferWriter<byte> output, ConnectPacket packet) =>
        FrameWriter.Write<ConnectLayout, ConnectPacket>(output, FirstByte(PacketType.Connect), packet, packet.Version);

    /// <summary>Writes CONNACK; in 3.x the Reason Code becomes a Connect Return Code.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="version">What the connection speaks.</param>
    /// <param name="packet">The packet.</param>
    public static void Write(IBufferWriter<byte> output, ProtocolVersion version, ConnAckPacket packet) =>
        FrameWriter.Write<ConnAckLayout, ConnAckPacket>(output, FirstByte(PacketType.ConnAck), packet, version);

    /// <summary>Writes PUBLISH.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="version">What the connection speaks.</param>
    /// <param name="packet">The packet.</param>
    public static void Write(IBufferWriter<byte> output, ProtocolVersion version, PublishPacket packet) =>
        FrameWriter.Write<PublishLayout, PublishPacket>(
            output, PublishWriter.FirstByte(packet.QoS, packet.Retain, packet.Dup), packet, version);

    /// <summary>Writes PUBACK, PUBREC, PUBREL or PUBCOMP.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="version">What the connection speaks.</param>
    /// <param name="packet">The packet.</param>
    public static void Write(IBufferWriter<byte> output, ProtocolVersion version, in AckPacket packet) =>
        FrameWriter.Write<AckLayout, AckPacket>(output, FirstByte(packet.Type), packet, version);

    /// <summary>Writes SUBSCRIBE.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="version">What the connection speaks.</param>
    /// <param name="packet">The packet.</param>
    public static void Write(IBufferWriter<byte> output, ProtocolVersion version, SubscribePacket packet) =>
        FrameWriter.Write<SubscribeLayout, SubscribePacket>(output, FirstByte(PacketType.Subscribe), packet, version);

    /// <summary>Writes SUBACK or UNSUBACK.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="version">What the connection speaks.</param>
    /// <param name="packet">The packet.</param>
    public static void Write(IBufferWriter<byte> output, ProtocolVersion version, SubAckPacket packet) =>
        FrameWriter.Write<SubAckLayout, SubAckPacket>(output, FirstByte(packet.Type), packet, version);

    /// <summary>Writes UNSUBSCRIBE.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="version">What the connection speaks.</param>
    /// <param name="packet">The packet.</param>
    public static void Write(IBufferWriter<byte> output, ProtocolVersion version, UnsubscribePacket packet) =>
        FrameWriter.Write<UnsubscribeLayout, UnsubscribePacket>(output, FirstByte(PacketType.Unsubscribe), packet, version);

    /// <summary>Writes DISCONNECT; in 3.x it has no content.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="version">What the connection speaks.</param>
    /// <param name="packet">The packet.</param>
    public static void Write(IBufferWriter<byte> output, ProtocolVersion version, DisconnectPacket packet) =>
        FrameWriter.Write<DisconnectLayout, DisconnectPacket>(output, FirstByte(PacketType.Disconnect), packet, version);

    /// <summary>Writes AUTH.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="version">What the connection speaks; only version 5 knows AUTH.</param>
    /// <param name="packet">The packet.</param>
    public static void Write(IBufferWriter<byte> output, ProtocolVersion version, AuthPacket packet) =>
        FrameWriter.Write<AuthLayout, AuthPacket>(output, FirstByte(PacketType.Auth), packet, version);

    /// <summary>Writes PINGREQ.</summary>
    /// <param name="output">Where to.</param>
    public static void WritePingReq(IBufferWriter<byte> output) => output.Write((ReadOnlySpan<byte>)[FirstByte(PacketType.PingReq), 0]);

    /// <summary>Writes PINGRESP.</summary>
    /// <param name="output">Where to.</param>
    public static void WritePingResp(IBufferWriter<byte> output) => output.Write((ReadOnlySpan<byte>)[FirstByte(PacketType.PingResp), 0]);

    /// <summary>Writes a PUBACK, PUBREC, PUBREL or PUBCOMP without properties: the broker's way, without objects.</summary>
    /// <param name="destination">At least 5 bytes.</param>
    /// <param name="type">Which of the four.</param>
    /// <param name="packetId">Packet Identifier.</param>
    /// <param name="version">What the connection speaks.</param>
    /// <param name="code">Reason Code; not sent in 3.x.</param>
    /// <returns>Bytes written: 4, or 5 when a Reason Code has to be said.</returns>
    public static int WriteAck(Span<byte> destination, PacketType type, ushort packetId, ProtocolVersion version, ReasonCode code)
    {
        bool saysCode = version == ProtocolVersion.V5 && code != ReasonCode.Success;
        int length = saysCode ? 5 : 4;
        destination = destination[..length];
        destination[0] = FirstByte(type);
        destination[1] = (byte)(length - 2);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], packetId);
        if (saysCode)
            destination[4] = (byte)code;
        return length;
    }

    private static byte FirstByte(PacketType type) =>
        (byte)(((int)type << 4) | (type is PacketType.PubRel or PacketType.Subscribe or PacketType.Unsubscribe ? RequiredFlags : 0));
}
