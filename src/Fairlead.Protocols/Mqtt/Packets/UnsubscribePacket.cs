namespace Fairlead.Protocols.Mqtt.Packets;

/// <summary>UNSUBSCRIBE (MQTT 5, section 3.10).</summary>
public sealed record UnsubscribePacket
{
    /// <summary>Packet Identifier, never 0.</summary>
    public ushort PacketId { get; init; }

    /// <summary>User Properties in order.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    /// <summary>The Topic Filters in request order; at least one.</summary>
    public required IReadOnlyList<string> Filters { get; init; }
}
