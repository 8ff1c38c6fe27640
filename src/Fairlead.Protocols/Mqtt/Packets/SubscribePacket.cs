namespace Fairlead.Protocols.Mqtt.Packets;

/// <summary>SUBSCRIBE (MQTT 5, section 3.8).</summary>
public sealed record SubscribePacket
{
    /// <summary>Packet Identifier, never 0.</summary>
    public ushort PacketId { get; init; }

    /// <summary>Subscription Identifier, 1 to 268,435,455; null when absent.</summary>
    public uint? SubscriptionIdentifier { get; init; }

    /// <summary>User Properties in order.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    /// <summary>The Topic Filters with their options, in request order; at least one.</summary>
    public required IReadOnlyList<SubscriptionRequest> Subscriptions { get; init; }
}

/// <summary>One Topic Filter of a SUBSCRIBE with its Subscription Options (MQTT 5, section 3.8.3.1).</summary>
/// <param name="Filter">The Topic Filter as sent; its syntax is not judged by the codec (see <c>TopicFilter</c>).</param>
/// <param name="QoS">Maximum QoS.</param>
/// <param name="NoLocal">Do not send the client's own publications; version 5.</param>
/// <param name="RetainAsPublished">Keep the RETAIN flag when forwarding; version 5.</param>
/// <param name="RetainHandling">When to send retained messages; version 5.</param>
public readonly record struct SubscriptionRequest(
    string Filter,
    QualityOfService QoS,
    bool NoLocal = false,
    bool RetainAsPublished = false,
    RetainHandling RetainHandling = RetainHandling.SendAtSubscribe);
