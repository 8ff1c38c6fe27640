using System.Buffers.Binary;
using System.Text;

namespace Fairlead.Storage.Events;

/// <summary>Memory that grows and is used again, into which records are written with their length in front.</summary>
internal sealed class FrameBuffer
{
    private byte[] _bytes = new byte[1024];
    private int _length;

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>Forgets what was written.</summary>
    public void Clear()
    {
        const int LargestKept = 1024 * 1024;
        if (_bytes.Length > LargestKept) _bytes = new byte[1024];
        _length = 0;
    }

    /// <summary>Begins a frame. Returns where, for <see cref="End"/>.</summary>
    public int Begin()
    {
        Reserve(sizeof(int));
        _length += sizeof(int);
        return _length;
    }

    /// <summary>Writes the length of a frame in front of it.</summary>
    public void End(int start) => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(start - sizeof(int)), _length - start);

    public void Write(byte value)
    {
        Reserve(1);
        _bytes[_length++] = value;
    }

    /// <summary>Length in LEB128, then the bytes.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteLength(bytes.Length);
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Length in LEB128, then UTF-8.</summary>
    public void WriteText(string text)
    {
        var count = Encoding.UTF8.GetByteCount(text);
        WriteLength(count);
        Reserve(count);
        _length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_length));
    }

    private void WriteLength(int length)
    {
        var rest = (uint)length;
        while (rest > 0x7F)
        {
            Write((byte)(rest | 0x80));
            rest >>= 7;
        }

        Write((byte)rest);
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - _length < count) Array.Resize(ref _bytes, Math.Max(_length + count, _bytes.Length * 2));
    }
}
