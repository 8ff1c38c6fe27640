namespace Fairlead.Protocols.Mqtt.Packets;

/// <summary>CONNACK: the Server's answer to CONNECT (MQTT 5, section 3.2).</summary>
public sealed record ConnAckPacket
{
    /// <summary>Whether the Server resumed a stored Session.</summary>
    public bool SessionPresent { get; init; }

    /// <summary>Reason Code. For 3.x the writer maps it to a return code 0 to 5 and the reader maps it back.</summary>
    public ReasonCode ReasonCode { get; init; }

    /// <summary>Session Expiry Interval the Server uses; null when it is the requested one.</summary>
    public uint? SessionExpiryInterval { get; init; }

    /// <summary>Receive Maximum of the Server; null for 65,535.</summary>
    public ushort? ReceiveMaximum { get; init; }

    /// <summary>Maximum QoS; null for 2.</summary>
    public QualityOfService? MaximumQoS { get; init; }

    /// <summary>Retain Available; null for true.</summary>
    public bool? RetainAvailable { get; init; }

    /// <summary>Maximum Packet Size of the Server in bytes; null for no limit.</summary>
    public uint? MaximumPacketSize { get; init; }

    /// <summary>Assigned Client Identifier; null when the client named itself.</summary>
    public string? AssignedClientIdentifier { get; init; }

    /// <summary>Topic Alias Maximum of the Server; null for 0.</summary>
    public ushort? TopicAliasMaximum { get; init; }

    /// <summary>Reason String; null when absent.</summary>
    public string? ReasonString { get; init; }

    /// <summary>Wildcard Subscription Available; null for true.</summary>
    public bool? WildcardSubscriptionAvailable { get; init; }

    /// <summary>Subscription Identifiers Available; null for true.</summary>
    public bool? SubscriptionIdentifierAvailable { get; init; }

    /// <summary>Shared Subscription Available; null for true.</summary>
    public bool? SharedSubscriptionAvailable { get; init; }

    /// <summary>Server Keep Alive in seconds; null when the client's own value holds.</summary>
    public ushort? ServerKeepAlive { get; init; }

    /// <summary>Response Information; null when absent.</summary>
    public string? ResponseInformation { get; init; }

    /// <summary>Server Reference; null when absent.</summary>
    public string? ServerReference { get; init; }

    /// <summary>Authentication Method; null when absent.</summary>
    public string? AuthenticationMethod { get; init; }

    /// <summary>Authentication Data; null when absent.</summary>
    public byte[]? AuthenticationData { get; init; }

    /// <summary>User Properties in order.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];
}
