using System.Buffers;

namespace Fairlead.Protocols.Mqtt.Writing;

/// <summary>Counts a body, asks for the exact space and writes fixed header and body.</summary>
internal static class FrameWriter
{
    public static void Write<TLayout, TPacket>(IBufferWriter<byte> output, byte firstByte, TPacket packet, ProtocolVersion version)
        where TLayout : IPacketLayout<TPacket>
    {
        WireWriter counter = WireWriter.Counter;
        TLayout.WriteBody(ref counter, packet, version);
        int body = counter.Position;
        if (body > VariableByteInteger.MaxValue)
            throw new ArgumentException("The body of a packet cannot be longer than 268,435,455 bytes.", nameof(packet));

        int total = 1 + VariableByteInteger.GetLength(body) + body;
        var wire = new WireWriter(output.GetSpan(total)[..total]);
        wire.WriteByte(firstByte);
        wire.WriteVariable(body);
        TLayout.WriteBody(ref wire, packet, version);
        output.Advance(total);
    }
}
