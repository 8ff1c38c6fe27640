using System.Buffers.Binary;
using System.Text;

namespace Fairlead.Protocols.Mqtt.Reading;

/// <summary>A cursor over a packet's body. The first failure is kept in <see cref="Error"/>; every method then returned false.</summary>
internal ref struct WireReader
{
    private ReadOnlySpan<byte> _rest;

    public WireReader(ReadOnlySpan<byte> source)
    {
        _rest = source;
        Error = DecodeError.None;
    }

    public DecodeError Error { get; private set; }

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public bool Fail(DecodeError error)
    {
        Error = error;
        return false;
    }

    public bool TryReadByte(string field, out byte value)
    {
        value = 0;
        if (_rest.IsEmpty)
            return Truncated(field);
        value = _rest[0];
        _rest = _rest[1..];
        return true;
    }

    public bool TryReadUInt16(string field, out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_rest, out value))
            return Truncated(field);
        _rest = _rest[2..];
        return true;
    }

    public bool TryReadUInt32(string field, out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_rest, out value))
            return Truncated(field);
        _rest = _rest[4..];
        return true;
    }

    public bool TryReadVariableByteInteger(string field, out int value)
    {
        switch (VariableByteInteger.TryRead(_rest, out value, out int length))
        {
            case DecodeStatus.Incomplete:
                return Truncated(field);
            case DecodeStatus.Failed:
                return Fail(Failure.Malformed($"{field} is longer than four bytes."));
        }

        if (length != VariableByteInteger.GetLength(value))
            return Fail(Failure.Malformed($"{field} is not in its shortest form.", "MQTT-1.5.5-1"));
        _rest = _rest[length..];
        return true;
    }

    public bool TryReadBinary(string field, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_rest, out ushort length) || _rest.Length - 2 < length)
            return Truncated(field);
        value = _rest.Slice(2, length);
        _rest = _rest[(2 + length)..];
        return true;
    }

    public bool TryReadUtf8(string field, out ReadOnlySpan<byte> value)
    {
        if (!TryReadBinary(field, out value))
            return false;
        return MqttUtf8.IsValid(value) || Fail(BadUtf8(field, value));
    }

    public bool TryReadString(string field, out string value)
    {
        value = "";
        if (!TryReadUtf8(field, out ReadOnlySpan<byte> utf8))
            return false;
        value = Encoding.UTF8.GetString(utf8);
        return true;
    }

    /// <summary>Reads a Packet Identifier, which is never 0.</summary>
    public bool TryReadPacketId(string statementId, out ushort value)
    {
        if (!TryReadUInt16("Packet Identifier", out value))
            return false;
        return value != 0 || Fail(Failure.Protocol("Packet Identifier is 0.", statementId));
    }

    /// <summary>Reads the Property Length and hands over the bytes it spans.</summary>
    public bool TryReadProperties(out ReadOnlySpan<byte> properties)
    {
        properties = default;
        if (_rest.IsEmpty)
            return Fail(Failure.Malformed("Property Length is missing.", "MQTT-2.2.2-1"));
        if (!TryReadVariableByteInteger("Property Length", out int length))
            return false;
        if (length > _rest.Length)
            return Fail(Failure.Malformed("Property Length exceeds the packet."));
        properties = _rest[..length];
        _rest = _rest[length..];
        return true;
    }

    /// <summary>Fails when bytes follow the last field.</summary>
    public bool TryFinish() => _rest.IsEmpty || Fail(Failure.Malformed($"{_rest.Length} byte(s) follow the last field of the packet."));

    public static DecodeError BadUtf8(string field, ReadOnlySpan<byte> value) => value.Contains((byte)0)
        ? Failure.Malformed($"{field} contains U+0000.", "MQTT-1.5.4-2")
        : Failure.Malformed($"{field} is not well-formed UTF-8.", "MQTT-1.5.4-1");

    private bool Truncated(string field) => Fail(Failure.Malformed($"The packet ends inside {field}."));
}
