using Fairlead.Protocols.Mqtt.Packets;
using Fairlead.Protocols.Mqtt.Reading;

namespace Fairlead.Protocols.Mqtt;

/// <summary>
/// Reads the bodies of all packets, from clients and from servers alike. False means that the packet is not acceptable and the error
/// says why; no input makes these methods throw. PUBLISH on the broker's packet path is read by <see cref="PublishView"/>.
/// </summary>
public static class PacketReader
{
    /// <summary>Reads CONNECT; the packet itself says which version it is.</summary>
    /// <param name="header">Fixed header.</param>
    /// <param name="body">Body.</param>
    /// <param name="packet">The packet when true.</param>
    /// <param name="error">Why not, when false.</param>
    /// <returns>Whether the packet is acceptable.</returns>
    public static bool TryReadConnect(FrameHeader header, ReadOnlySpan<byte> body, out ConnectPacket? packet, out DecodeError error) =>
        ConnectReader.TryRead(header, body, out packet, out error) || Refuse(PeekConnectVersion(body), ref error);

    /// <summary>The version to answer a refused CONNECT in: 5 for level 5 and above, else 3.1.1.</summary>
    /// <param name="body">Body of the CONNECT.</param>
    /// <returns>V5 or V311.</returns>
    public static ProtocolVersion PeekConnectVersion(ReadOnlySpan<byte> body) => ConnectReader.PeekVersion(body);

    /// <summary>Reads CONNACK.</summary>
    /// <param name="header">Fixed header.</param>
    /// <param name="body">Body.</param>
    /// <param name="version">What the connection speaks.</param>
    /// <param name="packet">The packet when true.</param>
    /// <param name="error">Why not, when false.</param>
    /// <returns>Whether the packet is acceptable.</returns>
    public static bool TryReadConnAck(
        FrameHeader header, ReadOnlySpan<byte> body, ProtocolVersion version, out ConnAckPacket? packet, out DecodeError error) =>
        ConnAckReader.TryRead(header, body, version, out packet, out error) || Refuse(version, ref error);

    /// <summary>Reads PUBLISH as an object.</summary>
    /// <param name="header">Fixed header.</param>
    /// <param name="body">Body.</param>
    /// <param name="version">What the connection speaks.</param>
    /// <param name="packet">The packet when true.</param>
    /// <param name="error">Why not, when false.</param>
    /// <returns>Whether the packet is acceptable.</returns>
    public static bool TryReadPublish(
        FrameHeader header, ReadOnlySpan<byte> body, ProtocolVersion version, out PublishPacket? packet, out DecodeError error) =>
        PublishReader.TryRead(header, body, version, out packet, out error) || Refuse(version, ref error);

    /// <summary>Reads PUBACK, PUBREC, PUBREL or PUBCOMP.</summary>
    /// <param name="header">Fixed header.</param>
    /// <param name="body">Body.</param>
    /// <param name="version">What the connection speaks.</param>
    /// <param name="packet">The packet when true.</param>
    /// <param name="error">Why not, when false.</param>
    /// <returns>Whether the packet is acceptable.</returns>
    public static bool TryReadAck(
        FrameHeader header, ReadOnlySpan<byte> body, ProtocolVersion version, out AckPacket packet, out DecodeError error) =>
        AckReader.TryRead(header, body, version, out packet, out error) || Refuse(version, ref error);

    /// <summary>Reads SUBSCRIBE. The syntax of its Topic Filters is left to <see cref="TopicFilter"/>.</summary>
    /// <param name="header">Fixed header.</param>
    /// <param name="body">Body.</param>
    /// <param name="version">What the connection speaks.</param>
    /// <param name="packet">The packet when true.</param>
    /// <param name="error">Why not, when false.</param>
    /// <returns>Whether the packet is acceptable.</returns>
    public static bool TryReadSubscribe(
        FrameHeader header, ReadOnlySpan<byte> body, ProtocolVersion version, out SubscribePacket? packet, out DecodeError error) =>
        SubscribeReader.TryRead(header, body, version, out packet, out error) || Refuse(version, ref error);

    /// <summary>Reads SUBACK or UNSUBACK.</summary>
    /// <param name="header">Fixed header.</param>
    /// <param name="body">Body.</param>
    /// <param name="version">What the connection speaks.</param>
    /// <param name="packet">The packet when true.</param>
    /// <param name="error">Why not, when false.</param>
    /// <returns>Whether the packet is acceptable.</returns>
    public static bool TryReadSubAck(
        FrameHeader header, ReadOnlySpan<byte> body, ProtocolVersion version, out SubAckPacket? packet, out DecodeError error) =>
        SubAckReader.TryRead(header, body, version, out packet, out error) || Refuse(version, ref error);

    /// <summary>Reads UNSUBSCRIBE. The syntax of its Topic Filters is left to <see cref="TopicFilter"/>.</summary>
    /// <param name="header">Fixed header.</param>
    /// <param name="body">Body.</param>
    /// <param name="version">What the connection speaks.</param>
    /// <param name="packet">The packet when true.</param>
    /// <param name="error">Why not, when false.</param>
    /// <returns>Whether the packet is acceptable.</returns>
    public static bool TryReadUnsubscribe(
        FrameHeader header, ReadOnlySpan<byte> body, ProtocolVersion version, out UnsubscribePacket? packet, out DecodeError error) =>
        UnsubscribeReader.TryRead(header, body, version, out packet, out error) || Refuse(version, ref error);

    /// <summary>Reads DISCONNECT.</summary>
    /// <param name="header">Fixed header.</param>
    /// <param name="body">Body.</param>
    /// <param name="version">What the connection speaks.</param>
    /// <param name="packet">The packet when true.</param>
    /// <param name="error">Why not, when false.</param>
    /// <returns>Whether the packet is acceptable.</returns>
    public static bool TryReadDisconnect(
        FrameHeader header, ReadOnlySpan<byte> body, ProtocolVersion version, out DisconnectPacket? packet, out DecodeError error) =>
        DisconnectReader.TryRead(header, body, version, out packet, out error) || Refuse(version, ref error);

    /// <summary>Reads AUTH.</summary>
    /// <param name="header">Fixed header.</param>
    /// <param name="body">Body.</param>
    /// <param name="version">What the connection speaks.</param>
    /// <param name="packet">The packet when true.</param>
    /// <param name="error">Why not, when false.</param>
    /// <returns>Whether the packet is acceptable.</returns>
    public static bool TryReadAuth(
        FrameHeader header, ReadOnlySpan<byte> body, ProtocolVersion version, out AuthPacket? packet, out DecodeError error) =>
        AuthReader.TryRead(header, body, version, out packet, out error) || Refuse(version, ref error);

    private static bool Refuse(ProtocolVersion version, ref DecodeError error)
    {
        error = error.In(version);
        return false;
    }
}
