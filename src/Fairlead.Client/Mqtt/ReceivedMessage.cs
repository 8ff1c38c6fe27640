using Fairlead.Client.Mqtt.Sessions;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Client.Mqtt;

/// <summary>An Application Message that arrived. It owns its bytes; nothing has to be given back.</summary>
public sealed class ReceivedMessage
{
    private readonly ReadOnlyMemory<byte> _rawProperties;
    private readonly InboundDelivery? _delivery;
    private readonly InboundDeliveries? _deliveries;
    private PublishProperties? _properties;

    internal ReceivedMessage(
        string topic,
        ReadOnlyMemory<byte> payload,
        ReadOnlyMemory<byte> rawProperties,
        DateTimeOffset receivedAt,
        InboundDeliveries? deliveries,
        InboundDelivery? delivery)
    {
        Topic = topic;
        Payload = payload;
        ReceivedAt = receivedAt;
        _rawProperties = rawProperties;
        _deliveries = deliveries;
        _delivery = delivery;
    }

    /// <summary>Topic Name, Topic Aliases resolved.</summary>
    public string Topic { get; }

    /// <summary>Payload; may be empty.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>When it arrived here.</summary>
    public DateTimeOffset ReceivedAt { get; }

    /// <summary>Quality of Service.</summary>
    public QualityOfService QoS { get; internal init; }

    /// <summary>RETAIN flag.</summary>
    public bool Retain { get; internal init; }

    /// <summary>DUP flag.</summary>
    public bool Dup { get; internal init; }

    /// <summary>Packet Identifier; 0 for QoS 0.</summary>
    public ushort PacketId { get; internal init; }

    /// <summary>Topic Alias it came with; 0 for none.</summary>
    public ushort TopicAlias { get; internal init; }

    /// <summary>The MQTT 5 properties; empty in 3.x.</summary>
    public PublishProperties Properties => _properties ??= _rawProperties.IsEmpty
        ? PublishProperties.None
        : PublishPropertiesReader.Read(_rawProperties.Span);

    internal int QueuedBytes => Payload.Length + _rawProperties.Length + Topic.Length;

    /// <summary>
    /// Acknowledges the message: PUBACK for QoS 1, PUBREC for QoS 2, nothing for QoS 0. Does nothing when already acknowledged, or when the
    /// connection it came on is gone and the Server will send it again. A failure code refuses the message (MQTT 5).
    /// </summary>
    /// <param name="code">Success, or a failure Reason Code.</param>
    public void Acknowledge(ReasonCode code = ReasonCode.Success)
    {
        if (_delivery is not null)
            _deliveries!.Acknowledge(_delivery, code);
    }
}
