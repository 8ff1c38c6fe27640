using System.Buffers.Binary;
using System.Text;

namespace Fairlead.Protocols.Amqp;

/// <content>Writing values of any type.</content>
public sealed partial class AmqpWriter
{
    /// <summary>Writes one value of any type.</summary>
    /// <param name="value">The value.</param>
    public void WriteValue(in AmqpValue value)
    {
        switch (value.Type)
        {
            case AmqpType.Null: WriteNull(); break;
            case AmqpType.Boolean: WriteBoolean(value.Bits != 0); break;
            case AmqpType.UInt: WriteUInt((uint)value.Bits); break;
            case AmqpType.ULong: WriteULong(value.Bits); break;
            case AmqpType.Int: WriteInt((int)value.Bits); break;
            case AmqpType.Long: WriteLong((long)value.Bits); break;
            case AmqpType.Binary: WriteBinary(value.AsBinary()); break;
            case AmqpType.String: WriteString(value.AsText()!); break;
            case AmqpType.Symbol: WriteSymbol(value.AsText()!); break;
            case AmqpType.List: WriteList(value.AsList()!); break;
            case AmqpType.Map: WriteMap(value.AsMap()!); break;
            case AmqpType.Array: WriteArray(value.AsArray()!); break;
            case AmqpType.Described: WriteDescribed(value.AsDescribed()!); break;
            default:
                Code(FixedCode(value.Type));
                WriteFixed(value);
                break;
        }
    }

    /// <summary>Writes a list.</summary>
    /// <param name="elements">Its elements.</param>
    public void WriteList(ReadOnlySpan<AmqpValue> elements)
    {
        int mark = BeginCompound();
        foreach (ref readonly var element in elements) WriteValue(element);
        EndList(mark, elements.Length);
    }

    /// <summary>Writes a map.</summary>
    /// <param name="map">Its pairs.</param>
    public void WriteMap(AmqpMap map)
    {
        int mark = BeginCompound();
        for (int i = 0; i < map.Count; i++)
        {
            WriteValue(map[i].Key);
            WriteValue(map[i].Value);
        }

        EndMap(mark, map.Count);
    }

    /// <summary>Writes an array of symbols.</summary>
    /// <param name="symbols">Their texts.</param>
    public void WriteSymbols(string[] symbols) => WriteArray(AmqpArray.Symbols(symbols));

    /// <summary>Writes an array.</summary>
    /// <param name="array">Element type and elements.</param>
    public void WriteArray(AmqpArray array)
    {
        // The long form: arrays are rare and their elements need one constructor that fits all.
        Code(FormatCode.Array32);
        int mark = Length;
        Reserve(8);
        Patch(mark + 4, array.Elements.Length);
        if (array.ElementType == AmqpType.Described) WriteDescribedElements(array);
        else WriteElements(array.ElementType, array.Elements);
        Patch(mark, Length - mark - 4);
    }

    private void WriteDescribed(AmqpDescribed described)
    {
        Code(FormatCode.Described);
        WriteValue(described.Descriptor);
        WriteValue(described.Value);
    }

    private void WriteDescribedElements(AmqpArray array)
    {
        Code(FormatCode.Described);
        if (array.Elements.Length == 0)
        {
            WriteULong(0);
            Code(FormatCode.Null);
            return;
        }

        var first = array.Elements[0].AsDescribed()!;
        WriteValue(first.Descriptor);
        WriteElements(first.Value.Type, [.. array.Elements.Select(element => element.AsDescribed()!.Value)]);
    }

    private void WriteElements(AmqpType type, AmqpValue[] elements)
    {
        byte code = FixedCode(type);
        Code(code);
        foreach (ref readonly var element in elements.AsSpan())
        {
            switch (type)
            {
                case AmqpType.Null: break;
                case AmqpType.Binary: WriteLong32(element.AsBinary()); break;
                case AmqpType.String: WriteText32(element.AsText()!, Encoding.UTF8); break;
                case AmqpType.Symbol: WriteText32(element.AsText()!, Encoding.ASCII); break;
                case AmqpType.List or AmqpType.Map or AmqpType.Array: WriteCompound32(element, type); break;
                default: WriteFixed(element); break;
            }
        }
    }

