using Fairlead.Protocols.Amqp;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Amqp;

public sealed class Types_Tests
{
    /// <summary>Every constructor of spec 7.2, with what it holds.</summary>
    public static TheoryData<string, string> Constructors => new()
    {
        { "40", "Null null" }, { "41", "Boolean true" }, { "42", "Boolean false" }, { "5601", "Boolean true" }, { "5600", "Boolean false" },
        { "50ff", "UByte 255" }, { "51ff", "Byte -1" }, { "60ffff", "UShort 65535" }, { "61ffff", "Short -1" },
        { "43", "UInt 0" }, { "52ff", "UInt 255" }, { "70ffffffff", "UInt 4294967295" },
        { "44", "ULong 0" }, { "53ff", "ULong 255" }, { "80ffffffffffffffff", "ULong 18446744073709551615" },
        { "54ff", "Int -1" }, { "7180000000", "Int -2147483648" }, { "55ff", "Long -1" }, { "818000000000000000", "Long -9223372036854775808" },
        { "723fc00000", "Float 1.5" }, { "82bff8000000000000", "Double -1.5" }, { "7400000001", "Decimal32 0x1" }, { "840000000000000001", "Decimal64 0x1" },
        { "9400000000000000010000000000000002", "Decimal128 0x00000000000000010000000000000002" }, { "730001f600", "Char \U0001f600" },
        { "830000000000000001", "Timestamp 1" }, { "983f1b5c1e7a2d4b8e9c3f0123456789ab", "Uuid 3f1b5c1e-7a2d-4b8e-9c3f-0123456789ab" },
        { "a0020102", "Binary 0102" }, { "b0000000020102", "Binary 0102" }, { "a1024f4b", "String OK" }, { "b1000000024f4b", "String OK" },
        { "a3024f4b", "Symbol OK" }, { "b3000000024f4b", "Symbol OK" },
        { "45", "List []" }, { "c0020140", "List [null]" }, { "d0000000050000000140", "List [null]" }, { "c00100", "List []" }, { "d00000000400000000", "List []" },
        { "c1050243a10161", "Map {0=a}" }, { "d1000000080000000243a10161", "Map {0=a}" }, { "c10100", "Map {}" },
        { "e0040250ff01", "Array [255, 1]" }, { "f0000000070000000250ff01", "Array [255, 1]" }, { "e0020343", "Array [0, 0, 0]" },
        { "e0080200a301785401ff", "Array [@x 1, @x -1]" }, { "00531041", "Described @16 true" }, { "00a3017841", "Described @x true" },
    };

    [Theory]
    [MemberData(nameof(Constructors))]
    public void Azure_16_Every_constructor_is_read_passed_over_and_written(string hex, string meaning)
    {
        byte[] bytes = Convert.FromHexString(hex);
        var value = Read(bytes);
        $"{value.Type} {value}".ShouldBe(meaning);
        var skipping = new AmqpReader(bytes);
        skipping.TrySkip().ShouldBeTrue();
        skipping.IsAtEnd.ShouldBeTrue();
        byte[] again = Write(value);
        Read(again).ShouldBe(value);
        if (value.Type is not AmqpType.Array) again.Length.ShouldBeLessThanOrEqualTo(bytes.Length);
        for (int cut = 0; cut < bytes.Length; cut++)
        {
            var reader = new AmqpReader(bytes.AsSpan(0, cut));
            reader.TryReadValue(out _).ShouldBeFalse();
            reader.Error.ShouldNotBeNull();
        }
    }

    [Fact]
    public void Azure_16_Any_value_is_read_back_equal() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var value = new AnyValue(new Random(seed)).Next(5);
            byte[] bytes = Write(value);
            var skipping = new AmqpReader(bytes);
            return Read(bytes) == value && Read(bytes).GetHashCode() == value.GetHashCode() && skipping.TrySkip() && skipping.IsAtEnd;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Azure_16_Symbolic_descriptors_mean_the_same()
    {
        foreach (string name in (string[])["open", "begin", "attach", "flow", "transfer", "disposition", "detach", "end", "close", "error", "source", "target", "sasl-init"])
            Descriptor.Find(System.Text.Encoding.ASCII.GetBytes($"amqp:{name}:list")).ShouldNotBe(0ul, name);
        byte[] close = [0, 0xa3, 15, .. "amqp:close:list"u8, 0xc0, 25, 1, 0, 0xa3, 15, .. "amqp:error:list"u8, 0xc0, 4, 1, 0xa3, 1, (byte)'x'];
        var reader = new AmqpReader(close);
        reader.TryReadDescriptor(out ulong descriptor).ShouldBeTrue();
        descriptor.ShouldBe(Descriptor.Close);
        PerformativeReader.ReadClose(ref reader, out var read).ShouldBeNull();
        read.Error!.Condition.ShouldBe("x");
    }

    [Fact]
    public void Azure_18_A_Guid_is_written_in_network_order()
    {
        var id = new Guid("3f1b5c1e-7a2d-4b8e-9c3f-0123456789ab");
        Convert.ToHexStringLower(Write(id)).ShouldBe("983f1b5c1e7a2d4b8e9c3f0123456789ab");
        Read(Write(id)).AsGuid().ShouldBe(id);
        using var writer = new AmqpWriter();
        writer.WriteUuid(id);
        Convert.ToHexStringLower(writer.Written).ShouldBe("983f1b5c1e7a2d4b8e9c3f0123456789ab");
    }

    [Fact]
    public void Azure_17_Nesting_is_bounded()
    {
        byte[] lists = [.. Enumerable.Repeat<byte[]>([0xd0, 0, 0, 0, 0, 0, 0, 0, 1], 100).SelectMany(one => one), 0x40];
        for (int i = 0; i < 100; i++) System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(lists.AsSpan((i * 9) + 1), lists.Length - (i * 9) - 5);
        var reader = new AmqpReader(lists);
        reader.TryReadValue(out _).ShouldBeFalse();
        reader.Error.ShouldBe("values are nested too deep");
        byte[] described = [.. Enumerable.Repeat<byte[]>([0, 0x43], 100).SelectMany(one => one), 0x40];
        reader = new AmqpReader(described);
        reader.TryReadValue(out _).ShouldBeFalse();
        reader = new AmqpReader(described);
        reader.TrySkip().ShouldBeFalse();
    }

    [Fact]
    public void Serial_numbers_wrap()
    {
        SerialNumber.Distance(uint.MaxValue, 1).ShouldBe(2);
        SerialNumber.Distance(1, uint.MaxValue).ShouldBe(-2);
        SerialNumber.IsBefore(uint.MaxValue, 0).ShouldBeTrue();
        SerialNumber.IsBefore(0, 0).ShouldBeFalse();
    }

    internal static AmqpValue Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new AmqpReader(bytes);
        if (!reader.TryReadValue(out var value) || !reader.IsAtEnd) throw new InvalidOperationException(reader.Error ?? "bytes are left");
        return value;
    }

    internal static byte[] Write(AmqpValue value)
    {
        using var writer = new AmqpWriter();
        writer.WriteValue(value);
        return writer.Written.ToArray();
    }
}
