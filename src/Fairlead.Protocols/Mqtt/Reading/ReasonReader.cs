namespace Fairlead.Protocols.Mqtt.Reading;

/// <summary>Reads what acknowledgements share: a Reason Code, a Reason String and User Properties.</summary>
internal struct ReasonReader
{
    private List<UserProperty>? _users;

    /// <summary>Reason String; null when absent.</summary>
    public string? ReasonString { get; private set; }

    /// <summary>User Properties; null when absent.</summary>
    public readonly IReadOnlyList<UserProperty>? UserProperties => _users;

    /// <summary>Takes the property that the reader stands on when it is one of the two.</summary>
    public void Take(in PropertyReader reader)
    {
        if (reader.Id == PropertyId.ReasonString)
            ReasonString = reader.Text;
        else if (reader.Id == PropertyId.UserProperty)
            (_users ??= []).Add(reader.UserProperty);
    }

    /// <summary>Reads a block in which only these two are legal.</summary>
    public bool TryReadProperties(scoped ref WireReader wire, PacketType packet)
    {
        if (!wire.TryReadProperties(out ReadOnlySpan<byte> block))
            return false;
        var properties = new PropertyReader(block, packet);
        while (properties.TryNext())
            Take(properties);
        return !properties.Error.IsError || wire.Fail(properties.Error);
    }

    /// <summary>Reads a Reason Code that is legal in the packet.</summary>
    public static bool TryReadCode(ref WireReader wire, PacketType packet, out ReasonCode code)
    {
        bool read = wire.TryReadByte("Reason Code", out byte value);
        code = (ReasonCode)value;
        return read && (ReasonCodeTable.IsLegal(packet, value)
            || wire.Fail(Failure.Protocol($"Reason Code 0x{value:X2} is not allowed in {PacketNames.Get(packet)}.", StatementId(packet))));
    }

    private static string StatementId(PacketType packet) => packet switch
    {
        PacketType.ConnAck => "MQTT-3.2.2-8",
        PacketType.PubAck => "MQTT-3.4.2-1",
        PacketType.PubRec => "MQTT-3.5.2-1",
        PacketType.PubRel => "MQTT-3.6.2-1",
        PacketType.PubComp => "MQTT-3.7.2-1",
        PacketType.SubAck => "MQTT-3.9.3-2",
        PacketType.UnsubAck => "MQTT-3.11.3-2",
        PacketType.Disconnect => "MQTT-3.14.2-1",
        _ => "MQTT-3.15.2-1",
    };
}
