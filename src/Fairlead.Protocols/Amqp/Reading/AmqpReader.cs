using System.Buffers.Binary;
using System.Text;

namespace Fairlead.Protocols.Amqp;

/// <summary>
/// A cursor over encoded values. Every method returns false when the bytes are not what it reads; <see cref="Error"/> then says why, once
/// and for all. Nothing is read beyond the span, and nesting deeper than <see cref="MostLevels"/> is an error (spec 7.2).
/// </summary>
public ref partial struct AmqpReader
{
    /// <summary>Levels of nesting read.</summary>
    public const int MostLevels = 32;

    private const int MostZeroWidthElements = 1024;
    private ReadOnlySpan<byte> _rest;

    /// <summary>Starts at the first byte.</summary>
    /// <param name="source">Encoded values.</param>
    public AmqpReader(ReadOnlySpan<byte> source)
    {
        _rest = source;
        Error = null;
    }

    /// <summary>What is wrong; null while nothing is.</summary>
    public string? Error { get; private set; }

    /// <summary>Whether all bytes are read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>The bytes not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>Whether the next value is null.</summary>
    public readonly bool IsNull => !_rest.IsEmpty && _rest[0] == FormatCode.Null;

    /// <summary>Reads null if that is what comes.</summary>
    public bool TryReadNull()
    {
        if (!IsNull) return false;
        _rest = _rest[1..];
        return true;
    }

    /// <summary>Reads a boolean.</summary>
    /// <param name="value">The value.</param>
    public bool TryReadBoolean(out bool value)
    {
        value = false;
        if (!TryTakeCode(out byte code)) return false;
        switch (code)
        {
            case FormatCode.True: value = true; return true;
            case FormatCode.False: return true;
            case FormatCode.Boolean:
                if (!TryTake(1, out var one)) return false;
                value = one[0] == 1;
                return one[0] <= 1 || Fail("a boolean is neither 0 nor 1");
            default: return Fail("a boolean is expected");
        }
    }

    /// <summary>Reads a ubyte.</summary>
    /// <param name="value">The value.</param>
    public bool TryReadUByte(out byte value)
    {
        value = 0;
        if (!TryTakeCode(out byte code)) return false;
        if (code != FormatCode.UByte) return Fail("a ubyte is expected");
        if (!TryTake(1, out var bytes)) return false;
        value = bytes[0];
        return true;
    }

    /// <summary>Reads a ushort.</summary>
    /// <param name="value">The value.</param>
    public bool TryReadUShort(out ushort value)
    {
        value = 0;
        if (!TryTakeCode(out byte code)) return false;
        if (code != FormatCode.UShort) return Fail("a ushort is expected");
        if (!TryTake(2, out var bytes)) return false;
        value = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return true;
    }

    /// <summary>Reads a uint in any of its forms.</summary>
    /// <param name="value">The value.</param>
    public bool TryReadUInt(out uint value)
    {
        value = 0;
        if (!TryTakeCode(out byte code)) return false;
        switch (code)
        {
            case FormatCode.UInt0:
                return true;
            case FormatCode.SmallUInt:
                if (!TryTake(1, out var one)) return false;
                value = one[0];
                return true;
            case FormatCode.UInt:
                if (!TryTake(4, out var four)) return false;
                value = BinaryPrimitives.ReadUInt32BigEndian(four);
                return true;
            default:
                return Fail("a uint is expected");
        }
    }

    /// <summary>Reads a ulong in any of its forms.</summary>
    /// <param name="value">The value.</param>
    public bool TryReadULong(out ulong value)
    {
        value = 0;
        if (!TryTakeCode(out byte code)) return false;
        switch (code)
        {
            case FormatCode.ULong0:
                return true;
            case FormatCode.SmallULong:
                if (!TryTake(1, out var one)) return false;
                value = one[0];
                return true;
            case FormatCode.ULong:
                if (!TryTake(8, out var eight)) return false;
                value = BinaryPrimitives.ReadUInt64BigEndian(eight);
                return true;
            default:
                return Fail("a ulong is expected");
        }
    }

    /// <summary>Reads a timestamp.</summary>
    /// <param name="milliseconds">Milliseconds since 1970-01-01 UTC.</param>
    public bool TryReadTimestamp(out long milliseconds)
    {
        milliseconds = 0;
        if (!TryTakeCode(out byte code)) return false;
        if (code != FormatCode.Timestamp) return Fail("a timestamp is expected");
        if (!TryTake(8, out var bytes)) return false;
        milliseconds = BinaryPrimitives.ReadInt64BigEndian(bytes);
        return true;
    }

    /// <summary>Reads a binary, in place.</summary>
    /// <param name="value">The bytes.</param>
    public bool TryReadBinary(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryTakeCode(out byte code)) return false;
        return code is FormatCode.Binary8 or FormatCode.Binary32 ? TryTakeVariable(code, out value) : Fail("a binary is expected");
    }

    /// <summary>Reads a string, in place, as UTF-8 that is well-formed.</summary>
    /// <param name="utf8">The text.</param>
    public bool TryReadUtf8(out ReadOnlySpan<byte> utf8)
    {
        utf8 = default;
        if (!TryTakeCode(out byte code)) return false;
        if (code is not (FormatCode.String8 or FormatCode.String32)) return Fail("a string is expected");
        return TryTakeVariable(code, out utf8) && (System.Text.Unicode.Utf8.IsValid(utf8) || Fail("a string is not UTF-8"));
    }

    /// <summary>Reads a string.</summary>
    /// <param name="value">The text.</param>
    public bool TryReadString(out string value)
    {
        value = "";
        if (!TryReadUtf8(out var utf8)) return false;
        value = Encoding.UTF8.GetString(utf8);
        return true;
    }

    /// <summary>Reads a symbol, in place, as ASCII.</summary>
    /// <param name="ascii">The text.</param>
    public bool TryReadSymbol(out ReadOnlySpan<byte> ascii)
    {
        ascii = default;
        if (!TryTakeCode(out byte code)) return false;
        if (code is not (FormatCode.Symbol8 or FormatCode.Symbol32)) return Fail("a symbol is expected");
        return TryTakeVariable(code, out ascii) && (System.Text.Ascii.IsValid(ascii) || Fail("a symbol is not ASCII"));
    }

    /// <summary>Reads a string or a symbol, in place: keys of maps, which peers write either way.</summary>
    /// <param name="text">The text.</param>
    public bool TryReadText(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (_rest.IsEmpty) return Fail("the bytes end where a value is expected");
        return _rest[0] is FormatCode.Symbol8 or FormatCode.Symbol32 ? TryReadSymbol(out text) : TryReadUtf8(out text);
    }

    /// <summary>Reads the head of a list and hands over its elements.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="elements">A cursor over them.</param>
    public bool TryReadList(out int count, out AmqpReader elements)
    {
        count = 0;
        elements = default;
        if (!TryTakeCode(out byte code)) return false;
        if (code == FormatCode.List0) return true;
        if (code is not (FormatCode.List8 or FormatCode.List32)) return Fail("a list is expected");
        return TryTakeCompound(code, out count, out elements);
    }

    /// <summary>Reads the head of a map and hands over its keys and values.</summary>
    /// <param name="pairs">How many pairs there are.</param>
    /// <param name="elements">A cursor over key, value, key, value, ...</param>
    public bool TryReadMap(out int pairs, out AmqpReader elements)
    {
        pairs = 0;
        elements = default;
        if (!TryTakeCode(out byte code)) return false;
        if (code is not (FormatCode.Map8 or FormatCode.Map32)) return Fail("a map is expected");
        if (!TryTakeCompound(code, out int count, out elements)) return false;
        pairs = count / 2;
        return count % 2 == 0 || Fail("a map has a key without a value");
    }

    /// <summary>Reads the descriptor of a described value; the value itself comes next. Symbols of the standard become their numbers.</summary>
    /// <param name="descriptor">Its number; 0 for one that the standard does not have.</param>
    public bool TryReadDescriptor(out ulong descriptor)
    {
        descriptor = 0;
        if (!TryTakeCode(out byte code)) return false;
        if (code != FormatCode.Described) return Fail("a described value is expected");
        if (!_rest.IsEmpty && _rest[0] is FormatCode.Symbol8 or FormatCode.Symbol32)
        {
            if (!TryReadSymbol(out var name)) return false;
            descriptor = Descriptor.Find(name);
            return true;
        }

        return TryReadULong(out descriptor);
    }

    /// <summary>Passes over one value of any type; compound ones are passed over by their size, without a look inside.</summary>
    public bool TrySkip()
    {
        for (int level = 0; level < MostLevels; level++)
        {
            if (!TryTakeCode(out byte code)) return false;
            if (code != FormatCode.Described) return TrySkipBody(code);
            if (!TryTakeCode(out byte descriptor)) return false;
            if (descriptor == FormatCode.Described) return Fail("a descriptor is described itself");
            if (!TrySkipBody(descriptor)) return false;
        }

        return Fail("values are nested too deep");
    }

    internal bool Fail(string error)
    {
        Error ??= error;
        return false;
    }

    private bool TrySkipBody(byte code)
    {
        // The upper half of a constructor says how its data are measured.
        switch (code >> 4)
        {
            case 0x4: return IsKnown(code) || Fail("there is no such type");
            case 0x5: return TryTake(1, out _) && (IsKnown(code) || Fail("there is no such type"));
            case 0x6: return TryTake(2, out _);
            case 0x7: return TryTake(4, out _);
            case 0x8: return TryTake(8, out _);
            case 0x9: return TryTake(16, out _);
            case 0xa or 0xb or 0xc or 0xd or 0xe or 0xf: return TryTakeVariable(code, out _);
            default: return Fail("there is no such type");
        }
    }

    private static bool IsKnown(byte code) => code is (>= FormatCode.Null and <= FormatCode.List0) or (>= FormatCode.UByte and <= FormatCode.Boolean);

    private bool TryTakeCode(out byte code)
    {
        code = 0;
        if (Error is not null) return false;
        if (_rest.IsEmpty) return Fail("the bytes end where a value is expected");
        code = _rest[0];
        _rest = _rest[1..];
        return true;
    }

    private bool TryTake(int length, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (_rest.Length < length) return Fail("the bytes end inside a value");
        bytes = _rest[..length];
        _rest = _rest[length..];
        return true;
    }

    // Codes of an even upper half (a, c, e) measure with one byte, odd ones (b, d, f) with four.
    private bool TryTakeVariable(byte code, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        uint length;
        if ((code >> 4) % 2 == 0)
        {
            if (!TryTake(1, out var one)) return false;
            length = one[0];
        }
        else
        {
            if (!TryTake(4, out var four)) return false;
            length = BinaryPrimitives.ReadUInt32BigEndian(four);
        }

        return length <= (uint)_rest.Length ? TryTake((int)length, out bytes) : Fail("a value is longer than the bytes that hold it");
    }

    private bool TryTakeCompound(byte code, out int count, out AmqpReader elements)
    {
        count = 0;
        elements = default;
        if (!TryTakeVariable(code, out var body)) return false;
        var inner = new AmqpReader(body);
        uint number;
        if ((code >> 4) % 2 == 0)
        {
            if (!inner.TryTake(1, out var one)) return Fail("a compound value has no count");
            number = one[0];
        }
        else
        {
            if (!inner.TryTake(4, out var four)) return Fail("a compound value has no count");
            number = BinaryPrimitives.ReadUInt32BigEndian(four);
        }

        if (number > (uint)inner._rest.Length) return Fail("a compound value counts more elements than its bytes can hold");
        count = (int)number;
        elements = inner;
        return true;
    }
}
