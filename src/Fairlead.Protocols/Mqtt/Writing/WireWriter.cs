using System.Buffers.Binary;
using System.Text;

namespace Fairlead.Protocols.Mqtt.Writing;

/// <summary>
/// Writes fields into a span, or only counts their bytes: each packet describes itself once, is counted first and then written into
/// exactly the space it needs.
/// </summary>
internal ref struct WireWriter
{
    private readonly Span<byte> _destination;
    private readonly bool _counts;

    public WireWriter(Span<byte> destination) => _destination = destination;

    private WireWriter(bool counts) => _counts = counts;

    public static WireWriter Counter => new(counts: true);

    public int Position { get; private set; }

    public void WriteByte(byte value)
    {
        if (!_counts)
            _destination[Position] = value;
        Position++;
    }

    public void WriteUInt16(ushort value)
    {
        if (!_counts)
            BinaryPrimitives.WriteUInt16BigEndian(_destination[Position..], value);
        Position += 2;
    }

    public void WriteUInt32(uint value)
    {
        if (!_counts)
            BinaryPrimitives.WriteUInt32BigEndian(_destination[Position..], value);
        Position += 4;
    }

    public void WriteVariable(int value) =>
        Position += _counts ? VariableByteInteger.GetLength(value) : VariableByteInteger.Write(_destination[Position..], value);

    public void WriteRaw(ReadOnlySpan<byte> value)
    {
        if (!_counts)
            value.CopyTo(_destination[Position..]);
        Position = checked(Position + value.Length);
    }

    public void WriteBinary(ReadOnlySpan<byte> value)
    {
        WriteUInt16(FieldLength(value.Length));
        WriteRaw(value);
    }

    public void WriteString(string value)
    {
        if (_counts)
        {
            Position += 2 + FieldLength(Encoding.UTF8.GetByteCount(value));
            return;
        }

        int length = Encoding.UTF8.GetBytes(value, _destination[(Position + 2)..]);
        WriteUInt16((ushort)length);
        Position += length;
    }

    public void WriteFlag(PropertyId id, bool? value)
    {
        if (value is not bool flag)
            return;
        WriteByte((byte)id);
        WriteByte(flag ? (byte)1 : (byte)0);
    }

    public void WriteUInt16(PropertyId id, ushort? value)
    {
        if (value is not ushort number)
            return;
        WriteByte((byte)id);
        WriteUInt16(number);
    }

    public void WriteUInt32(PropertyId id, uint? value)
    {
        if (value is not uint number)
            return;
        WriteByte((byte)id);
        WriteUInt32(number);
    }

    public void WriteVariable(PropertyId id, uint? value)
    {
        if (value is not uint number)
            return;
        if (number > VariableByteInteger.MaxValue)
            throw new ArgumentException($"{number} cannot be sent as a Variable Byte Integer: the limit is 268,435,455.", nameof(value));
        WriteByte((byte)id);
        WriteVariable((int)number);
    }

    public void WriteString(PropertyId id, string? value)
    {
        if (value is null)
            return;
        WriteByte((byte)id);
        WriteString(value);
    }

    public void WriteBinary(PropertyId id, byte[]? value)
    {
        if (value is null)
            return;
        WriteByte((byte)id);
        WriteBinary(value);
    }

    public void WriteUserProperties(IReadOnlyList<UserProperty>? properties)
    {
        for (int i = 0; i < (properties?.Count ?? 0); i++)
        {
            WriteByte((byte)PropertyId.UserProperty);
            WriteString(properties![i].Name);
            WriteString(properties[i].Value);
        }
    }

    /// <summary>Writes the Property Length and the properties.</summary>
    public void WriteProperties<TLayout, TPacket>(TPacket packet)
        where TLayout : IPropertiesLayout<TPacket>
    {
        WireWriter counter = Counter;
        TLayout.WriteProperties(ref counter, packet);
        WriteVariable(counter.Position);
        TLayout.WriteProperties(ref this, packet);
    }

    private static ushort FieldLength(int length) =>
        length <= ushort.MaxValue
            ? (ushort)length
            : throw new ArgumentException($"A field of {length} bytes cannot be sent: the limit is 65,535.");
}
