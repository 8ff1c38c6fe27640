using Fairlead.Protocols.Amqp;

namespace Fairlead.Unit.Amqp;

/// <summary>Values of all types out of a seed, nested a few levels.</summary>
internal sealed class AnyValue(Random random)
{
    private static readonly AmqpType[] Scalars = [.. Enum.GetValues<AmqpType>().Where(type => type < AmqpType.List)];

    public AmqpValue Next(int depth = 3)
    {
        if (depth == 0 || random.Next(3) > 0) return Scalar(Scalars[random.Next(Scalars.Length)]);
        return random.Next(4) switch
        {
            0 => AmqpValue.List([.. Enumerable.Range(0, random.Next(5)).Select(_ => Next(depth - 1))]),
            1 => AmqpValue.Map(Map(depth - 1)),
            2 => AmqpValue.Described(new AmqpDescribed(random.Next(2) == 0 ? AmqpValue.Symbol("a:b") : 7ul, Next(depth - 1))),
            _ => AmqpValue.Array(Array(depth - 1)),
        };
    }

    public AmqpMap Map(int depth)
    {
        var map = new AmqpMap();
        for (int i = random.Next(random.Next(10) == 0 ? 200 : 5); i > 0; i--) map.Add(Scalar(AmqpType.Symbol), Next(depth));
        return map;
    }

    private AmqpArray Array(int depth)
    {
        int count = random.Next(5);
        var type = random.Next(4) switch { 0 when depth > 0 => AmqpType.List, 1 when depth > 0 => AmqpType.Map, 2 when depth > 0 => AmqpType.Array, _ => Scalars[random.Next(Scalars.Length)] };
        return new AmqpArray(type, [.. Enumerable.Range(0, count).Select(_ => type switch
        {
            AmqpType.List => AmqpValue.List(Next(depth - 1)),
            AmqpType.Map => AmqpValue.Map(Map(depth - 1)),
            AmqpType.Array => AmqpValue.Array(Array(depth - 1)),
            _ => Scalar(type),
        })]);
    }

    private AmqpValue Scalar(AmqpType type)
    {
        // Both ends of every encoding: zero, one byte, the full width.
        ulong bits = random.Next(4) switch { 0 => 0, 1 => (ulong)random.Next(128), 2 => (ulong)random.Next(256), _ => (ulong)random.NextInt64() * 2 };
        return type switch
        {
            AmqpType.Null => AmqpValue.Null,
            AmqpType.Boolean => (bits & 1) == 0,
            AmqpType.UByte => AmqpValue.UByte((byte)bits),
            AmqpType.UShort => AmqpValue.UShort((ushort)bits),
            AmqpType.UInt => (uint)bits,
            AmqpType.ULong => bits,
            AmqpType.Byte => AmqpValue.Byte((sbyte)bits),
            AmqpType.Short => AmqpValue.Short((short)bits),
            AmqpType.Int => (int)bits,
            AmqpType.Long => (long)bits,
            AmqpType.Float => AmqpValue.Float(BitConverter.UInt32BitsToSingle((uint)bits)),
            AmqpType.Double => AmqpValue.Double(BitConverter.UInt64BitsToDouble(bits)),
            AmqpType.Decimal32 => AmqpValue.DecimalBits(type, (uint)bits),
            AmqpType.Decimal64 => AmqpValue.DecimalBits(type, bits),
            AmqpType.Decimal128 => AmqpValue.DecimalBits(type, bits, ~bits),
            AmqpType.Char => AmqpValue.Char((uint)random.Next(0x10ffff)),
            AmqpType.Timestamp => AmqpValue.Timestamp((long)bits),
            AmqpType.Uuid => new Guid((int)bits, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
            AmqpType.Binary => AmqpValue.Binary(Bytes()),
            AmqpType.String => new string('ä', Length() / 2),
            _ => AmqpValue.Symbol(new string('s', Length())),
        };
    }

    private int Length() => random.Next(20) == 0 ? random.Next(250, 600) : random.Next(20);

    private byte[] Bytes()
    {
        byte[] bytes = new byte[Length()];
        random.NextBytes(bytes);
        return bytes;
    }
}
