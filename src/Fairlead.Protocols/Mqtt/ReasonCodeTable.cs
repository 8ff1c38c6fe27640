namespace Fairlead.Protocols.Mqtt;

/// <summary>Which Reason Code is legal in which packet (MQTT 5, section 2.4), whatever the direction.</summary>
internal static class ReasonCodeTable
{
    public static bool IsLegal(PacketType packet, byte code) => packet switch
    {
        PacketType.ConnAck => code is 0x00 or (>= 0x80 and <= 0x8A) or 0x8C or 0x90 or 0x95 or 0x97 or (>= 0x99 and <= 0x9D) or 0x9F,
        PacketType.PubAck or PacketType.PubRec => code is 0x00 or 0x10 or 0x80 or 0x83 or 0x87 or 0x90 or 0x91 or 0x97 or 0x99,
        PacketType.PubRel or PacketType.PubComp => code is 0x00 or 0x92,
        PacketType.SubAck => code is <= 0x02 or 0x80 or 0x83 or 0x87 or 0x8F or 0x91 or 0x97 or 0x9E or 0xA1 or 0xA2,
        PacketType.UnsubAck => code is 0x00 or 0x11 or 0x80 or 0x83 or 0x87 or 0x8F or 0x91,
        PacketType.Disconnect => code is 0x00 or 0x04 or (>= 0x80 and <= 0x83) or 0x87 or 0x89 or (>= 0x8B and <= 0x90)
            or (>= 0x93 and <= 0xA2),
        PacketType.Auth => code is 0x00 or 0x18 or 0x19,
        _ => false,
    };
}
