using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Fairlead.Features.Shadows.Json;

namespace Fairlead.Features.Rules.Sql.Values;

/// <summary>JSON text to values, one level at a time.</summary>
internal static class JsonValues
{
    /// <summary>Checks a JSON text and gives its value; false when it is none. The bytes are kept.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> json, bool keepsDecimals, out SqlValue value)
    {
        value = default;
        var bytes = Bytes(json, out int start);
        var text = bytes.AsSpan(0, start + json.Length);
        if (!Utf8.IsValid(json.Span)) return false;
        int at = start;
        JsonGrammar.SkipSpace(text, ref at);
        int first = at;
        if (!JsonGrammar.TrySkip(text, ref at, 0)) return false;
        int end = at;
        JsonGrammar.SkipSpace(text, ref at);
        if (at != text.Length) return false;
        if (bytes[first] is (byte)'{' or (byte)'[')
        {
            value = SqlValue.OfJson(bytes, first, end - first, keepsDecimals);
            return true;
        }

        // Behind a number in the middle of an array other digits may stand, which are none of its own.
        bytes = bytes[first..end];
        first = 0;
        value = Read(bytes, ref first, keepsDecimals);
        return true;
    }

    /// <summary>The array behind the bytes, or a copy of them.</summary>
    public static byte[] Bytes(ReadOnlyMemory<byte> memory, out int start)
    {
        bool isArray = MemoryMarshal.TryGetArray(memory, out var segment) && segment.Array is not null;
        start = isArray ? segment.Offset : 0;
        return isArray ? segment.Array! : memory.ToArray();
    }

    /// <summary>The value at a position, which moves behind it. The text has been checked.</summary>
    public static SqlValue Read(byte[] text, ref int at, bool keepsDecimals)
    {
        int start = at;
        switch (text[at])
        {
            case (byte)'{' or (byte)'[':
                JsonGrammar.Skip(text, ref at);
                return SqlValue.OfJson(text, start, at - start, keepsDecimals);
            case (byte)'"':
                JsonScanner.TryString(text, ref at, out bool isEscaped);
                return isEscaped
                    ? SqlValue.OfText(Unescape(text.AsSpan(start + 1, at - start - 2)))
                    : SqlValue.OfText(text, start + 1, at - start - 2);
            case (byte)'t':
                at += 4;
                return SqlValue.Of(true);
            case (byte)'f':
                at += 5;
                return SqlValue.Of(false);
            case (byte)'n':
                at += 4;
                return SqlValue.Null;
            default:
                JsonScanner.TryNumber(text, ref at);
                return Number(text.AsSpan(start, at - start), keepsDecimals);
        }
    }

    /// <summary>A JSON number; Undefined when it is too large.</summary>
    public static SqlValue Number(ReadOnlySpan<byte> text, bool keepsDecimals)
    {
        if (!NumberText.TryParse(text, out var number)) return default;
        return keepsDecimals && text.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0 ? SqlValue.Of(number) : SqlValue.OfDecimal(number, keepsDecimals);
    }

    /// <summary>Elements of an array.</summary>
    public static SqlValue[] Elements(byte[] text, int at, bool keepsDecimals)
    {
        var elements = new List<SqlValue>();
        JsonGrammar.TryOpen(text, ref at, (byte)']', out bool isEnd);
        while (!isEnd)
        {
            elements.Add(Read(text, ref at, keepsDecimals));
            JsonGrammar.TryNext(text, ref at, (byte)']', out isEnd);
        }

        return [.. elements];
    }

    /// <summary>An element of an array; Undefined when it has not that many.</summary>
    public static SqlValue Element(byte[] text, int at, int index, bool keepsDecimals)
    {
        JsonGrammar.TryOpen(text, ref at, (byte)']', out bool isEnd);
        for (; !isEnd; index--)
        {
            if (index == 0) return Read(text, ref at, keepsDecimals);
            JsonGrammar.Skip(text, ref at);
            JsonGrammar.TryNext(text, ref at, (byte)']', out isEnd);
        }

        return default;
    }

    /// <summary>Members of an object; of several with one name the last counts (section 2.12).</summary>
    public static SqlObject Members(byte[] text, int at, bool keepsDecimals)
    {
        var members = new SqlObject();
        JsonGrammar.TryOpen(text, ref at, (byte)'}', out bool isEnd);
        while (!isEnd)
        {
            JsonGrammar.TryName(text, ref at, out var name, out bool isEscaped);
            members.Set(isEscaped ? Unescape(name) : Encoding.UTF8.GetString(name), Read(text, ref at, keepsDecimals));
            JsonGrammar.TryNext(text, ref at, (byte)'}', out isEnd);
        }

        return members;
    }

    /// <summary>A member of an object; Undefined when it has none of that name.</summary>
    public static SqlValue Member(byte[] text, int at, SqlName wanted, bool keepsDecimals)
    {
        int found = -1;
        JsonGrammar.TryOpen(text, ref at, (byte)'}', out bool isEnd);
        while (!isEnd)
        {
            JsonGrammar.TryName(text, ref at, out var name, out bool isEscaped);
            if (wanted.Equals(name, isEscaped)) found = at;
            JsonGrammar.Skip(text, ref at);
            JsonGrammar.TryNext(text, ref at, (byte)'}', out isEnd);
        }

        return found < 0 ? default : Read(text, ref found, keepsDecimals);
    }

    /// <summary>The inside of a JSON string whose escapes have been checked.</summary>
    public static string Unescape(ReadOnlySpan<byte> inner)
    {
        var text = new StringBuilder(inner.Length);
        while (true)
        {
            int escape = inner.IndexOf((byte)'\\');
            text.Append(Encoding.UTF8.GetString(escape < 0 ? inner : inner[..escape]));
            if (escape < 0) return text.ToString();
            byte kind = inner[escape + 1];
            if (kind == (byte)'u')
            {
                text.Append((char)ushort.Parse(inner.Slice(escape + 2, 4), System.Globalization.NumberStyles.AllowHexSpecifier));
                inner = inner[(escape + 6)..];
                continue;
            }

            text.Append(kind switch
            {
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                (byte)'n' => '\n',
                (byte)'r' => '\r',
                (byte)'t' => '\t',
                _ => (char)kind,
            });
            inner = inner[(escape + 2)..];
        }
    }
}
