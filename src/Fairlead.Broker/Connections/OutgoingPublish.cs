using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Connections;

/// <summary>Everything that one PUBLISH to one client carries; lives on the stack.</summary>
internal readonly ref struct OutgoingPublish
{
    /// <summary>Topic Name, UTF-8.</summary>
    public required ReadOnlySpan<byte> Topic { get; init; }

    /// <summary>Forwarded properties in wire form.</summary>
    public ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>Payload.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>QoS of the delivery.</summary>
    public QualityOfService QoS { get; init; }

    /// <summary>RETAIN flag of the delivery.</summary>
    public bool Retain { get; init; }

    /// <summary>DUP flag.</summary>
    public bool Dup { get; init; }

    /// <summary>Packet Identifier; 0 for QoS 0.</summary>
    public ushort PacketId { get; init; }

    /// <summary>Whether a Message Expiry Interval is sent.</summary>
    public bool HasExpiry { get; init; }

    /// <summary>Remaining seconds [MQTT-3.3.2-6].</summary>
    public uint ExpiryInterval { get; init; }

    /// <summary>Subscription Identifiers of the matching subscriptions [MQTT-3.3.4-4].</summary>
    public ReadOnlySpan<uint> SubscriptionIdentifiers { get; init; }
}
