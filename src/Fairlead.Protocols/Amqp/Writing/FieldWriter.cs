using System.Runtime.InteropServices;

namespace Fairlead.Protocols.Amqp.Writing;

/// <summary>Writes the fields of one performative or section, in order; nulls at the end are left out.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct FieldWriter
{
    private readonly AmqpWriter _writer;
    private readonly int _mark;
    private int _count;
    private int _lastCount;
    private int _lastEnd;

    public FieldWriter(AmqpWriter writer, ulong descriptor)
    {
        _writer = writer;
        writer.WriteDescriptor(descriptor);
        _mark = writer.BeginCompound();
        _lastEnd = writer.Length;
    }

    public void Null()
    {
        _writer.WriteNull();
        _count++;
    }

    public void Text(string? value)
    {
        if (value is null)
        {
            Null();
            return;
        }

        _writer.WriteString(value);
        Set();
    }

    public void Symbol(string? value)
    {
        if (value is null)
        {
            Null();
            return;
        }

        _writer.WriteSymbol(value);
        Set();
    }

    public void Symbols(string[]? value)
    {
        if (value is null)
        {
            Null();
            return;
        }

        _writer.WriteSymbols(value);
        Set();
    }

    public void Binary(ReadOnlySpan<byte> value)
    {
        _writer.WriteBinary(value);
        Set();
    }

    public void Boolean(bool value)
    {
        _writer.WriteBoolean(value);
        Set();
    }

    /// <summary>A boolean whose default is false, left out when it is that.</summary>
    public void Flag(bool value)
    {
        if (value) Boolean(true);
        else Null();
    }

    public void UByte(byte? value)
    {
        if (value is not { } number)
        {
            Null();
            return;
        }

        _writer.WriteUByte(number);
        Set();
    }

    public void UShort(ushort? value)
    {
        if (value is not { } number)
        {
            Null();
            return;
        }

        _writer.WriteUShort(number);
        Set();
    }

    public void UInt(uint? value)
    {
        if (value is not { } number)
        {
            Null();
            return;
        }

        _writer.WriteUInt(number);
        Set();
    }

    /// <summary>A number left out when it is the default.</summary>
    public void UIntUnless(uint value, uint standard) => UInt(value == standard ? null : value);

    public void ULong(ulong? value)
    {
        if (value is not { } number)
        {
            Null();
            return;
        }

        _writer.WriteULong(number);
        Set();
    }

    public void Timestamp(long? value)
    {
        if (value is not { } number)
        {
            Null();
            return;
        }

        _writer.WriteTimestamp(number);
        Set();
    }

    public void Map(AmqpMap? value)
    {
        if (value is null)
        {
            Null();
            return;
        }

        _writer.WriteMap(value);
        Set();
    }

    public void Value(in AmqpValue value)
    {
        _writer.WriteValue(value);
        if (value.IsNull) _count++;
        else Set();
    }

    /// <summary>Says that the caller has written one field itself.</summary>
    public void Set()
    {
        _count++;
        _lastCount = _count;
        _lastEnd = _writer.Length;
    }

    public readonly void End()
    {
        _writer.Truncate(_lastEnd);
        _writer.EndList(_mark, _lastCount);
    }
}
