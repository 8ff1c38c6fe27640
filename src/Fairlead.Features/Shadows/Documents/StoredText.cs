using Fairlead.Features.Shadows.Json;

namespace Fairlead.Features.Shadows.Documents;

/// <summary>Writes stored objects as JSON: their state and, from the same bytes, their metadata (spec/aws-shadow, section 5.3).</summary>
internal static class StoredText
{
    /// <summary>Writes the state of an object.</summary>
    public static void WriteState(ByteBuffer to, ReadOnlySpan<byte> members)
    {
        to.Write((byte)'{');
        bool isFirst = true;
        var reader = new MemberReader(members);
        while (reader.Read())
        {
            if (!isFirst) to.Write((byte)',');
            isFirst = false;
            RequestText.WriteName(to, reader.Name);
            if (reader.IsObject) WriteState(to, reader.Content);
            else to.Write(reader.Content);
        }

        to.Write((byte)'}');
    }

    /// <summary>Writes the metadata of an object.</summary>
    public static void WriteMetadata(ByteBuffer to, ReadOnlySpan<byte> members)
    {
        to.Write((byte)'{');
        bool isFirst = true;
        var reader = new MemberReader(members);
        while (reader.Read())
        {
            if (!isFirst) to.Write((byte)',');
            isFirst = false;
            RequestText.WriteName(to, reader.Name);
            if (reader.IsObject) WriteMetadata(to, reader.Content);
            else WriteTimes(to, reader.Content, reader.Timestamp);
        }

        to.Write((byte)'}');
    }

    /// <summary>Writes the metadata of a scalar or array.</summary>
    public static void WriteTimes(ByteBuffer to, ReadOnlySpan<byte> text, uint timestamp)
    {
        Span<byte> room = stackalloc byte[40];
        var time = FormatTime(timestamp, room);
        if (text[0] != (byte)'[')
        {
            to.Write(time);
            return;
        }

        // Compact text: what is neither punctuation nor a name is a value and has a time.
        for (int at = 0; at < text.Length;)
        {
            int start = at;
            switch (text[at])
            {
                case (byte)'[' or (byte)']' or (byte)'{' or (byte)'}' or (byte)',':
                    to.Write(text[at++]);
                    break;
                case (byte)'"':
                    _ = JsonScanner.TryString(text, ref at, out _);
                    if (text[at] != (byte)':')
                    {
                        to.Write(time);
                        break;
                    }

                    to.Write(text[start..++at]);
                    break;
                default:
                    at += text[at..].IndexOfAny((byte)',', (byte)']', (byte)'}'); // an array ends with a bracket
                    to.Write(time);
                    break;
            }
        }
    }

    /// <summary>A leaf of metadata.</summary>
    public static ReadOnlySpan<byte> FormatTime(uint timestamp, Span<byte> room)
    {
        "{\"timestamp\":"u8.CopyTo(room);
        System.Buffers.Text.Utf8Formatter.TryFormat(timestamp, room[13..], out int digits);
        room[13 + digits] = (byte)'}';
        return room[..(14 + digits)];
    }

    /// <summary>Length of an object's state as compact JSON; 0 for an absent section (spec/aws-shadow, section 11).</summary>
    public static int StateLength(ReadOnlySpan<byte> members) => members.IsEmpty ? 0 : ObjectLength(members);

    private static int ObjectLength(ReadOnlySpan<byte> members)
    {
        int length = 1; // the braces, less the comma that the first member does not need
        var reader = new MemberReader(members);
        while (reader.Read()) length += reader.Name.Length + 4 + (reader.IsObject ? ObjectLength(reader.Content) : reader.Content.Length);
        return Math.Max(length, 2);
    }
}
