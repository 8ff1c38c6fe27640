using System.Buffers.Binary;

namespace Fairlead.Load.Wire;

// PUBLISH packets of equal length back to back: any run of them is one write. Before it leaves, each gets its number and, at QoS 1, its
// Packet Identifier. The payload starts with: uint32 number, uint32 publisher, int64 time (all little-endian).
internal sealed class PublishTrain
{
    internal const int MinimumPayload = 16;

    private readonly byte[] _bytes;
    private readonly int _packetIdAt;
    private readonly int _payloadAt;
    private int _next;

    internal PublishTrain(IReadOnlyList<string> topics, int repeat, int qos, int payloadLength, uint publisher, bool version5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(payloadLength, MinimumPayload);
        var packets = new List<byte[]>();
        for (int i = 0; i < repeat; i++)
            packets.AddRange(topics.Select(topic => Packets.Publish(topic, qos, payloadLength, version5)));
        PacketLength = packets[0].Length;
        Count = packets.Count;
        if (packets.Exists(packet => packet.Length != PacketLength))
            throw new ArgumentException("The topics of a train have the same length.", nameof(topics));
        _bytes = new byte[Count * PacketLength];
        _payloadAt = PacketLength - payloadLength;
        _packetIdAt = qos > 0 ? _payloadAt - (version5 ? 3 : 2) : -1;
        for (int i = 0; i < Count; i++)
        {
            packets[i].CopyTo(_bytes, i * PacketLength);
            BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan((i * PacketLength) + _payloadAt + 4), publisher);
        }
    }

    internal int Count { get; }

    internal int PacketLength { get; }

    // The number of the next PUBLISH: how many have left.
    internal uint Number { get; private set; }

    // At most so many: the run ends at the end of the train and goes on at its start with the next call.
    internal ReadOnlySpan<byte> Take(int count, long time = 0)
    {
        count = Math.Min(count, Count - _next);
        int start = _next * PacketLength;
        for (int i = 0, at = start; i < count; i++, at += PacketLength)
        {
            if (_packetIdAt >= 0)
                BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(at + _packetIdAt), (ushort)((Number % 65_535) + 1));
            Span<byte> payload = _bytes.AsSpan(at + _payloadAt, MinimumPayload);
            BinaryPrimitives.WriteUInt32LittleEndian(payload, Number++);
            BinaryPrimitives.WriteInt64LittleEndian(payload[8..], time);
        }

        _next = (_next + count) % Count;
        return _bytes.AsSpan(start, count * PacketLength);
    }
}
