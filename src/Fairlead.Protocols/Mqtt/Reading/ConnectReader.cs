using System.Text;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Protocols.Mqtt.Reading;

/// <summary>Reads CONNECT (MQTT 5, section 3.1).</summary>
internal static class ConnectReader
{
    private const byte ReservedFlag = 0x01;
    private const byte CleanStartFlag = 0x02;
    private const byte WillFlag = 0x04;
    private const byte WillRetainFlag = 0x20;
    private const byte PasswordFlag = 0x40;
    private const byte UserNameFlag = 0x80;

    public static bool TryRead(FrameHeader header, ReadOnlySpan<byte> body, out ConnectPacket? packet, out DecodeError error)
    {
        packet = null;
        var wire = new WireReader(body);
        if (TryReadVersion(ref wire, out ProtocolVersion version)
            && TryReadFlags(ref wire, version, out byte flags)
            && wire.TryReadUInt16("Keep Alive", out ushort keepAlive))
        {
            var draft = new ConnectPacket { Version = version, CleanStart = (flags & CleanStartFlag) != 0, KeepAlive = keepAlive };
            if ((version != ProtocolVersion.V5 || TryReadProperties(ref wire, ref draft)) && TryReadPayload(ref wire, flags, ref draft))
                packet = draft;
        }

        if (packet is not null && !Frames.TryCheck(header, packet.Version, out error))
            packet = null;
        else
            error = wire.Error;
        return packet is not null;
    }

    public static ProtocolVersion PeekVersion(ReadOnlySpan<byte> body)
    {
        var wire = new WireReader(body);
        return wire.TryReadBinary("", out _) && wire.TryReadByte("", out byte level) && (level & 0x7F) >= (byte)ProtocolVersion.V5
            ? ProtocolVersion.V5
            : ProtocolVersion.V311;
    }

    private static bool TryReadVersion(ref WireReader wire, out ProtocolVersion version)
    {
        version = ProtocolVersion.V5;
        if (!wire.TryReadBinary("Protocol Name", out ReadOnlySpan<byte> name))
            return false;
        bool current = name.SequenceEqual("MQTT"u8);
        if (!current && !name.SequenceEqual("MQIsdp"u8))
            return wire.Fail(Failure.Other(ReasonCode.UnsupportedProtocolVersion, "Protocol Name is not MQTT.", "MQTT-3.1.2-1"));
        if (!wire.TryReadByte("Protocol Version", out byte level))
            return false;
        version = (ProtocolVersion)level;
        bool known = current ? version is ProtocolVersion.V311 or ProtocolVersion.V5 : version == ProtocolVersion.V31;
        return known || wire.Fail(Failure.Other(
            ReasonCode.UnsupportedProtocolVersion, $"Protocol Version {level} is not supported.", "MQTT-3.1.2-2"));
    }

    private static bool TryReadFlags(ref WireReader wire, ProtocolVersion version, out byte flags)
    {
        if (!wire.TryReadByte("Connect Flags", out flags))
            return false;
        int willQoS = (flags >> 3) & 3;
        // MQTT 3.1 leaves the bit unused.
        if ((flags & ReservedFlag) != 0 && version != ProtocolVersion.V31)
            return wire.Fail(Failure.Malformed("The reserved bit of Connect Flags is set.", "MQTT-3.1.2-3"));
        if ((flags & WillFlag) == 0 && willQoS != 0)
            return wire.Fail(Failure.Malformed($"Will QoS is {willQoS} without the Will Flag.", "MQTT-3.1.2-11"));
        if ((flags & WillFlag) == 0 && (flags & WillRetainFlag) != 0)
            return wire.Fail(Failure.Malformed("Will Retain is set without the Will Flag.", "MQTT-3.1.2-13"));
        if (willQoS == 3)
            return wire.Fail(Failure.Malformed("Will QoS is 3.", "MQTT-3.1.2-12"));
        if (version != ProtocolVersion.V5 && (flags & PasswordFlag) != 0 && (flags & UserNameFlag) == 0)
            return wire.Fail(Failure.Malformed("Password Flag is set without the User Name Flag.", "MQTT-3.1.2-22"));
        return true;
    }

