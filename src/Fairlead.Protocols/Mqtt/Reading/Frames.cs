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
            error = Failure.Malformed($"{PacketNames.Get(header.Type)} has the flags 0x{header.Flags:X}.", "MQTT-2.1.3-1");
        return !error.IsError;
    }
}
