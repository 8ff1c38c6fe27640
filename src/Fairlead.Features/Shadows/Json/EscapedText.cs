using System.Text;

namespace Fairlead.Features.Shadows.Json;

/// <summary>
/// The inside of JSON strings. The same text can be written in many ways; its canonical form escapes what must be escaped, in the
/// shortest way, and nothing else. Lone surrogates, which JSON allows and UTF-8 does not, stay escaped.
/// </summary>
internal static class EscapedText
{
    /// <summary>Whether two strings, without their quotes, say the same.</summary>
    public static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.SequenceEqual(right)) return true;
        if (!left.Contains((byte)'\\') && !right.Contains((byte)'\\')) return false;
        while (true)
        {
            bool hasLeft = TryNext(ref left, out int a);
            bool hasRight = TryNext(ref right, out int b);
            if (hasLeft != hasRight || a != b) return false;
            if (!hasLeft) return true;
        }
    }

    /// <summary>Length of a string, without its quotes, in UTF-8 when nothing is escaped.</summary>
    public static int PlainLength(ReadOnlySpan<byte> text)
    {
        if (!text.Contains((byte)'\\')) return text.Length;
        int length = 0;
        while (TryNext(ref text, out int scalar)) length += scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4;
        return length;
    }

    /// <summary>Writes the canonical form; it is never longer than the text.</summary>
    /// <returns>Its length.</returns>
    public static int WriteCanonical(ReadOnlySpan<byte> text, Span<byte> to)
    {
        int length = 0;
        while (TryNext(ref text, out int scalar)) length += WriteScalar(scalar, to[length..]);
        return length;
    }

    private static int WriteScalar(int scalar, Span<byte> to)
    {
        switch (scalar)
        {
            case '"' or '\\':
                to[0] = (byte)'\\';
                to[1] = (byte)scalar;
                return 2;
            case '\b' or '\f' or '\n' or '\r' or '\t':
                to[0] = (byte)'\\';
                to[1] = scalar switch { '\b' => (byte)'b', '\f' => (byte)'f', '\n' => (byte)'n', '\r' => (byte)'r', _ => (byte)'t' };
                return 2;
            case < 0x20 or (>= 0xD800 and <= 0xDFFF):
                "\\u"u8.CopyTo(to);
                for (int i = 0; i < 4; i++) to[2 + i] = "0123456789abcdef"u8[(scalar >> (12 - (4 * i))) & 0xF];
                return 6;
            default:
                return new Rune(scalar).EncodeToUtf8(to);
        }
    }

    /// <summary>Takes the next character; the text is valid JSON and UTF-8.</summary>
    private static bool TryNext(ref ReadOnlySpan<byte> text, out int scalar)
    {
        scalar = 0;
        if (text.IsEmpty) return false;
        if (text[0] != (byte)'\\')
        {
            Rune.DecodeFromUtf8(text, out var rune, out int taken);
            scalar = rune.Value;
            text = text[taken..];
            return true;
        }

        byte escape = text[1];
        if (escape != (byte)'u')
        {
            scalar = escape switch
            {
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                (byte)'n' => '\n',
                (byte)'r' => '\r',
                (byte)'t' => '\t',
                _ => escape,
            };
            text = text[2..];
            return true;
        }

        scalar = Hexadecimal(text.Slice(2, 4));
        text = text[6..];
        if (scalar is < 0xD800 or > 0xDBFF || text.Length < 6 || text[0] != (byte)'\\' || text[1] != (byte)'u') return true;
        int low = Hexadecimal(text.Slice(2, 4));
        if (low is < 0xDC00 or > 0xDFFF) return true;
        scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00);
        text = text[6..];
        return true;
    }

    private static int Hexadecimal(ReadOnlySpan<byte> digits)
    {
        int value = 0;
        foreach (byte digit in digits) value = (value << 4) | (digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        return value;
    }
}
