using System.Buffers.Binary;
using Fairlead.Protocols.Mqtt.Reading;

namespace Fairlead.Protocols.Mqtt;

/// <summary>
/// A PUBLISH over the bytes it arrived in (MQTT 5, section 3.3): nothing is copied and nothing allocated unless the packet is refused.
/// </summary>
public readonly ref struct PublishView
{
    private PublishView(
        FrameHeader header,
        ReadOnlySpan<byte> topic,
        ushort packetId,
        ReadOnlySpan<byte> properties,
        ReadOnlySpan<byte> payload,
        PropertyScan scan)
    {
        Topic = topic;
        PacketId = packetId;
        Properties = properties;
        Payload = payload;
        QoS = (QualityOfService)((header.FirstByte >> 1) & 3);
        Retain = (header.FirstByte & 1) != 0;
        Dup = (header.FirstByte & 8) != 0;
        TopicAlias = scan.TopicAlias;
        MessageExpiryInterval = scan.Expiry;
        HasMessageExpiry = scan.HasExpiry;
        HasSubscriptionIdentifier = scan.HasSubscriptionIdentifier;
        ForwardableLength = properties.Length - scan.OwnBytes;
    }

    /// <summary>Topic Name in UTF-8; empty only together with a <see cref="TopicAlias"/>.</summary>
    public ReadOnlySpan<byte> Topic { get; }

    /// <summary>The Application Message.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The properties as on the wire without their length; empty in 3.x.</summary>
    public ReadOnlySpan<byte> Properties { get; }

    /// <summary>Packet Identifier; 0 for QoS 0.</summary>
    public ushort PacketId { get; }

    /// <summary>Quality of Service.</summary>
    public QualityOfService QoS { get; }

    /// <summary>RETAIN flag.</summary>
    public bool Retain { get; }

    /// <summary>DUP flag.</summary>
    public bool Dup { get; }

    /// <summary>Topic Alias; 0 when absent.</summary>
    public ushort TopicAlias { get; }

    /// <summary>Message Expiry Interval in seconds; means something only with <see cref="HasMessageExpiry"/>.</summary>
    public uint MessageExpiryInterval { get; }

    /// <summary>Whether the message expires.</summary>
    public bool HasMessageExpiry { get; }

    /// <summary>Whether a Subscription Identifier stands among the properties, which a client must not send [MQTT-3.3.4-6].</summary>
    public bool HasSubscriptionIdentifier { get; }

    /// <summary>Length of <see cref="Properties"/> without Topic Alias, Message Expiry Interval and Subscription Identifiers.</summary>
    public int ForwardableLength { get; }

    /// <summary>Whether <see cref="Properties"/> holds only what is forwarded unaltered [MQTT-3.3.2-17].</summary>
    public bool ForwardsVerbatim => ForwardableLength == Properties.Length;

    /// <summary>Reads the body of a PUBLISH.</summary>
    /// <param name="header">Its fixed header.</param>
    /// <param name="body">Its body: <see cref="FrameHeader.BodyLength"/> bytes.</param>
    /// <param name="version">What the connection speaks.</param>
    /// <param name="view">The view; valid as long as <paramref name="body"/> is.</param>
    /// <param name="error">Why not, when false.</param>
    /// <returns>True when the packet is well formed.</returns>
    public static bool TryRead(
        FrameHeader header, ReadOnlySpan<byte> body, ProtocolVersion version, out PublishView view, out DecodeError error)
    {
        if (TryReadBody(header, body, version, out view, out error))
            return true;
        error = error.In(version);
        return false;
    }

    /// <summary>Copies the properties that are forwarded unaltered, in order.</summary>
    /// <param name="destination">At least <see cref="ForwardableLength"/> bytes.</param>
    /// <returns><see cref="ForwardableLength"/>.</returns>
    public int CopyForwardable(Span<byte> destination)
    {
        if (ForwardsVerbatim)
        {
            Properties.CopyTo(destination);
            return Properties.Length;
        }

        int copied = 0;
        int start = 0;
        var reader = new PropertyReader(Properties, PacketType.Publish);
        while (reader.TryNext())
        {
            int end = Properties.Length - reader.Remaining;
            if (!IsOwn(reader.Id))
            {
                Properties[start..end].CopyTo(destination[copied..]);
                copied += end - start;
            }

            start = end;
        }

        return copied;
    }

    private static bool TryReadBody(
        FrameHeader header, ReadOnlySpan<byte> body, ProtocolVersion version, out PublishView view, out DecodeError error)
    {
        view = default;
        int qos = (header.FirstByte >> 1) & 3;
        if (qos == 3 || (header.FirstByte & 0x0E) == 0x08 || !BinaryPrimitives.TryReadUInt16BigEndian(body, out ushort topicLength)
            || body.Length - 2 < topicLength)
            return Fail(BadStart(header), out error);
        if (version == ProtocolVersion.V5 && !header.IsShortest())
            return Fail(Frames.NotShortest, out error);

        ReadOnlySpan<byte> topic = body.Slice(2, topicLength);
        if (!TopicName.IsPlain(topic) && !IsValidTopic(topic, out error))
            return false;

        ReadOnlySpan<byte> rest = body[(2 + topicLength)..];
        ushort packetId = 0;
        if (qos != 0)
        {
            if (!BinaryPrimitives.TryReadUInt16BigEndian(rest, out packetId) || packetId == 0)
                return Fail(BadPacketId(rest), out error);
            rest = rest[2..];
        }

        ReadOnlySpan<byte> properties = default;
        PropertyScan scan = default;
        if (version == ProtocolVersion.V5)
        {
            // Most messages have none: a Property Length of 0.
            if (!rest.IsEmpty && rest[0] == 0)
                rest = rest[1..];
            else if (!TryReadProperties(ref rest, out properties, out scan, out error))
                return false;
        }

        if (topicLength == 0 && scan.TopicAlias == 0)
            return Fail(NoTopic(version), out error);
        view = new PublishView(header, topic, packetId, properties, rest, scan);
        error = DecodeError.None;
        return true;
    }

    private static bool TryReadProperties(
        scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> properties, out PropertyScan scan, out DecodeError error)
    {
        scan = default;
        var wire = new WireReader(rest);
        if (!wire.TryReadProperties(out properties))
            return Fail(wire.Error, out error);
        rest = wire.Rest;

        var reader = new PropertyReader(properties, PacketType.Publish);
        int start = 0;
        while (reader.TryNext())
        {
            int end = properties.Length - reader.Remaining;
            if (IsOwn(reader.Id))
                scan.OwnBytes += end - start;
            start = end;
            switch (reader.Id)
            {
                case PropertyId.TopicAlias:
                    scan.TopicAlias = (ushort)reader.Number;
                    break;
                case PropertyId.MessageExpiryInterval:
                    scan.Expiry = reader.Number;
                    scan.HasExpiry = true;
                    break;
                case PropertyId.SubscriptionIdentifier:
                    scan.HasSubscriptionIdentifier = true;
                    break;
            }
        }

        error = reader.Error;
        return !error.IsError;
    }

    // These three are made anew for every receiver; everything else is passed on as it came.
    private static bool IsOwn(PropertyId id) =>
        id is PropertyId.TopicAlias or PropertyId.MessageExpiryInterval or PropertyId.SubscriptionIdentifier;

    private static bool IsValidTopic(ReadOnlySpan<byte> topic, out DecodeError error)
    {
        error = DecodeError.None;
        if (!MqttUtf8.IsValid(topic))
            error = WireReader.BadUtf8("Topic Name", topic);
        else if (TopicName.HasWildcard(topic))
            error = Failure.Other(ReasonCode.TopicNameInvalid, "Topic Name contains a wildcard.", "MQTT-3.3.2-2");
        return !error.IsError;
    }

    private static bool Fail(DecodeError reason, out DecodeError error)
    {
        error = reason;
        return false;
    }

    private static DecodeError BadStart(FrameHeader header)
    {
        int qos = (header.FirstByte >> 1) & 3;
        if (qos == 3)
            return Failure.Malformed("PUBLISH has both QoS bits set.", "MQTT-3.3.1-4");
        return qos == 0 && (header.FirstByte & 8) != 0
            ? Failure.Malformed("PUBLISH of QoS 0 has the DUP flag.", "MQTT-3.3.1-2")
            : Failure.Malformed("The packet ends inside Topic Name.");
    }

    private static DecodeError BadPacketId(ReadOnlySpan<byte> rest) => rest.Length < 2
        ? Failure.Malformed("The packet ends inside Packet Identifier.")
        : Failure.Protocol("Packet Identifier is 0.", "MQTT-2.2.1-3");

    private static DecodeError NoTopic(ProtocolVersion version) => version == ProtocolVersion.V5
        ? Failure.Protocol("Topic Name is empty and there is no Topic Alias.", "MQTT-4.7.3-1")
        : Failure.Malformed("Topic Name is empty.", "MQTT-4.7.3-1");

    private struct PropertyScan
    {
        public ushort TopicAlias;
        public uint Expiry;
        public bool HasExpiry;
        public bool HasSubscriptionIdentifier;
        public int OwnBytes;
    }
}
