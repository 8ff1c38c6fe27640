namespace Fairlead.Protocols.Mqtt.Reading;

/// <summary>What is judged about a fixed header once the version is known.</summary>
internal static class Frames
{
    /// <summary>The Remaining Length is padded.</summary>
    public static DecodeError NotShortest { get; } = Failure.Malformed("Remaining Length is not in its shortest form.", "MQTT-1.5.5-1");

    /// <summary>Whether the Remaining Length has its shortest form; only MQTT 5 asks for it, and some 3.1.1 devices pad it.</summary>
    public static bool IsShortest(this FrameHeader header) =>
        header.HeaderLength == 2 || header.HeaderLength == 1 + VariableByteInteger.GetLength(header.BodyLength);

    /// <summary>Judges length form and flags of a packet that is not a PUBLISH.</summary>
    public static bool TryCheck(FrameHeader header, ProtocolVersion version, out DecodeError error)
    {
        error = DecodeError.None;
        if (version == ProtocolVersion.V5 && !header.IsShortest())
            error = NotShortest;
        else if (version != ProtocolVersion.V31 && (header.Flags & 0x08) != 0)
            error = IllegalFlags(header.Type, header.Flags);
        return !error.IsError;
    }

    /// <summary>The lower four bits of the first byte are not those of the type.</summary>
    public static DecodeError IllegalFlags(PacketType type, byte flags)
    {
        string statementId = type switch
        {
            PacketType.PubRel => "MQTT-3.6.1-1",
            PacketType.Subscribe => "MQTT-3.8.1-1",
            PacketType.Unsubscribe => "MQTT-3.10.1-1",
            PacketType.Disconnect => "MQTT-3.14.1-1",
            PacketType.Auth => "MQTT-3.15.1-1",
            _ => "MQTT-2.1.3-1",
        };
        return Failure.Malformed($"{PacketNames.Get(type)} has the flags {flags:b4}.", statementId);
    }
}
