using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Protocols.Mqtt.Reading;

/// <summary>Reads DISCONNECT (MQTT 5, section 3.14).</summary>
internal static class DisconnectReader
{
    private static readonly DisconnectPacket Normal = new();

    public static bool TryRead(
        FrameHeader header, ReadOnlySpan<byte> body, ProtocolVersion version, out DisconnectPacket? packet, out DecodeError error)
    {
        packet = null;
        if (!Frames.TryCheck(header, version, out error))
            return false;
        var wire = new WireReader(body);
        if (version != ProtocolVersion.V5 || body.IsEmpty)
        {
            packet = wire.TryFinish() ? Normal : null;
            error = wire.Error;
            return packet is not null;
        }

        // Version 5 may leave out the Reason Code (length 0) and the Property Length (length 1).
        var draft = new DisconnectPacket();
        bool read = ReasonReader.TryReadCode(ref wire, PacketType.Disconnect, out ReasonCode code)
            && (wire.IsAtEnd || TryReadProperties(ref wire, ref draft))
            && wire.TryFinish();
        error = wire.Error;
        if (read)
            packet = draft with { ReasonCode = code };
        return read;
    }

    private static bool TryReadProperties(ref WireReader wire, ref DisconnectPacket draft)
    {
        if (!wire.TryReadProperties(out ReadOnlySpan<byte> block))
            return false;
        var properties = new PropertyReader(block, PacketType.Disconnect);
        var reason = default(ReasonReader);
        while (properties.TryNext())
        {
            if (properties.Id == PropertyId.SessionExpiryInterval)
                draft = draft with { SessionExpiryInterval = properties.Number };
            else if (properties.Id == PropertyId.ServerReference)
                draft = draft with { ServerReference = properties.Text };
            else
                reason.Take(properties);
        }

        draft = draft with { ReasonString = reason.ReasonString, UserProperties = reason.UserProperties ?? [] };
        return !properties.Error.IsError || wire.Fail(properties.Error);
    }
}
