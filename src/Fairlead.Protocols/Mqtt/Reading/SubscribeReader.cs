using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Protocols.Mqtt.Reading;

/// <summary>Reads SUBSCRIBE (MQTT 5, section 3.8).</summary>
internal static class SubscribeReader
{
    public static bool TryRead(
        FrameHeader header, ReadOnlySpan<byte> body, ProtocolVersion version, out SubscribePacket? packet, out DecodeError error)
    {
        packet = null;
        if (!Frames.TryCheck(header, version, out error))
            return false;
        var wire = new WireReader(body);
        uint? identifier = null;
        List<UserProperty>? users = null;
        var subscriptions = new List<SubscriptionRequest>();
        bool read = wire.TryReadPacketId("MQTT-2.2.1-3", out ushort packetId)
            && (version != ProtocolVersion.V5 || TryReadProperties(ref wire, out identifier, out users))
            && TryReadSubscriptions(ref wire, version, subscriptions);
        error = wire.Error;
        if (read)
        {
            packet = new SubscribePacket
            {
                PacketId = packetId,
                SubscriptionIdentifier = identifier,
                UserProperties = users ?? (IReadOnlyList<UserProperty>)[],
                Subscriptions = subscriptions,
            };
        }

        return read;
    }

    private static bool TryReadProperties(ref WireReader wire, out uint? identifier, out List<UserProperty>? users)
    {
        identifier = null;
        users = null;
        if (!wire.TryReadProperties(out ReadOnlySpan<byte> block))
            return false;
        var properties = new PropertyReader(block, PacketType.Subscribe);
        while (properties.TryNext())
        {
            if (properties.Id == PropertyId.SubscriptionIdentifier)
                identifier = properties.Number;
            else
                (users ??= []).Add(properties.UserProperty);
        }

        return !properties.Error.IsError || wire.Fail(properties.Error);
    }

    private static bool TryReadSubscriptions(ref WireReader wire, ProtocolVersion version, List<SubscriptionRequest> subscriptions)
    {
        if (wire.IsAtEnd)
            return wire.Fail(Failure.Protocol("SUBSCRIBE carries no Topic Filter.", "MQTT-3.8.3-2"));
        while (!wire.IsAtEnd)
        {
            if (!wire.TryReadString("Topic Filter", out string filter) || !wire.TryReadByte("Subscription Options", out byte options))
                return false;
            DecodeError error = Judge(options, version);
            if (error.IsError)
                return wire.Fail(error);
            subscriptions.Add(version == ProtocolVersion.V5
                ? new SubscriptionRequest(
                    filter, (QualityOfService)(options & 3), (options & 4) != 0, (options & 8) != 0, (RetainHandling)((options >> 4) & 3))
                : new SubscriptionRequest(filter, (QualityOfService)(options & 3)));
        }

        return true;
    }

    private static DecodeError Judge(byte options, ProtocolVersion version)
    {
        if (version == ProtocolVersion.V5)
        {
            if ((options & 0xC0) != 0)
                return Failure.Malformed("Reserved bits of Subscription Options are set.", "MQTT-3.8.3-5");
            if ((options & 0x30) == 0x30)
                return Failure.Protocol("Retain Handling is 3.");
            return (options & 3) == 3 ? Failure.Protocol("Maximum QoS of a subscription is 3.") : DecodeError.None;
        }

        // MQTT 3.1 leaves the upper six bits unused. The identifier is misspelt in the standard of 3.1.1.
        if ((options & 0xFC) != 0 && version == ProtocolVersion.V311)
            return Failure.Malformed("Reserved bits beside the requested QoS are set.", "MQTT-3-8.3-4");
        return (options & 3) == 3 ? Failure.Malformed("The requested QoS is 3.", "MQTT-3-8.3-4") : DecodeError.None;
    }
}
