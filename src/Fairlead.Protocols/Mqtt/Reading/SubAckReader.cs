using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Protocols.Mqtt.Reading;

/// <summary>Reads SUBACK and UNSUBACK (MQTT 5, sections 3.9 and 3.11).</summary>
internal static class SubAckReader
{
    public static bool TryRead(
        FrameHeader header, ReadOnlySpan<byte> body, ProtocolVersion version, out SubAckPacket? packet, out DecodeError error)
    {
        packet = null;
        if (!Frames.TryCheck(header, version, out error))
            return false;
        var wire = new WireReader(body);
        var reason = default(ReasonReader);
        var codes = new List<ReasonCode>(body.Length < 16 ? body.Length : 4);
        bool read = wire.TryReadPacketId("MQTT-2.2.1-6", out ushort packetId)
            && (version != ProtocolVersion.V5 || reason.TryReadProperties(ref wire, header.Type))
            && TryReadCodes(ref wire, header.Type, version, codes);
        error = wire.Error;
        if (read)
        {
            packet = new SubAckPacket
            {
                Type = header.Type,
                PacketId = packetId,
                ReasonCodes = codes,
                ReasonString = reason.ReasonString,
                UserProperties = reason.UserProperties ?? [],
            };
        }

        return read;
    }

    private static bool TryReadCodes(ref WireReader wire, PacketType type, ProtocolVersion version, List<ReasonCode> codes)
    {
        // UNSUBACK of 3.x has no payload.
        if (version != ProtocolVersion.V5 && type == PacketType.UnsubAck)
            return wire.TryFinish();
        if (wire.IsAtEnd)
            return wire.Fail(Failure.Protocol($"{PacketNames.Get(type)} carries no Reason Code."));
        while (!wire.IsAtEnd)
        {
            if (!ReasonReader.TryReadCode(ref wire, type, out ReasonCode code))
                return false;
            if (version != ProtocolVersion.V5 && code > ReasonCode.UnspecifiedError)
                return wire.Fail(Failure.Protocol($"Return code 0x{(byte)code:X2} is not allowed in SUBACK.", "MQTT-3.9.3-2"));
            codes.Add(code);
        }

        return true;
    }
}
