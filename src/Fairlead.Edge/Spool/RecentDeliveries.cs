using System.Buffers.Binary;
using System.Text;
using Fairlead.Sqlite;

namespace Fairlead.Edge.Spool;

/// <summary>
/// The last deliveries of the local broker that were spooled. One that comes again with DUP after a lost PUBACK is recognised by Packet
/// Identifier, topic and payload, also after a restart (spec 8.2).
/// </summary>
internal sealed class RecentDeliveries
{
    /// <summary>How many are remembered.</summary>
    public const int Capacity = 64;

    private const int PrintBytes = 14;

    private readonly Print[] _prints = new Print[Capacity];
    private int _next;

    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    public const int Bytes = Capacity * PrintBytes;

    /// <summary>Whether the same delivery is among them.</summary>
    public bool Contains(SpoolEntry entry) => Array.IndexOf(_prints, Print.Of(entry)) >= 0;

    /// <summary>Remembers one.</summary>
    public void Add(SpoolEntry entry)
    {
        _prints[_next] = Print.Of(entry);
        _next = (_next + 1) % Capacity;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Array.Clear(_prints);
        _next = 0;
    }

    /// <summary>Writes them, oldest first.</summary>
    public void Write(Span<byte> target)
    {
        for (var i = 0; i < Capacity; i++)
        {
            var print = _prints[(_next + i) % Capacity];
            BinaryPrimitives.WriteUInt16LittleEndian(target, print.PacketId);
            BinaryPrimitives.WriteInt32LittleEndian(target[2..], print.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(target[6..], print.Topic);
            BinaryPrimitives.WriteUInt32LittleEndian(target[10..], print.Payload);
            target = target[PrintBytes..];
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public void Read(ReadOnlySpan<byte> source)
    {
        for (var i = 0; i < Capacity; i++)
        {
            _prints[i] = new Print(
                BinaryPrimitives.ReadUInt16LittleEndian(source), BinaryPrimitives.ReadInt32LittleEndian(source[2..]),
                BinaryPrimitives.ReadUInt32LittleEndian(source[6..]), BinaryPrimitives.ReadUInt32LittleEndian(source[10..]));
            source = source[PrintBytes..];
        }

        _next = 0;
    }

    private readonly record struct Print(ushort PacketId, int Length, uint Topic, uint Payload)
    {
        public static Print Of(SpoolEntry entry)
        {
            Span<byte> topic = stackalloc byte[256];
            return new Print(
                entry.PacketId, entry.Payload.Length,
                Encoding.UTF8.TryGetBytes(entry.LocalTopic, topic, out var written)
                    ? Crc32C.Compute(topic[..written]) : Crc32C.Compute(Encoding.UTF8.GetBytes(entry.LocalTopic)),
                Crc32C.Compute(entry.Payload.Span));
        }
    }
}
