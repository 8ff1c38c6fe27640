using System.Buffers;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Unit.Protocols;

/// <summary>Packets as objects, whatever their type: read from and written to whole frames.</summary>
internal static class Wire
{
    public const int NoLimit = int.MaxValue;

    public static byte[] Write(ProtocolVersion version, object packet)
    {
        var output = new ArrayBufferWriter<byte>();
        switch (packet)
        {
            case ConnectPacket connect:
                PacketWriter.Write(output, connect);
                break;
            case ConnAckPacket connAck:
                PacketWriter.Write(output, version, connAck);
                break;
            case PublishPacket publish:
                PacketWriter.Write(output, version, publish);
                break;
            case AckPacket ack:
                PacketWriter.Write(output, version, ack);
                break;
            case SubscribePacket subscribe:
                PacketWriter.Write(output, version, subscribe);
                break;
            case SubAckPacket subAck:
                PacketWriter.Write(output, version, subAck);
                break;
            case UnsubscribePacket unsubscribe:
                PacketWriter.Write(output, version, unsubscribe);
                break;
            case DisconnectPacket disconnect:
                PacketWriter.Write(output, version, disconnect);
                break;
            case AuthPacket auth:
                PacketWriter.Write(output, version, auth);
                break;
            case PacketType.PingReq:
                PacketWriter.WritePingReq(output);
                break;
            case PacketType.PingResp:
                PacketWriter.WritePingResp(output);
                break;
            default:
                throw new ArgumentException($"{packet.GetType()} is no packet.", nameof(packet));
        }

        return output.WrittenSpan.ToArray();
    }

    public static DecodeStatus Read(
        ReadOnlySpan<byte> bytes, ProtocolVersion version, out object? packet, out DecodeError error, int maximumPacketSize = NoLimit)
    {
        packet = null;
        DecodeStatus status = FrameReader.TryRead(bytes, maximumPacketSize, out FrameHeader header, out error);
        if (status != DecodeStatus.Complete)
            return status;
        return ReadBody(header, bytes.Slice(header.HeaderLength, header.BodyLength), version, out packet, out error)
            ? DecodeStatus.Complete
            : DecodeStatus.Failed;
    }

    private static bool ReadBody(
        FrameHeader header, ReadOnlySpan<byte> body, ProtocolVersion version, out object? packet, out DecodeError error)
    {
        bool read;
        switch (header.Type)
        {
            case PacketType.Connect:
                read = PacketReader.TryReadConnect(header, body, out ConnectPacket? connect, out error);
                packet = connect;
                return read;
            case PacketType.ConnAck:
                read = PacketReader.TryReadConnAck(header, body, version, out ConnAckPacket? connAck, out error);
                packet = connAck;
                return read;
            case PacketType.Publish:
                read = PacketReader.TryReadPublish(header, body, version, out PublishPacket? publish, out error);
                packet = publish;
                return read;
            case PacketType.Subscribe:
                read = PacketReader.TryReadSubscribe(header, body, version, out SubscribePacket? subscribe, out error);
                packet = subscribe;
                return read;
            case PacketType.SubAck or PacketType.UnsubAck:
                read = PacketReader.TryReadSubAck(header, body, version, out SubAckPacket? subAck, out error);
                packet = subAck;
                return read;
            case PacketType.Unsubscribe:
                read = PacketReader.TryReadUnsubscribe(header, body, version, out UnsubscribePacket? unsubscribe, out error);
                packet = unsubscribe;
                return read;
            case PacketType.Disconnect:
                read = PacketReader.TryReadDisconnect(header, body, version, out DisconnectPacket? disconnect, out error);
                packet = disconnect;
                return read;
            case PacketType.Auth:
                read = PacketReader.TryReadAuth(header, body, version, out AuthPacket? auth, out error);
                packet = auth;
                return read;
            case PacketType.PingReq or PacketType.PingResp:
                packet = header.Type;
                error = DecodeError.None;
                return true;
            default:
                read = PacketReader.TryReadAck(header, body, version, out AckPacket ack, out error);
                packet = read ? ack : null;
                return read;
        }
    }
}