    private void WriteLong32(ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteInt32BigEndian(Reserve(4), bytes.Length);
        WriteRaw(bytes);
    }

    private void WriteText32(string text, Encoding encoding)
    {
        int length = encoding.GetByteCount(text);
        BinaryPrimitives.WriteInt32BigEndian(Reserve(4), length);
        encoding.GetBytes(text, Reserve(length));
    }

    private void WriteCompound32(in AmqpValue value, AmqpType type)
    {
        if (type == AmqpType.Array)
        {
            int start = Length;
            WriteArray(value.AsArray()!);
            // The constructor is written once for all elements: take it away from this one.
            _buffer.AsSpan(start + 1, Length - start - 1).CopyTo(_buffer.AsSpan(start));
            Length--;
            return;
        }

        int mark = Length;
        Reserve(8);
        if (type == AmqpType.List)
        {
            var list = value.AsList()!;
            foreach (ref readonly var element in list.AsSpan()) WriteValue(element);
            Patch(mark + 4, list.Length);
        }
        else
        {
            var map = value.AsMap()!;
            foreach (var pair in map)
            {
                WriteValue(pair.Key);
                WriteValue(pair.Value);
            }

            Patch(mark + 4, map.Count * 2);
        }

        Patch(mark, Length - mark - 4);
    }

    private void WriteFixed(in AmqpValue value)
    {
        switch (value.Type)
        {
            case AmqpType.Boolean or AmqpType.UByte or AmqpType.Byte:
                Reserve(1)[0] = (byte)value.Bits;
                break;
            case AmqpType.UShort or AmqpType.Short:
                BinaryPrimitives.WriteUInt16BigEndian(Reserve(2), (ushort)value.Bits);
                break;
            case AmqpType.UInt or AmqpType.Int or AmqpType.Float or AmqpType.Char or AmqpType.Decimal32:
                BinaryPrimitives.WriteUInt32BigEndian(Reserve(4), (uint)value.Bits);
                break;
            case AmqpType.Uuid or AmqpType.Decimal128:
                value.CopyWide(Reserve(16));
                break;
            default:
                BinaryPrimitives.WriteUInt64BigEndian(Reserve(8), value.Bits);
                break;
        }
    }

    /// <summary>The constructor that holds every value of a type: for arrays, and for types that have no shorter one.</summary>
    private static byte FixedCode(AmqpType type) => type switch
    {
        AmqpType.Boolean => FormatCode.Boolean,
        AmqpType.UByte => FormatCode.UByte,
        AmqpType.UShort => FormatCode.UShort,
        AmqpType.UInt => FormatCode.UInt,
        AmqpType.ULong => FormatCode.ULong,
        AmqpType.Byte => FormatCode.Byte,
        AmqpType.Short => FormatCode.Short,
        AmqpType.Int => FormatCode.Int,
        AmqpType.Long => FormatCode.Long,
        AmqpType.Float => FormatCode.Float,
        AmqpType.Double => FormatCode.Double,
        AmqpType.Decimal32 => FormatCode.Decimal32,
        AmqpType.Decimal64 => FormatCode.Decimal64,
        AmqpType.Decimal128 => FormatCode.Decimal128,
        AmqpType.Char => FormatCode.Char,
        AmqpType.Timestamp => FormatCode.Timestamp,
        AmqpType.Uuid => FormatCode.Uuid,
        AmqpType.Binary => FormatCode.Binary32,
        AmqpType.String => FormatCode.String32,
        AmqpType.Symbol => FormatCode.Symbol32,
        AmqpType.List => FormatCode.List32,
        AmqpType.Map => FormatCode.Map32,
        AmqpType.Array => FormatCode.Array32,
        _ => FormatCode.Null,
    };
}
