using System.Buffers.Binary;
using System.Text;

namespace Fairlead.Protocols.Amqp;

/// <content>Reading values whose type is not known beforehand.</content>
public ref partial struct AmqpReader
{
    /// <summary>Reads one value of any type. Text and bytes are copied.</summary>
    /// <param name="value">The value.</param>
    public bool TryReadValue(out AmqpValue value) => TryReadValue(0, out value);

    /// <summary>Reads a map of any keys and values.</summary>
    /// <param name="map">The pairs.</param>
    public bool TryReadMap(out AmqpMap map)
    {
        map = new AmqpMap();
        if (!TryReadMap(out int pairs, out AmqpReader elements)) return false;
        return elements.TryReadPairs(1, pairs, map) || Fail(elements.Error!);
    }

    private bool TryReadPairs(int level, int pairs, AmqpMap map)
    {
        for (int i = 0; i < pairs; i++)
        {
            if (!TryReadValue(level, out AmqpValue key) || !TryReadValue(level, out AmqpValue value)) return false;
            map.Add(key, value);
        }

        return IsAtEnd || Fail("bytes follow the last element of a compound value");
    }

    private bool TryReadValue(int level, out AmqpValue value)
    {
        value = default;
        if (level >= MostLevels) return Fail("values are nested too deep");
        if (!TryTakeCode(out byte code)) return false;
        return code == FormatCode.Described ? TryReadDescribed(level, out value) : TryReadBody(level, code, out value);
    }

    private bool TryReadDescribed(int level, out AmqpValue value)
    {
        value = default;
        if (!TryReadValue(level + 1, out AmqpValue descriptor) || !TryReadValue(level + 1, out AmqpValue inner)) return false;
        value = AmqpValue.Described(new AmqpDescribed(descriptor, inner));
        return true;
    }

    private bool TryReadBody(int level, byte code, out AmqpValue value)
    {
        value = default;
        switch (code)
        {
            case FormatCode.Null: return true;
            case FormatCode.True: value = true; return true;
            case FormatCode.False: value = false; return true;
            case FormatCode.UInt0: value = 0u; return true;
            case FormatCode.ULong0: value = 0ul; return true;
            case FormatCode.List0: value = AmqpValue.List(); return true;
            case FormatCode.List8 or FormatCode.List32: return TryReadListBody(level, code, out value);
            case FormatCode.Map8 or FormatCode.Map32: return TryReadMapBody(level, code, out value);
            case FormatCode.Array8 or FormatCode.Array32: return TryReadArrayBody(level, code, out value);
        }

        return (code >> 4) switch
        {
            0x5 => TryTake(1, out var one) && TryReadByte(code, one[0], out value),
            0x6 or 0x7 or 0x8 or 0x9 => TryReadFixed(code, out value),
            0xa or 0xb => TryReadText(code, out value),
            _ => Fail("there is no such type"),
        };
    }

    private bool TryReadByte(byte code, byte data, out AmqpValue value)
    {
        value = code switch
        {
            FormatCode.UByte => AmqpValue.UByte(data),
            FormatCode.Byte => AmqpValue.Byte((sbyte)data),
            FormatCode.SmallUInt => (uint)data,
            FormatCode.SmallULong => (ulong)data,
            FormatCode.SmallInt => (int)(sbyte)data,
            FormatCode.SmallLong => (long)(sbyte)data,
            FormatCode.Boolean when data <= 1 => data == 1,
            _ => default,
        };
        return !value.IsNull || Fail("there is no such type, or a boolean is neither 0 nor 1");
    }

    private bool TryReadFixed(byte code, out AmqpValue value)
    {
        value = default;
        if (!TryTake(1 << ((code >> 4) - 5), out var data)) return false;
        value = code switch
        {
            FormatCode.UShort => AmqpValue.UShort(BinaryPrimitives.ReadUInt16BigEndian(data)),
            FormatCode.Short => AmqpValue.Short(BinaryPrimitives.ReadInt16BigEndian(data)),
            FormatCode.UInt => BinaryPrimitives.ReadUInt32BigEndian(data),
            FormatCode.Int => BinaryPrimitives.ReadInt32BigEndian(data),
            FormatCode.Float => AmqpValue.Float(BinaryPrimitives.ReadSingleBigEndian(data)),
            FormatCode.Char => AmqpValue.Char(BinaryPrimitives.ReadUInt32BigEndian(data)),
            FormatCode.Decimal32 => AmqpValue.DecimalBits(AmqpType.Decimal32, BinaryPrimitives.ReadUInt32BigEndian(data)),
            FormatCode.ULong => BinaryPrimitives.ReadUInt64BigEndian(data),
            FormatCode.Long => BinaryPrimitives.ReadInt64BigEndian(data),
            FormatCode.Double => AmqpValue.Double(BinaryPrimitives.ReadDoubleBigEndian(data)),
            FormatCode.Timestamp => AmqpValue.Timestamp(BinaryPrimitives.ReadInt64BigEndian(data)),
            FormatCode.Decimal64 => AmqpValue.DecimalBits(AmqpType.Decimal64, BinaryPrimitives.ReadUInt64BigEndian(data)),
            FormatCode.Decimal128 => AmqpValue.DecimalBits(
                AmqpType.Decimal128, BinaryPrimitives.ReadUInt64BigEndian(data), BinaryPrimitives.ReadUInt64BigEndian(data[8..])),
            FormatCode.Uuid => AmqpValue.Uuid(data),
            _ => default,
        };
        return !value.IsNull || Fail("there is no such type");
    }

    private bool TryReadText(byte code, out AmqpValue value)
    {
        value = default;
        if (!TryTakeVariable(code, out var data)) return false;
        switch (code)
        {
            case FormatCode.Binary8 or FormatCode.Binary32:
                value = AmqpValue.Binary(data.ToArray());
                return true;
            case FormatCode.String8 or FormatCode.String32:
                if (!System.Text.Unicode.Utf8.IsValid(data)) return Fail("a string is not UTF-8");
                value = AmqpValue.String(Encoding.UTF8.GetString(data));
                return true;
            case FormatCode.Symbol8 or FormatCode.Symbol32:
                if (!Ascii.IsValid(data)) return Fail("a symbol is not ASCII");
                value = AmqpValue.Symbol(Encoding.ASCII.GetString(data));
                return true;
            default:
                return Fail("there is no such type");
        }
    }

    private bool TryReadListBody(int level, byte code, out AmqpValue value)
    {
        value = default;
        if (!TryTakeCompound(code, out int count, out AmqpReader elements)) return false;
        var list = new AmqpValue[count];
        for (int i = 0; i < count; i++)
        {
            if (!elements.TryReadValue(level + 1, out list[i])) return Fail(elements.Error!);
        }

        value = AmqpValue.List(list);
        return elements.IsAtEnd || Fail("bytes follow the last element of a compound value");
    }

    private bool TryReadMapBody(int level, byte code, out AmqpValue value)
    {
        value = default;
        if (!TryTakeCompound(code, out int count, out AmqpReader elements)) return false;
        if (count % 2 != 0) return Fail("a map has a key without a value");
        var map = new AmqpMap(count / 2);
        value = AmqpValue.Map(map);
        return elements.TryReadPairs(level + 1, count / 2, map) || Fail(elements.Error!);
    }

    private bool TryReadArrayBody(int level, byte code, out AmqpValue value)
    {
        value = default;
        if (!TryTakeArray(code, out uint count, out AmqpReader elements)) return false;
        if (!elements.TryReadConstructor(level + 1, out AmqpValue? descriptor, out byte constructor)) return Fail(elements.Error!);
        bool hasWidth = constructor >> 4 != 0x4;
        if (count > (hasWidth ? (uint)elements._rest.Length : MostZeroWidthElements)) return Fail("an array counts more elements than its bytes can hold");
        var array = new AmqpValue[count];
        for (int i = 0; i < array.Length; i++)
        {
            if (!elements.TryReadBody(level + 1, constructor, out array[i])) return Fail(elements.Error!);
            if (descriptor is { } meaning) array[i] = AmqpValue.Described(new AmqpDescribed(meaning, array[i]));
        }

        value = AmqpValue.Array(new AmqpArray(descriptor is null ? TypeOf(constructor) : AmqpType.Described, array));
        return elements.IsAtEnd || Fail("bytes follow the last element of an array");
    }

    private bool TryTakeArray(byte code, out uint count, out AmqpReader elements)
    {
        count = 0;
        elements = default;
        if (!TryTakeVariable(code, out var body)) return false;
        elements = new AmqpReader(body);
        int width = (code >> 4) % 2 == 0 ? 1 : 4;
        if (!elements.TryTake(width, out var number)) return Fail("an array has no count");
        count = width == 1 ? number[0] : BinaryPrimitives.ReadUInt32BigEndian(number);
        return true;
    }

    private bool TryReadConstructor(int level, out AmqpValue? descriptor, out byte constructor)
    {
        descriptor = null;
        if (!TryTakeCode(out constructor)) return false;
        if (constructor != FormatCode.Described) return true;
        if (!TryReadValue(level + 1, out AmqpValue meaning) || !TryTakeCode(out constructor)) return false;
        descriptor = meaning;
        return constructor != FormatCode.Described || Fail("the elements of an array are described twice");
    }

    private static AmqpType TypeOf(byte code) => code switch
    {
        FormatCode.True or FormatCode.False or FormatCode.Boolean => AmqpType.Boolean,
        FormatCode.UByte => AmqpType.UByte,
        FormatCode.UShort => AmqpType.UShort,
        FormatCode.UInt0 or FormatCode.SmallUInt or FormatCode.UInt => AmqpType.UInt,
        FormatCode.ULong0 or FormatCode.SmallULong or FormatCode.ULong => AmqpType.ULong,
        FormatCode.Byte => AmqpType.Byte,
        FormatCode.Short => AmqpType.Short,
        FormatCode.SmallInt or FormatCode.Int => AmqpType.Int,
        FormatCode.SmallLong or FormatCode.Long => AmqpType.Long,
        FormatCode.Float => AmqpType.Float,
        FormatCode.Double => AmqpType.Double,
        FormatCode.Decimal32 => AmqpType.Decimal32,
        FormatCode.Decimal64 => AmqpType.Decimal64,
        FormatCode.Decimal128 => AmqpType.Decimal128,
        FormatCode.Char => AmqpType.Char,
        FormatCode.Timestamp => AmqpType.Timestamp,
        FormatCode.Uuid => AmqpType.Uuid,
        FormatCode.Binary8 or FormatCode.Binary32 => AmqpType.Binary,
        FormatCode.String8 or FormatCode.String32 => AmqpType.String,
        FormatCode.Symbol8 or FormatCode.Symbol32 => AmqpType.Symbol,
        FormatCode.List0 or FormatCode.List8 or FormatCode.List32 => AmqpType.List,
        FormatCode.Map8 or FormatCode.Map32 => AmqpType.Map,
        FormatCode.Array8 or FormatCode.Array32 => AmqpType.Array,
        _ => AmqpType.Null,
    };
}
