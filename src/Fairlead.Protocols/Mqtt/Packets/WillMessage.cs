namespace Fairlead.Protocols.Mqtt.Packets;

/// <summary>The Will Message carried in CONNECT (MQTT 5, sections 3.1.2.5 and 3.1.3.2).</summary>
public sealed record WillMessage
{
    /// <summary>Topic Name to publish to.</summary>
    public required string Topic { get; init; }

    /// <summary>Payload; may be empty.</summary>
    public byte[] Payload { get; init; } = [];

    /// <summary>QoS of the publication.</summary>
    public QualityOfService QoS { get; init; }

    /// <summary>Whether the publication is retained.</summary>
    public bool Retain { get; init; }

    /// <summary>Will Delay Interval in seconds; 0 when absent.</summary>
    public uint DelayInterval { get; init; }

    /// <summary>Properties of the publication that will be sent.</summary>
    public PublishProperties Properties { get; init; } = PublishProperties.None;
}
