namespace Fairlead.Chaos.Clients;

/// <summary>A QoS 1 or 2 publication that its publisher still answers for.</summary>
internal sealed class Publication(ushort id, string topic, string payload, int qos, bool retain)
{
    public ushort Id { get; } = id;

    public string Topic { get; } = topic;

    public string Payload { get; } = payload;

    public int QoS { get; } = qos;

    public bool Retain { get; } = retain;

    /// <summary>PUBREC has come: from here on only PUBREL may be sent again [MQTT-4.3.3-6].</summary>
    public bool Received { get; set; }
}
