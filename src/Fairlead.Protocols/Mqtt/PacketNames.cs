namespace Fairlead.Protocols.Mqtt;

/// <summary>The standard's spelling of the packet types, for messages.</summary>
internal static class PacketNames
{
    private static readonly string[] Names =
    [
        "a reserved packet", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP",
        "SUBSCRIBE", "SUBACK", "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH",
    ];

    public static string Get(PacketType type) => Names[(int)type];
}
