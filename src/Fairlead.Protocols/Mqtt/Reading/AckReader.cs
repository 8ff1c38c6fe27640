using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Protocols.Mqtt.Reading;

/// <summary>Reads PUBACK, PUBREC, PUBREL and PUBCOMP (MQTT 5, sections 3.4 to 3.7).</summary>
internal static class AckReader
{
    public static bool TryRead(
        FrameHeader header, ReadOnlySpan<byte> body, ProtocolVersion version, out AckPacket packet, out DecodeError error)
    {
        packet = default;
        if (!Frames.TryCheck(header, version, out error))
            return false;
        var wire = new WireReader(body);
        var reason = default(ReasonReader);
        ReasonCode code = ReasonCode.Success;

        // Version 5 may leave out the Reason Code (length 2) and the Property Length (length 3).
        bool read = wire.TryReadPacketId("MQTT-2.2.1-5", out ushort packetId)
            && (version != ProtocolVersion.V5 || wire.IsAtEnd || ReasonReader.TryReadCode(ref wire, header.Type, out code))
            && (version != ProtocolVersion.V5 || wire.IsAtEnd || reason.TryReadProperties(ref wire, header.Type))
            && wire.TryFinish();
        error = wire.Error;
        if (read)
        {
            packet = new AckPacket
            {
                Type = header.Type,
                PacketId = packetId,
                ReasonCode = code,
                ReasonString = reason.ReasonString,
                UserProperties = reason.UserProperties,
            };
        }

        return read;
    }
}
