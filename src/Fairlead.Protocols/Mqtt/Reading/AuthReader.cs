using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Protocols.Mqtt.Reading;

/// <summary>Reads AUTH (MQTT 5, section 3.15).</summary>
internal static class AuthReader
{
    public static bool TryRead(
        FrameHeader header, ReadOnlySpan<byte> body, ProtocolVersion version, out AuthPacket? packet, out DecodeError error)
    {
        packet = null;
        if (!Frames.TryCheck(header, version, out error))
            return false;
        var wire = new WireReader(body);
        if (version != ProtocolVersion.V5)
        {
            error = Failure.Malformed("Packet type 15 is reserved before MQTT 5.");
            return false;
        }

        // Only success without properties may leave out everything.
        if (body.IsEmpty)
        {
            packet = new AuthPacket();
            return true;
        }

        var draft = new AuthPacket();
        bool read = ReasonReader.TryReadCode(ref wire, PacketType.Auth, out ReasonCode code)
            && TryReadProperties(ref wire, ref draft)
            && wire.TryFinish();
        error = wire.Error;
        if (read)
            packet = draft with { ReasonCode = code };
        return read;
    }

    private static bool TryReadProperties(ref WireReader wire, ref AuthPacket draft)
    {
        if (!wire.TryReadProperties(out ReadOnlySpan<byte> block))
            return false;
        var properties = new PropertyReader(block, PacketType.Auth);
        var reason = default(ReasonReader);
        while (properties.TryNext())
        {
            if (properties.Id == PropertyId.AuthenticationMethod)
                draft = draft with { AuthenticationMethod = properties.Text };
            else if (properties.Id == PropertyId.AuthenticationData)
                draft = draft with { AuthenticationData = properties.Bytes.ToArray() };
            else
                reason.Take(properties);
        }

        if (properties.Error.IsError)
            return wire.Fail(properties.Error);
        draft = draft with { ReasonString = reason.ReasonString, UserProperties = reason.UserProperties ?? [] };
        return draft.AuthenticationMethod is not null || wire.Fail(Failure.Protocol("AUTH carries no Authentication Method."));
    }
}
