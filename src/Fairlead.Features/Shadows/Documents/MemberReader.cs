using System.Buffers.Binary;

namespace Fairlead.Features.Shadows.Documents;

/// <summary>Goes through the members of a stored object; see <see cref="ShadowDocument"/> for their form.</summary>
internal ref struct MemberReader(ReadOnlySpan<byte> members)
{
    private const byte LeafTag = 0;
    private const byte ObjectTag = 1;

    private ReadOnlySpan<byte> _rest = members;

    /// <summary>Name, escaped as in JSON, without quotes.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Whether the value is an object.</summary>
    public bool IsObject { get; private set; }

    /// <summary>Members of the object, or JSON text of the scalar or array.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>When the scalar or array was last written, in seconds since the Unix epoch.</summary>
    public uint Timestamp { get; private set; }

    /// <summary>The whole member, for copying.</summary>
    public ReadOnlySpan<byte> Whole { get; private set; }

    /// <summary>Goes to the next member; false behind the last.</summary>
    public bool Read()
    {
        if (_rest.IsEmpty) return false;
        int at = 0;
        int length = ReadLength(_rest, ref at);
        Name = _rest.Slice(at, length);
        at += length;
        IsObject = _rest[at++] == ObjectTag;
        if (IsObject)
        {
            length = BinaryPrimitives.ReadInt32LittleEndian(_rest[at..]);
            Content = _rest.Slice(at + 4, length);
            at += 4 + length;
        }
        else
        {
            length = ReadLength(_rest, ref at);
            Content = _rest.Slice(at, length);
            at += length;
            Timestamp = BinaryPrimitives.ReadUInt32LittleEndian(_rest[at..]);
            at += 4;
        }

        Whole = _rest[..at];
        _rest = _rest[at..];
        return true;
    }

    /// <summary>Writes a scalar or array.</summary>
    public static void WriteLeaf(ByteBuffer to, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, uint timestamp)
    {
        to.WriteLength(name.Length);
        to.Write(name);
        to.Write(LeafTag);
        to.WriteLength(text.Length);
        to.Write(text);
        to.WriteUInt32(timestamp);
    }

    /// <summary>Starts an object; its members follow.</summary>
    /// <returns>What <see cref="EndObject"/> needs.</returns>
    public static int BeginObject(ByteBuffer to, ReadOnlySpan<byte> name)
    {
        to.WriteLength(name.Length);
        to.Write(name);
        to.Write(ObjectTag);
        return to.Skip(4);
    }

    /// <summary>Ends an object.</summary>
    public static void EndObject(ByteBuffer to, int start) => to.SetUInt32(start, (uint)(to.Length - start - 4));

    private static int ReadLength(ReadOnlySpan<byte> bytes, ref int at)
    {
        int value = bytes[at++];
        if (value < 0x80) return value;
        value &= 0x7F;
        for (int shift = 7; ; shift += 7)
        {
            byte part = bytes[at++];
            value |= (part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
    }
}
