using System.Globalization;
using System.Text;

namespace Fairlead.Protocols.Amqp;

/// <content>Looking into a value, comparing, showing.</content>
public readonly partial struct AmqpValue
{
    private const int MostShown = 64;

    /// <summary>A string.</summary>
    /// <param name="value">The text.</param>
    public static implicit operator AmqpValue(string? value) => String(value);

    /// <summary>A boolean.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator AmqpValue(bool value) => Boolean(value);

    /// <summary>An int.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator AmqpValue(int value) => Int(value);

    /// <summary>A uint.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator AmqpValue(uint value) => UInt(value);

    /// <summary>A long.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator AmqpValue(long value) => Long(value);

    /// <summary>A ulong.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator AmqpValue(ulong value) => ULong(value);

    /// <summary>A UUID.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator AmqpValue(Guid value) => Uuid(value);

    /// <summary>Whether two values have the same type and content.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(AmqpValue left, AmqpValue right) => left.Equals(right);

    /// <summary>Whether two values differ in type or content.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(AmqpValue left, AmqpValue right) => !left.Equals(right);

    /// <summary>The text of a string or a symbol; null for all else.</summary>
    public string? AsText() => Type is AmqpType.String or AmqpType.Symbol ? (string)_object! : null;

    /// <summary>The bytes of a binary; null for all else.</summary>
    public byte[]? AsBinary() => _object as byte[];

    /// <summary>The elements of a list; null for all else.</summary>
    public AmqpValue[]? AsList() => _object as AmqpValue[];

    /// <summary>The pairs of a map; null for all else.</summary>
    public AmqpMap? AsMap() => _object as AmqpMap;

    /// <summary>The elements of an array; null for all else.</summary>
    public AmqpArray? AsArray() => _object as AmqpArray;

    /// <summary>Descriptor and value of a described value; null for all else.</summary>
    public AmqpDescribed? AsDescribed() => _object as AmqpDescribed;

    /// <summary>The value of a UUID; null for all else.</summary>
    public Guid? AsGuid()
    {
        if (Type != AmqpType.Uuid) return null;
        Span<byte> bytes = stackalloc byte[16];
        CopyWide(bytes);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The value of a boolean; null for all else.</summary>
    public bool? AsBoolean() => Type == AmqpType.Boolean ? _bits != 0 : null;

    /// <summary>Any integer, signed or not, or timestamp, that fits into a long; null for all else. Peers differ in the width they choose (checklist 51).</summary>
    public long? AsInteger() => Type switch
    {
        AmqpType.UByte or AmqpType.UShort or AmqpType.UInt or AmqpType.Byte or AmqpType.Short or AmqpType.Int or AmqpType.Long or AmqpType.Timestamp => (long)_bits,
        AmqpType.ULong when _bits <= long.MaxValue => (long)_bits,
        _ => null,
    };

    /// <summary>The value of a ulong; null for all else.</summary>
    public ulong? AsULong() => Type == AmqpType.ULong ? _bits : null;

    /// <summary>A float or double as a double; null for all else.</summary>
    public double? AsDouble() => Type switch
    {
        AmqpType.Float => BitConverter.UInt32BitsToSingle((uint)_bits),
        AmqpType.Double => BitConverter.UInt64BitsToDouble(_bits),
        _ => null,
    };

    /// <inheritdoc/>
    public bool Equals(AmqpValue other)
    {
        if (Type != other.Type || _bits != other._bits || _low != other._low) return false;
        return (_object, other._object) switch
        {
            (null, null) => true,
            (string a, string b) => string.Equals(a, b, StringComparison.Ordinal),
            (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
            (AmqpValue[] a, AmqpValue[] b) => a.AsSpan().SequenceEqual(b),
            ({ } a, { } b) => a.Equals(b),
            _ => false,
        };
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AmqpValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Type);
        hash.Add(_bits);
        hash.Add(_low);
        switch (_object)
        {
            case string text: hash.Add(text, StringComparer.Ordinal); break;
            case byte[] bytes: hash.AddBytes(bytes); break;
            case AmqpValue[] list: hash.Add(list.Length); break;
            case { } other: hash.Add(other); break;
        }

        return hash.ToHashCode();
    }

    /// <summary>The value for people: text as it is, numbers in decimal, bytes in hex (the first 64).</summary>
    public override string ToString() => Type switch
    {
        AmqpType.Null => "null",
        AmqpType.String or AmqpType.Symbol => (string)_object!,
        AmqpType.Boolean => _bits != 0 ? "true" : "false",
        AmqpType.Uuid => AsGuid()!.Value.ToString(),
        AmqpType.Binary => Convert.ToHexStringLower(AsBinary().AsSpan(0, Math.Min(MostShown, AsBinary()!.Length))),
        AmqpType.Float or AmqpType.Double => AsDouble()!.Value.ToString(CultureInfo.InvariantCulture),
        AmqpType.ULong => _bits.ToString(CultureInfo.InvariantCulture),
        AmqpType.Char => Rune.TryCreate((uint)_bits, out Rune rune) ? rune.ToString() : _bits.ToString("x", CultureInfo.InvariantCulture),
        AmqpType.Decimal32 or AmqpType.Decimal64 => $"0x{_bits:x}",
        AmqpType.Decimal128 => $"0x{_bits:x16}{_low:x16}",
        AmqpType.List => $"[{string.Join(", ", AsList()!)}]",
        AmqpType.Map or AmqpType.Array or AmqpType.Described => _object!.ToString()!,
        _ => ((long)_bits).ToString(CultureInfo.InvariantCulture),
    };
}
