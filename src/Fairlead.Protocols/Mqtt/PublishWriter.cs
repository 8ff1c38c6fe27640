using System.Buffers.Binary;

namespace Fairlead.Protocols.Mqtt;

/// <summary>Writes a PUBLISH into one span of exact size (MQTT 5, section 3.3): the broker's way out, without objects.</summary>
public static class PublishWriter
{
    private const int ExpiryLength = 5;
    private const int AliasLength = 3;

    /// <summary>Bytes that <see cref="Write"/> will write.</summary>
    /// <param name="version">What the connection speaks; 3.x has no properties.</param>
    /// <param name="topicLength">Bytes of the Topic Name.</param>
    /// <param name="propertiesLength">Bytes of the forwardable properties.</param>
    /// <param name="payloadLength">Bytes of the payload.</param>
    /// <param name="qos">Quality of Service.</param>
    /// <param name="hasExpiry">Whether a Message Expiry Interval is added.</param>
    /// <param name="subscriptionIdentifiers">Subscription Identifiers to add.</param>
    /// <param name="topicAlias">Topic Alias to add; 0 for none.</param>
    /// <returns>Length of the whole packet.</returns>
    public static int GetLength(
        ProtocolVersion version,
        int topicLength,
        int propertiesLength,
        int payloadLength,
        QualityOfService qos,
        bool hasExpiry,
        ReadOnlySpan<uint> subscriptionIdentifiers,
        ushort topicAlias)
    {
        int body = GetBodyLength(
            version, topicLength, propertiesLength, payloadLength, qos, hasExpiry, subscriptionIdentifiers, topicAlias, out _);
        return 1 + VariableByteInteger.GetLength(body) + body;
    }

    /// <summary>Writes the packet. 3.x ignores properties, expiry, identifiers and alias.</summary>
    /// <param name="destination">At least <see cref="GetLength"/> bytes.</param>
    /// <param name="version">What the connection speaks.</param>
    /// <param name="topic">Topic Name in UTF-8; may be empty when there is an alias.</param>
    /// <param name="properties">Forwardable properties as on the wire, without their length.</param>
    /// <param name="payload">Payload.</param>
    /// <param name="qos">Quality of Service.</param>
    /// <param name="retain">RETAIN flag.</param>
    /// <param name="dup">DUP flag.</param>
    /// <param name="packetId">Packet Identifier; ignored for QoS 0.</param>
    /// <param name="hasExpiry">Whether a Message Expiry Interval is added.</param>
    /// <param name="expiry">The interval in seconds.</param>
    /// <param name="subscriptionIdentifiers">Subscription Identifiers to add.</param>
    /// <param name="topicAlias">Topic Alias to add; 0 for none.</param>
    /// <param name="packetIdOffset">Where the two bytes of the Packet Identifier lie; -1 for QoS 0.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(
        Span<byte> destination,
        ProtocolVersion version,
        ReadOnlySpan<byte> topic,
        ReadOnlySpan<byte> properties,
        ReadOnlySpan<byte> payload,
        QualityOfService qos,
        bool retain,
        bool dup,
        ushort packetId,
        bool hasExpiry,
        uint expiry,
        ReadOnlySpan<uint> subscriptionIdentifiers,
        ushort topicAlias,
        out int packetIdOffset)
    {
        int body = GetBodyLength(
            version, topic.Length, properties.Length, payload.Length, qos, hasExpiry, subscriptionIdentifiers, topicAlias,
            out int propertyLength);
        destination[0] = FirstByte(qos, retain, dup);
        int at = 1 + VariableByteInteger.Write(destination[1..], body);

        BinaryPrimitives.WriteUInt16BigEndian(destination[at..], (ushort)topic.Length);
        at += 2;
        topic.CopyTo(destination[at..]);
        at += topic.Length;

        packetIdOffset = -1;
        if (qos != QualityOfService.AtMostOnce)
        {
            packetIdOffset = at;
            BinaryPrimitives.WriteUInt16BigEndian(destination[at..], packetId);
            at += 2;
        }

        if (version == ProtocolVersion.V5)
        {
            at += VariableByteInteger.Write(destination[at..], propertyLength);
            if (propertyLength != 0)
                at += WriteProperties(destination[at..], properties, hasExpiry, expiry, subscriptionIdentifiers, topicAlias);
        }

        payload.CopyTo(destination[at..]);
        return at + payload.Length;
    }

    /// <summary>First byte of a PUBLISH.</summary>
    internal static byte FirstByte(QualityOfService qos, bool retain, bool dup) =>
        (byte)(((int)PacketType.Publish << 4) | (dup ? 8 : 0) | ((int)qos << 1) | (retain ? 1 : 0));

    private static int WriteProperties(
        Span<byte> destination,
        ReadOnlySpan<byte> properties,
        bool hasExpiry,
        uint expiry,
        ReadOnlySpan<uint> subscriptionIdentifiers,
        ushort topicAlias)
    {
        properties.CopyTo(destination);
        int at = properties.Length;
        if (hasExpiry)
        {
            destination[at] = (byte)PropertyId.MessageExpiryInterval;
            BinaryPrimitives.WriteUInt32BigEndian(destination[(at + 1)..], expiry);
            at += ExpiryLength;
        }

        foreach (uint identifier in subscriptionIdentifiers)
        {
            destination[at++] = (byte)PropertyId.SubscriptionIdentifier;
            at += VariableByteInteger.Write(destination[at..], (int)identifier);
        }

        if (topicAlias != 0)
        {
            destination[at] = (byte)PropertyId.TopicAlias;
            BinaryPrimitives.WriteUInt16BigEndian(destination[(at + 1)..], topicAlias);
            at += AliasLength;
        }

        return at;
    }

    private static int GetBodyLength(
        ProtocolVersion version,
        int topicLength,
        int propertiesLength,
        int payloadLength,
        QualityOfService qos,
        bool hasExpiry,
        ReadOnlySpan<uint> subscriptionIdentifiers,
        ushort topicAlias,
        out int propertyLength)
    {
        propertyLength = 0;
        long body = 2L + topicLength + payloadLength + (qos == QualityOfService.AtMostOnce ? 0 : 2);
        if (version == ProtocolVersion.V5)
        {
            propertyLength = propertiesLength + (hasExpiry ? ExpiryLength : 0) + (topicAlias == 0 ? 0 : AliasLength);
            foreach (uint identifier in subscriptionIdentifiers)
                propertyLength += 1 + VariableByteInteger.GetLength((int)identifier);
            body += propertyLength + VariableByteInteger.GetLength(propertyLength);
        }

        if (body > VariableByteInteger.MaxValue)
        {
            throw new ArgumentOutOfRangeException(
                nameof(payloadLength), payloadLength, "The body of a packet cannot be longer than 268,435,455 bytes.");
        }

        return (int)body;
    }
}
