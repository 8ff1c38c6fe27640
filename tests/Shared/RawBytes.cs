using System.Buffers.Binary;
using System.Text;

namespace Fairlead.Shared;

/// <summary>Collects bytes the way both standards write them. Owes nothing to the product's codec, so that the two cannot share a mistake.</summary>
public sealed class RawBytes
{
    private readonly List<byte> _bytes = [];

    public int Length => _bytes.Count;

    public RawBytes Byte(int value)
    {
        _bytes.Add((byte)value);
        return this;
    }

    public RawBytes Two(int value)
    {
        Span<byte> two = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(two, (ushort)value);
        _bytes.AddRange(two);
        return this;
    }

    public RawBytes Four(uint value)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(four, value);
        _bytes.AddRange(four);
        return this;
    }

    /// <summary>A Variable Byte Integer, or the Remaining Length of MQTT 3.1.1.</summary>
    public RawBytes Variable(int value)
    {
        do
        {
            var digit = value & 0x7F;
            value >>= 7;
            _bytes.Add((byte)(value > 0 ? digit | 0x80 : digit));
        }
        while (value > 0);
        return this;
    }

    public RawBytes Text(string value) => Binary(Encoding.UTF8.GetBytes(value));

    /// <summary>Two bytes of length, then the data.</summary>
    public RawBytes Binary(ReadOnlySpan<byte> value)
    {
        Two(value.Length);
        return Bytes(value);
    }

    public RawBytes Bytes(ReadOnlySpan<byte> value)
    {
        _bytes.AddRange(value);
        return this;
    }

    public byte[] ToArray() => [.. _bytes];

    /// <summary>Puts a fixed header in front.</summary>
    public byte[] Packet(int first) => new RawBytes().Byte(first).Variable(Length).Bytes(ToArray()).ToArray();
}
