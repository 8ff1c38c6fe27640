using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;

namespace Fairlead.Features.Shadows.Documents;

/// <summary>Bytes that are written one behind the other, by one thread, in room that is used again.</summary>
internal sealed class ByteBuffer
{
    private const int LargestKept = 64 * 1024;
    private byte[] _bytes = new byte[1024];

    /// <summary>Bytes written; may be set back.</summary>
    public int Length { get; set; }

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Writes bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Writes one byte.</summary>
    public void Write(byte value)
    {
        Room(1)[0] = value;
        Length++;
    }

    /// <summary>Writes a number in decimal.</summary>
    public void WriteDecimal(long value)
    {
        Utf8Formatter.TryFormat(value, Room(20), out int written);
        Length += written;
    }

    /// <summary>Writes ASCII text.</summary>
    public void WriteAscii(ReadOnlySpan<char> text)
    {
        System.Text.Ascii.FromUtf16(text, Room(text.Length), out int written);
        Length += written;
    }

    /// <summary>Writes a length: seven bits a byte, the least first.</summary>
    public void WriteLength(int value)
    {
        while (value >= 0x80)
        {
            Write((byte)(value | 0x80));
            value >>= 7;
        }

        Write((byte)value);
    }

    /// <summary>Writes four bytes, the least first.</summary>
    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);
        Length += 4;
    }

    /// <summary>Leaves room that is filled later with <see cref="SetUInt32"/>.</summary>
    /// <returns>Where.</returns>
    public int Skip(int count)
    {
        Room(count)[..count].Clear();
        Length += count;
        return Length - count;
    }

    /// <summary>Fills room left before.</summary>
    public void SetUInt32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(at, 4), value);

    /// <summary>Fills room left before.</summary>
    public void SetInt64(int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(at, 8), value);

    /// <summary>Fills room left before.</summary>
    public void SetByte(int at, byte value) => _bytes[at] = value;

    /// <summary>A copy of what was written.</summary>
    public byte[] ToArray() => Written.ToArray();

    /// <summary>Empties it, and lets go of much room.</summary>
    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > LargestKept) _bytes = new byte[1024];
    }

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - Length < count)
            Array.Resize(ref _bytes, (int)BitOperations.RoundUpToPowerOf2((uint)(Length + count)));
        return _bytes.AsSpan(Length);
    }
}
