using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Protocols.Mqtt.Reading;

/// <summary>Reads UNSUBSCRIBE (MQTT 5, section 3.10).</summary>
internal static class UnsubscribeReader
{
    public static bool TryRead(
        FrameHeader header, ReadOnlySpan<byte> body, ProtocolVersion version, out UnsubscribePacket? packet, out DecodeError error)
    {
        packet = null;
        if (!Frames.TryCheck(header, version, out error))
            return false;
        var wire = new WireReader(body);
        var reason = default(ReasonReader);
        var filters = new List<string>();
        bool read = wire.TryReadPacketId("MQTT-2.2.1-3", out ushort packetId)
            && (version != ProtocolVersion.V5 || reason.TryReadProperties(ref wire, PacketType.Unsubscribe))
            && TryReadFilters(ref wire, filters);
        error = wire.Error;
        if (read)
            packet = new UnsubscribePacket { PacketId = packetId, UserProperties = reason.UserProperties ?? [], Filters = filters };
        return read;
    }

    private static bool TryReadFilters(ref WireReader wire, List<string> filters)
    {
        if (wire.IsAtEnd)
            return wire.Fail(Failure.Protocol("UNSUBSCRIBE carries no Topic Filter.", "MQTT-3.10.3-2"));
        while (!wire.IsAtEnd)
        {
            if (!wire.TryReadString("Topic Filter", out string filter))
                return false;
            filters.Add(filter);
        }

        return true;
    }
}
