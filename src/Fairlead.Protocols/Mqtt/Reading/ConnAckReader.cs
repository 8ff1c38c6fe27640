using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Protocols.Mqtt.Reading;

/// <summary>Reads CONNACK (MQTT 5, section 3.2).</summary>
internal static class ConnAckReader
{
    public static bool TryRead(
        FrameHeader header, ReadOnlySpan<byte> body, ProtocolVersion version, out ConnAckPacket? packet, out DecodeError error)
    {
        packet = null;
        if (!Frames.TryCheck(header, version, out error))
            return false;
        var wire = new WireReader(body);
        var draft = new ConnAckPacket();
        bool read = TryReadFlags(ref wire, version, out bool sessionPresent)
            && TryReadCode(ref wire, version, out ReasonCode code)
            && TryCombine(ref wire, sessionPresent, code, ref draft)
            && (version != ProtocolVersion.V5 || TryReadProperties(ref wire, ref draft))
            && wire.TryFinish();
        error = wire.Error;
        if (read)
            packet = draft;
        return read;
    }

    private static bool TryReadFlags(ref WireReader wire, ProtocolVersion version, out bool sessionPresent)
    {
        sessionPresent = false;
        if (!wire.TryReadByte("Connect Acknowledge Flags", out byte flags))
            return false;
        // MQTT 3.1 leaves the byte unused.
        if (version == ProtocolVersion.V31)
            return true;
        sessionPresent = flags == 1;
        return flags <= 1 || wire.Fail(Failure.Malformed("Reserved bits of Connect Acknowledge Flags are set.", "MQTT-3.2.2-1"));
    }

    private static bool TryReadCode(ref WireReader wire, ProtocolVersion version, out ReasonCode code)
    {
        if (version == ProtocolVersion.V5)
            return ReasonReader.TryReadCode(ref wire, PacketType.ConnAck, out code);
        code = ReasonCode.Success;
        return wire.TryReadByte("Connect Return Code", out byte value)
            && (ConnectReturnCode.TryToReasonCode(value, out code)
                || wire.Fail(Failure.Protocol($"Connect Return Code {value} is reserved.")));
    }

    private static bool TryCombine(ref WireReader wire, bool sessionPresent, ReasonCode code, ref ConnAckPacket draft)
    {
        if (sessionPresent && code != ReasonCode.Success)
            return wire.Fail(Failure.Protocol("Session Present is set beside a failure.", "MQTT-3.2.2-6"));
        draft = draft with { SessionPresent = sessionPresent, ReasonCode = code };
        return true;
    }

    private static bool TryReadProperties(ref WireReader wire, ref ConnAckPacket draft)
    {
        if (!wire.TryReadProperties(out ReadOnlySpan<byte> block))
            return false;
        var properties = new PropertyReader(block, PacketType.ConnAck);
        var reason = default(ReasonReader);
        while (properties.TryNext())
        {
            draft = Take(properties, draft);
            reason.Take(properties);
        }

        if (properties.Error.IsError)
            return wire.Fail(properties.Error);
        if (draft.AuthenticationData is not null && draft.AuthenticationMethod is null)
            return wire.Fail(Failure.Protocol("Authentication Data comes without an Authentication Method."));
        draft = draft with { ReasonString = reason.ReasonString, UserProperties = reason.UserProperties ?? [] };
        return true;
    }

    private static ConnAckPacket Take(in PropertyReader property, ConnAckPacket draft) => property.Id switch
    {
        PropertyId.SessionExpiryInterval => draft with { SessionExpiryInterval = property.Number },
        PropertyId.ReceiveMaximum => draft with { ReceiveMaximum = (ushort)property.Number },
        PropertyId.MaximumQoS => draft with { MaximumQoS = (QualityOfService)property.Number },
        PropertyId.RetainAvailable => draft with { RetainAvailable = property.Flag },
        PropertyId.MaximumPacketSize => draft with { MaximumPacketSize = property.Number },
        PropertyId.AssignedClientIdentifier => draft with { AssignedClientIdentifier = property.Text },
        PropertyId.TopicAliasMaximum => draft with { TopicAliasMaximum = (ushort)property.Number },
        PropertyId.WildcardSubscriptionAvailable => draft with { WildcardSubscriptionAvailable = property.Flag },
        PropertyId.SubscriptionIdentifierAvailable => draft with { SubscriptionIdentifierAvailable = property.Flag },
        PropertyId.SharedSubscriptionAvailable => draft with { SharedSubscriptionAvailable = property.Flag },
        PropertyId.ServerKeepAlive => draft with { ServerKeepAlive = (ushort)property.Number },
        PropertyId.ResponseInformation => draft with { ResponseInformation = property.Text },
        PropertyId.ServerReference => draft with { ServerReference = property.Text },
        PropertyId.AuthenticationMethod => draft with { AuthenticationMethod = property.Text },
        PropertyId.AuthenticationData => draft with { AuthenticationData = property.Bytes.ToArray() },
        _ => draft,
    };
}
