using System.Buffers;
using System.Text;
using Fairlead.Features.Shadows.Json;

namespace Fairlead.Features.Rules.Sql.Values;

/// <summary>
/// Writes values as compact JSON: UTF-8, nothing escaped that need not be, numbers in the form of section 3.1. Grows up to a limit; what
/// goes beyond it is not written, and <see cref="IsFull"/> says so.
/// </summary>
internal sealed class JsonText
{
    /// <summary>Largest text made of a value: as JSON for an output, or where an Array or Object is converted to a String.</summary>
    public const int DefaultLimit = 8 * 1024 * 1024;

    private const int LargestKept = 64 * 1024;

    private static readonly SearchValues<byte> Escaped = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(static i => (byte)i), (byte)'"', (byte)'\\']);

    private readonly int _limit;
    private byte[] _buffer = new byte[512];
    private int _length;

    /// <summary>An empty text.</summary>
    /// <param name="limit">Bytes that it may have.</param>
    public JsonText(int limit = DefaultLimit) => _limit = limit;

    /// <summary>Whether something did not fit: the text is not complete.</summary>
    public bool IsFull { get; private set; }

    /// <summary>What has been written.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>A value as JSON; the empty text when it is too long or Undefined.</summary>
    public static string Of(in SqlValue value)
    {
        var text = new JsonText();
        text.Write(value);
        return text.IsFull ? "" : Encoding.UTF8.GetString(text.Written);
    }

    /// <summary>Starts anew.</summary>
    public void Clear()
    {
        _length = 0;
        IsFull = false;
        if (_buffer.Length > LargestKept) _buffer = new byte[512];
    }

    /// <summary>Writes a value; Undefined writes nothing, and is left out of Arrays and Objects.</summary>
    public void Write(in SqlValue value)
    {
        switch (value.Kind)
        {
            case SqlKind.Undefined:
                return;
            case SqlKind.Null:
                Append("null"u8);
                return;
            case SqlKind.Boolean:
                Append(value.IsTrue ? "true"u8 : "false"u8);
                return;
            case SqlKind.Int or SqlKind.Decimal:
                if (!TryReserve(SqlNumber.LongestText)) return;
                _length += value.Number.Format(_buffer.AsSpan(_length), value.Kind == SqlKind.Decimal);
                return;
            case SqlKind.String:
                if (value.TryGetUtf8(out var utf8)) WriteString(utf8);
                else WriteString(value.Text);
                return;
            default:
                WriteContainer(value);
                return;
        }
    }

    /// <summary>Writes a member of an object that is written piece by piece.</summary>
    /// <param name="isFirst">Whether it is the first, so that the object is opened.</param>
    /// <param name="name">Name in UTF-8.</param>
    /// <param name="value">Value, not Undefined.</param>
    public void WriteMember(bool isFirst, ReadOnlySpan<byte> name, in SqlValue value)
    {
        Append(isFirst ? (byte)'{' : (byte)',');
        WriteString(name);
        Append((byte)':');
        Write(value);
    }

    /// <summary>Closes an object that is written piece by piece.</summary>
    /// <param name="isEmpty">Whether it has no members, so that it has not been opened.</param>
    public void WriteEndOfMembers(bool isEmpty)
    {
        if (isEmpty) Append((byte)'{');
        Append((byte)'}');
    }

    private void WriteContainer(in SqlValue value)
    {
        if (value.TryGetJson(out var json, out int start, out _, out bool keepsDecimals))
        {
            int from = _length;
            if (TryCopy(json, ref start, keepsDecimals)) return;
            _length = from; // an object that must be rebuilt, since a name is there twice
        }

        if (IsFull) return;
        if (value.Kind == SqlKind.Array) WriteElements(value.Elements());
        else WriteMembers(value.Members());
    }

    private void WriteElements(SqlValue[] elements)
    {
        byte before = (byte)'[';
        foreach (ref readonly var element in elements.AsSpan())
        {
            if (element.IsUndefined) continue;
            if (IsFull) return;
            Append(before);
            Write(element);
            before = (byte)',';
        }

        if (before == (byte)'[') Append(before);
        Append((byte)']');
    }

    private void WriteMembers(SqlObject members)
    {
        byte before = (byte)'{';
        for (int i = 0; i < members.Count && !IsFull; i++)
        {
            Append(before);
            WriteString(members[i].Key);
            Append((byte)':');
            Write(members[i].Value);
            before = (byte)',';
        }

        if (before == (byte)'{') Append(before);
        Append((byte)'}');
    }

    /// <summary>Copies a value of a checked text without making values of it; false when an object names a member twice.</summary>
    private bool TryCopy(byte[] json, ref int at, bool keepsDecimals)
    {
        if (json[at] is not ((byte)'{' or (byte)'['))
        {
            CopyScalar(json, ref at, keepsDecimals);
            return true;
        }

        bool isObject = json[at] == (byte)'{';
        byte closing = isObject ? (byte)'}' : (byte)']';
        byte before = json[at];
        Span<long> names = stackalloc long[MemberNames.Room];
        var seen = new MemberNames(json, names);
        JsonGrammar.TryOpen(json, ref at, closing, out bool isEnd);
        while (!isEnd && !IsFull)
        {
            int rewind = _length;
            Append(before);
            if (isObject)
            {
                int start = at;
                JsonGrammar.TryName(json, ref at, out var name, out bool isEscaped);
                if (isEscaped || !seen.TryAdd(start + 1, name.Length)) return false;
                WriteString(name);
                Append((byte)':');
            }

            int from = _length;
            if (!TryCopy(json, ref at, keepsDecimals)) return false;
            if (_length == from) _length = rewind; // a number that is too large is Undefined
            else before = (byte)',';
            JsonGrammar.TryNext(json, ref at, closing, out isEnd);
        }

        if (before != (byte)',') Append(isObject ? (byte)'{' : (byte)'[');
        Append(closing);
        return true;
    }

    private void CopyScalar(byte[] json, ref int at, bool keepsDecimals)
    {
        int start = at;
        if (json[at] is (byte)'-' or (>= (byte)'0' and <= (byte)'9'))
        {
            JsonScanner.TryNumber(json, ref at);
            var number = json.AsSpan(start, at - start);
            // A short whole number is in its final form already, except for -0.
            if (number.Length <= 18 && number.IndexOfAny(".eE"u8) < 0 && number[0] != (byte)'-') Append(number);
            else Write(JsonValues.Number(number, keepsDecimals));
            return;
        }

        if (json[at] != (byte)'"')
        {
            JsonGrammar.Skip(json, ref at);
            Append(json.AsSpan(start, at - start));
            return;
        }

        JsonScanner.TryString(json, ref at, out bool isEscaped);
        if (isEscaped) WriteString(JsonValues.Unescape(json.AsSpan(start + 1, at - start - 2)));
        else Append(json.AsSpan(start, at - start));
    }

    /// <summary>Writes a string with its quotes.</summary>
    public void WriteString(ReadOnlySpan<byte> utf8)
    {
        Append((byte)'"');
        while (true)
        {
            int special = utf8.IndexOfAny(Escaped);
            Append(special < 0 ? utf8 : utf8[..special]);
            if (special < 0) break;
            WriteEscape(utf8[special]);
            utf8 = utf8[(special + 1)..];
        }

        Append((byte)'"');
    }

    private void WriteString(string text)
    {
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = most > 1024 ? ArrayPool<byte>.Shared.Rent(most) : null;
        Span<byte> room = rented ?? stackalloc byte[1024];
        WriteString(room[..Encoding.UTF8.GetBytes(text, room)]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }

    private void WriteEscape(byte letter)
    {
        ReadOnlySpan<byte> escape = letter switch
        {
            (byte)'"' => "\\\""u8,
            (byte)'\\' => "\\\\"u8,
            (byte)'\b' => "\\b"u8,
            (byte)'\f' => "\\f"u8,
            (byte)'\n' => "\\n"u8,
            (byte)'\r' => "\\r"u8,
            (byte)'\t' => "\\t"u8,
            _ => default,
        };
        if (!escape.IsEmpty)
        {
            Append(escape);
            return;
        }

        Append("\\u00"u8);
        Append("0123456789abcdef"u8[letter >> 4]);
        Append("0123456789abcdef"u8[letter & 0xF]);
    }

    private void Append(byte value)
    {
        if (TryReserve(1)) _buffer[_length++] = value;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (!TryReserve(bytes.Length)) return;
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    private bool TryReserve(int count)
    {
        if (IsFull || _length + (long)count > _limit)
        {
            IsFull = true;
            return false;
        }

        if (_length + count > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        return true;
    }
}
