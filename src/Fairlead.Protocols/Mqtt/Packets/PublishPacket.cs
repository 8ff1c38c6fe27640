namespace Fairlead.Protocols.Mqtt.Packets;

/// <summary>
/// PUBLISH as an object (MQTT 5, section 3.3), for clients, tools and tests. The broker's packet path uses <c>PublishView</c>,
/// which copies nothing.
/// </summary>
public sealed record PublishPacket
{
    /// <summary>Topic Name; empty only together with a <see cref="TopicAlias"/>.</summary>
    public string Topic { get; init; } = "";

    /// <summary>Payload; may be empty.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Quality of Service.</summary>
    public QualityOfService QoS { get; init; }

    /// <summary>RETAIN flag.</summary>
    public bool Retain { get; init; }

    /// <summary>DUP flag.</summary>
    public bool Dup { get; init; }

    /// <summary>Packet Identifier; 0 for QoS 0.</summary>
    public ushort PacketId { get; init; }

    /// <summary>Topic Alias; null when absent.</summary>
    public ushort? TopicAlias { get; init; }

    /// <summary>The other properties.</summary>
    public PublishProperties Properties { get; init; } = PublishProperties.None;
}
