using System.Text;

namespace Fairlead.Protocols.Mqtt.Reading;

/// <summary>
/// Walks a block of properties and judges each against <see cref="PropertyTable"/>. Callers loop while <see cref="TryNext"/> is true
/// and then look at <see cref="Error"/>.
/// </summary>
internal ref struct PropertyReader
{
    private readonly PacketType _packet;
    private WireReader _wire;
    private ulong _seen;

    public PropertyReader(ReadOnlySpan<byte> properties, PacketType packet)
    {
        _wire = new WireReader(properties);
        _packet = packet;
    }

    /// <summary>Which property <see cref="TryNext"/> read.</summary>
    public PropertyId Id { get; private set; }

    /// <summary>Its value when it is a number.</summary>
    public uint Number { get; private set; }

    /// <summary>Its value when it is text or binary data; the name when it is a User Property.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The value of a User Property.</summary>
    public ReadOnlySpan<byte> PairValue { get; private set; }

    public readonly DecodeError Error => _wire.Error;

    /// <summary>Bytes not yet walked.</summary>
    public readonly int Remaining => _wire.Rest.Length;

    public readonly string Text => Encoding.UTF8.GetString(Bytes);

    public readonly bool Flag => Number != 0;

    public readonly UserProperty UserProperty => new(Text, Encoding.UTF8.GetString(PairValue));

    public bool TryNext()
    {
        if (_wire.IsAtEnd)
            return false;
        _wire.TryReadByte("Property Identifier", out byte id);
        ref readonly PropertyRule rule = ref PropertyTable.Get(id);
        ushort bit = PropertyTable.Bit(_packet);
        if ((rule.Packets & bit) == 0)
            return _wire.Fail(NotAllowed(id, rule));
        ulong mark = 1UL << id;
        if ((_seen & mark) != 0 && (rule.RepeatableIn & bit) == 0)
            return _wire.Fail(Failure.Protocol($"{rule.Name} appears more than once."));
        _seen |= mark;
        Id = (PropertyId)id;
        return TryReadValue(rule);
    }

    private bool TryReadValue(in PropertyRule rule)
    {
        switch (rule.Kind)
        {
            case PropertyKind.Flag:
                if (!_wire.TryReadByte(rule.Name, out byte flag))
                    return false;
                Number = flag;
                return flag <= 1 || _wire.Fail(Failure.Protocol($"{rule.Name} is {flag}; only 0 and 1 are allowed."));
            case PropertyKind.UInt16 or PropertyKind.NonZeroUInt16 or PropertyKind.Alias:
                if (!_wire.TryReadUInt16(rule.Name, out ushort two))
                    return false;
                Number = two;
                return two != 0 || rule.Kind == PropertyKind.UInt16 || _wire.Fail(Zero(rule));
            case PropertyKind.UInt32 or PropertyKind.NonZeroUInt32:
                if (!_wire.TryReadUInt32(rule.Name, out uint four))
                    return false;
                Number = four;
                return four != 0 || rule.Kind == PropertyKind.UInt32 || _wire.Fail(Zero(rule));
            case PropertyKind.NonZeroVariable:
                if (!_wire.TryReadVariableByteInteger(rule.Name, out int variable))
                    return false;
                Number = (uint)variable;
                return variable != 0 || _wire.Fail(Zero(rule));
            case PropertyKind.Binary:
                return TryReadBytes(_wire.TryReadBinary(rule.Name, out ReadOnlySpan<byte> binary), binary);
            case PropertyKind.Utf8:
                return TryReadBytes(_wire.TryReadUtf8(rule.Name, out ReadOnlySpan<byte> text), text);
            case PropertyKind.Topic:
                return TryReadBytes(_wire.TryReadUtf8(rule.Name, out ReadOnlySpan<byte> topic), topic)
                    && (TopicName.IsValid(topic) || _wire.Fail(BadTopic(rule, topic)));
            default:
                return TryReadPair();
        }
    }

    private bool TryReadBytes(bool read, ReadOnlySpan<byte> bytes)
    {
        Bytes = bytes;
        return read;
    }

    private bool TryReadPair()
    {
        if (!_wire.TryReadUtf8("User Property name", out ReadOnlySpan<byte> name)
            || !_wire.TryReadUtf8("User Property value", out ReadOnlySpan<byte> value))
            return false;
        Bytes = name;
        PairValue = value;
        return true;
    }

    private readonly DecodeError NotAllowed(byte id, in PropertyRule rule)
    {
        string packet = _packet == PropertyTable.Will ? "the Will Properties" : PacketNames.Get(_packet);
        return rule.Kind == PropertyKind.Unknown
            ? Failure.Malformed($"Property Identifier 0x{id:X2} in {packet} is not known.")
            : Failure.Malformed($"{rule.Name} is not allowed in {packet}.");
    }

    private static DecodeError Zero(in PropertyRule rule) => rule.Kind == PropertyKind.Alias
        ? Failure.Other(ReasonCode.TopicAliasInvalid, "Topic Alias is 0.", "MQTT-3.3.2-8")
        : Failure.Protocol($"{rule.Name} is 0.");

    private static DecodeError BadTopic(in PropertyRule rule, ReadOnlySpan<byte> topic) => topic.IsEmpty
        ? Failure.Protocol($"{rule.Name} is empty.", "MQTT-4.7.3-1")
        : Failure.Protocol($"{rule.Name} contains a wildcard.", "MQTT-3.3.2-14");
}
