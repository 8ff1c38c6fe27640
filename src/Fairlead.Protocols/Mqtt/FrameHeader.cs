namespace Fairlead.Protocols.Mqtt;

/// <summary>The fixed header of a packet (MQTT 5, section 2.1.1), as read by <see cref="FrameReader"/>.</summary>
public readonly struct FrameHeader
{
    /// <summary>Creates a header.</summary>
    /// <param name="firstByte">Packet type and flags.</param>
    /// <param name="headerLength">Bytes of the fixed header, 2 to 5.</param>
    /// <param name="bodyLength">The Remaining Length.</param>
    public FrameHeader(byte firstByte, int headerLength, int bodyLength)
    {
        FirstByte = firstByte;
        HeaderLength = headerLength;
        BodyLength = bodyLength;
    }

    /// <summary>Packet type and flags as on the wire.</summary>
    public byte FirstByte { get; }

    /// <summary>Bytes of the fixed header, 2 to 5.</summary>
    public int HeaderLength { get; }

    /// <summary>The Remaining Length: bytes of variable header and payload.</summary>
    public int BodyLength { get; }

    /// <summary>Packet type: the upper four bits of <see cref="FirstByte"/>.</summary>
    public PacketType Type => (PacketType)(FirstByte >> 4);

    /// <summary>Flags: the lower four bits of <see cref="FirstByte"/>.</summary>
    public byte Flags => (byte)(FirstByte & 0x0F);

    /// <summary>Bytes of the whole packet.</summary>
    public int TotalLength => HeaderLength + BodyLength;
}
