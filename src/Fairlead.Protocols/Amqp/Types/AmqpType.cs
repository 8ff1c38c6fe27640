namespace Fairlead.Protocols.Amqp;

/// <summary>The types that AMQP 1.0 values have on the wire (spec 7.2).</summary>
public enum AmqpType : byte
{
    /// <summary>No value.</summary>
    Null,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Unsigned, 8 bits.</summary>
    UByte,

    /// <summary>Unsigned, 16 bits.</summary>
    UShort,

    /// <summary>Unsigned, 32 bits.</summary>
    UInt,

    /// <summary>Unsigned, 64 bits.</summary>
    ULong,

    /// <summary>Signed, 8 bits.</summary>
    Byte,

    /// <summary>Signed, 16 bits.</summary>
    Short,

    /// <summary>Signed, 32 bits.</summary>
    Int,

    /// <summary>Signed, 64 bits.</summary>
    Long,

    /// <summary>IEEE 754, 32 bits.</summary>
    Float,

    /// <summary>IEEE 754, 64 bits.</summary>
    Double,

    /// <summary>IEEE 754-2008 decimal, 32 bits; kept as bits, never calculated with.</summary>
    Decimal32,

    /// <summary>IEEE 754-2008 decimal, 64 bits; kept as bits.</summary>
    Decimal64,

    /// <summary>IEEE 754-2008 decimal, 128 bits; kept as bits.</summary>
    Decimal128,

    /// <summary>One Unicode character, UTF-32.</summary>
    Char,

    /// <summary>Milliseconds since 1970-01-01 UTC, signed, 64 bits.</summary>
    Timestamp,

    /// <summary>A UUID in network order.</summary>
    Uuid,

    /// <summary>Bytes.</summary>
    Binary,

    /// <summary>UTF-8 text.</summary>
    String,

    /// <summary>A name out of a constrained domain, ASCII.</summary>
    Symbol,

    /// <summary>Values of any types, in order.</summary>
    List,

    /// <summary>Pairs of key and value, in order.</summary>
    Map,

    /// <summary>Values of one type.</summary>
    Array,

    /// <summary>A value with a descriptor that says what it means.</summary>
    Described,
}