    private static bool TryReadProperties(ref WireReader wire, ref ConnectPacket draft)
    {
        if (!wire.TryReadProperties(out ReadOnlySpan<byte> block))
            return false;
        var properties = new PropertyReader(block, PacketType.Connect);
        List<UserProperty>? users = null;
        while (properties.TryNext())
        {
            draft = properties.Id switch
            {
                PropertyId.SessionExpiryInterval => draft with { SessionExpiryInterval = properties.Number },
                PropertyId.ReceiveMaximum => draft with { ReceiveMaximum = (ushort)properties.Number },
                PropertyId.MaximumPacketSize => draft with { MaximumPacketSize = properties.Number },
                PropertyId.TopicAliasMaximum => draft with { TopicAliasMaximum = (ushort)properties.Number },
                PropertyId.RequestResponseInformation => draft with { RequestResponseInformation = properties.Flag },
                PropertyId.RequestProblemInformation => draft with { RequestProblemInformation = properties.Flag },
                PropertyId.AuthenticationMethod => draft with { AuthenticationMethod = properties.Text },
                PropertyId.AuthenticationData => draft with { AuthenticationData = properties.Bytes.ToArray() },
                _ => draft,
            };
            if (properties.Id == PropertyId.UserProperty)
                (users ??= []).Add(properties.UserProperty);
        }

        if (properties.Error.IsError)
            return wire.Fail(properties.Error);
        if (draft.AuthenticationData is not null && draft.AuthenticationMethod is null)
            return wire.Fail(Failure.Protocol("Authentication Data comes without an Authentication Method."));
        draft = draft with { UserProperties = users ?? draft.UserProperties };
        return true;
    }

    private static bool TryReadPayload(ref WireReader wire, byte flags, ref ConnectPacket draft)
    {
        if (!wire.TryReadString("Client Identifier", out string clientId))
            return false;
        draft = draft with { ClientId = clientId };
        if ((flags & WillFlag) != 0)
        {
            if (!TryReadWill(ref wire, flags, draft.Version, out WillMessage? will))
                return false;
            draft = draft with { Will = will };
        }

        // MQTT 3.1: the Remaining Length takes precedence over the two flags, so that the strings may be missing.
        bool optional = draft.Version == ProtocolVersion.V31;
        if ((flags & UserNameFlag) != 0 && !(optional && wire.IsAtEnd))
        {
            if (wire.IsAtEnd)
                return wire.Fail(Failure.Malformed("User Name is missing.", "MQTT-3.1.2-17"));
            if (!wire.TryReadString("User Name", out string userName))
                return false;
            draft = draft with { UserName = userName };
        }

        if ((flags & PasswordFlag) != 0 && !(optional && wire.IsAtEnd))
        {
            if (wire.IsAtEnd)
                return wire.Fail(Failure.Malformed("Password is missing.", "MQTT-3.1.2-19"));
            if (!wire.TryReadBinary("Password", out ReadOnlySpan<byte> password))
                return false;
            draft = draft with { Password = password.ToArray() };
        }

        return wire.TryFinish();
    }

    private static bool TryReadWill(ref WireReader wire, byte flags, ProtocolVersion version, out WillMessage? will)
    {
        will = null;
        uint delay = 0;
        var message = default(MessageProperties);
        if (version == ProtocolVersion.V5)
        {
            if (!wire.TryReadProperties(out ReadOnlySpan<byte> block))
                return false;
            var properties = new PropertyReader(block, PropertyTable.Will);
            while (properties.TryNext())
            {
                if (properties.Id == PropertyId.WillDelayInterval)
                    delay = properties.Number;
                else
                    message.Take(properties);
            }

            if (properties.Error.IsError)
                return wire.Fail(properties.Error);
        }

        if (!wire.TryReadUtf8("Will Topic", out ReadOnlySpan<byte> topic))
            return false;
        if (!TopicName.IsValid(topic))
        {
            return wire.Fail(topic.IsEmpty
                ? Failure.Other(ReasonCode.TopicNameInvalid, "Will Topic is empty.", "MQTT-4.7.3-1")
                : Failure.Other(ReasonCode.TopicNameInvalid, "Will Topic contains a wildcard.", "MQTT-3.3.2-2"));
        }

        if (!wire.TryReadBinary("Will Payload", out ReadOnlySpan<byte> payload))
            return false;
        will = new WillMessage
        {
            Topic = Encoding.UTF8.GetString(topic),
            Payload = payload.ToArray(),
            QoS = (QualityOfService)((flags >> 3) & 3),
            Retain = (flags & WillRetainFlag) != 0,
            DelayInterval = delay,
            Properties = message.ToProperties(),
        };
        return true;
    }
}
