using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Fairlead.Protocols.Amqp;

/// <summary>
/// One value of any AMQP type. Numbers, UUIDs and the like are held without allocation. Two values are equal when type and content are:
/// an int 1 is no uint 1, and a string is no symbol, because peers compare that strictly (spec 2.3).
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly partial struct AmqpValue : IEquatable<AmqpValue>
{
    private readonly object? _object;
    private readonly ulong _bits;
    private readonly ulong _low;

    private AmqpValue(AmqpType type, ulong bits, ulong low = 0)
    {
        Type = type;
        _bits = bits;
        _low = low;
    }

    private AmqpValue(AmqpType type, object value)
    {
        Type = type;
        _object = value;
    }

    /// <summary>The null value.</summary>
    public static AmqpValue Null => default;

    /// <summary>What the value is.</summary>
    public AmqpType Type { get; }

    /// <summary>Whether this is null.</summary>
    public bool IsNull => Type == AmqpType.Null;

    /// <summary>A symbol.</summary>
    /// <param name="value">ASCII text.</param>
    public static AmqpValue Symbol(string value) => new(AmqpType.Symbol, value);

    /// <summary>A string.</summary>
    /// <param name="value">The text; null gives the null value.</param>
    public static AmqpValue String(string? value) => value is null ? default : new(AmqpType.String, value);

    /// <summary>Bytes; the array is kept, not copied.</summary>
    /// <param name="value">The bytes; null gives the null value.</param>
    public static AmqpValue Binary(byte[]? value) => value is null ? default : new(AmqpType.Binary, value);

    /// <summary>A timestamp.</summary>
    /// <param name="milliseconds">Milliseconds since 1970-01-01 UTC.</param>
    public static AmqpValue Timestamp(long milliseconds) => new(AmqpType.Timestamp, (ulong)milliseconds);

    /// <summary>A boolean.</summary>
    /// <param name="value">The value.</param>
    public static AmqpValue Boolean(bool value) => new(AmqpType.Boolean, value ? 1UL : 0);

    /// <summary>A ubyte.</summary>
    /// <param name="value">The value.</param>
    public static AmqpValue UByte(byte value) => new(AmqpType.UByte, value);

    /// <summary>A ushort.</summary>
    /// <param name="value">The value.</param>
    public static AmqpValue UShort(ushort value) => new(AmqpType.UShort, value);

    /// <summary>A uint.</summary>
    /// <param name="value">The value.</param>
    public static AmqpValue UInt(uint value) => new(AmqpType.UInt, value);

    /// <summary>A ulong.</summary>
    /// <param name="value">The value.</param>
    public static AmqpValue ULong(ulong value) => new(AmqpType.ULong, value);

    /// <summary>A byte, which in AMQP is signed.</summary>
    /// <param name="value">The value.</param>
    public static AmqpValue Byte(sbyte value) => new(AmqpType.Byte, (ulong)value);

    /// <summary>A short.</summary>
    /// <param name="value">The value.</param>
    public static AmqpValue Short(short value) => new(AmqpType.Short, (ulong)value);

    /// <summary>An int.</summary>
    /// <param name="value">The value.</param>
    public static AmqpValue Int(int value) => new(AmqpType.Int, (ulong)value);

    /// <summary>A long.</summary>
    /// <param name="value">The value.</param>
    public static AmqpValue Long(long value) => new(AmqpType.Long, (ulong)value);

    /// <summary>A float.</summary>
    /// <param name="value">The value.</param>
    public static AmqpValue Float(float value) => new(AmqpType.Float, BitConverter.SingleToUInt32Bits(value));

    /// <summary>A double.</summary>
    /// <param name="value">The value.</param>
    public static AmqpValue Double(double value) => new(AmqpType.Double, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>A decimal of any width, as the bits of the wire.</summary>
    /// <param name="type">Which of the three.</param>
    /// <param name="bits">All bits; for 128 bits the higher half.</param>
    /// <param name="low">For 128 bits the lower half.</param>
    public static AmqpValue DecimalBits(AmqpType type, ulong bits, ulong low = 0) => new(type, bits, low);

    /// <summary>A character.</summary>
    /// <param name="value">Its UTF-32 code.</param>
    public static AmqpValue Char(uint value) => new(AmqpType.Char, value);

    /// <summary>A UUID; on the wire in network order (checklist 18).</summary>
    /// <param name="value">The value.</param>
    public static AmqpValue Uuid(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Uuid(bytes);
    }

    /// <summary>A list; the array is kept, not copied.</summary>
    /// <param name="values">The elements.</param>
    public static AmqpValue List(params AmqpValue[] values) => new(AmqpType.List, values);

    /// <summary>A map.</summary>
    /// <param name="map">The pairs; null gives the null value.</param>
    public static AmqpValue Map(AmqpMap? map) => map is null ? default : new(AmqpType.Map, map);

    /// <summary>An array.</summary>
    /// <param name="array">Element type and elements.</param>
    public static AmqpValue Array(AmqpArray array) => new(AmqpType.Array, array);

    /// <summary>A described value.</summary>
    /// <param name="described">Descriptor and value.</param>
    public static AmqpValue Described(AmqpDescribed described) => new(AmqpType.Described, described);

    internal static AmqpValue Uuid(ReadOnlySpan<byte> network) =>
        new(AmqpType.Uuid, BinaryPrimitives.ReadUInt64BigEndian(network), BinaryPrimitives.ReadUInt64BigEndian(network[8..]));

    internal void CopyWide(Span<byte> network)
    {
        BinaryPrimitives.WriteUInt64BigEndian(network, _bits);
        BinaryPrimitives.WriteUInt64BigEndian(network[8..], _low);
    }

    internal ulong Bits => _bits;
}
