namespace Fairlead.Protocols.Amqp;

/// <summary>The source of a link: where messages come from.</summary>
public sealed record Source
{
    /// <summary>The node: normally a string; null when asked to be dynamic or anonymous.</summary>
    public AmqpValue Address { get; init; }

    /// <summary>What is durable: 0 nothing, 1 the configuration, 2 the unsettled state too.</summary>
    public uint Durable { get; init; }

    /// <summary>When the terminus expires; null for the default, <c>session-end</c>.</summary>
    public string? ExpiryPolicy { get; init; }

    /// <summary>Seconds until it expires.</summary>
    public uint Timeout { get; init; }

    /// <summary>Whether the peer shall create a node.</summary>
    public bool Dynamic { get; init; }

    /// <summary>Properties of a node to be created; null for none.</summary>
    public AmqpMap? DynamicNodeProperties { get; init; }

    /// <summary><c>move</c> or <c>copy</c>; null for the node's own.</summary>
    public string? DistributionMode { get; init; }

    /// <summary>Filters by name, described values; null for none.</summary>
    public AmqpMap? Filter { get; init; }

    /// <summary>Outcome of deliveries settled without one; null value for none.</summary>
    public AmqpValue DefaultOutcome { get; init; }

    /// <summary>Outcomes that can be chosen, symbols; null for all.</summary>
    public string[]? Outcomes { get; init; }

    /// <summary>Capabilities, symbols; null for none.</summary>
    public string[]? Capabilities { get; init; }
}

/// <summary>The target of a link: where messages go.</summary>
public sealed record Target
{
    /// <summary>The node: normally a string; null when asked to be dynamic or anonymous.</summary>
    public AmqpValue Address { get; init; }

    /// <summary>What is durable: 0 nothing, 1 the configuration, 2 the unsettled state too.</summary>
    public uint Durable { get; init; }

    /// <summary>When the terminus expires; null for the default, <c>session-end</c>.</summary>
    public string? ExpiryPolicy { get; init; }

    /// <summary>Seconds until it expires.</summary>
    public uint Timeout { get; init; }

    /// <summary>Whether the peer shall create a node.</summary>
    public bool Dynamic { get; init; }

    /// <summary>Properties of a node to be created; null for none.</summary>
    public AmqpMap? DynamicNodeProperties { get; init; }

    /// <summary>Capabilities, symbols; null for none.</summary>
    public string[]? Capabilities { get; init; }

    /// <summary>Whether this is no target but the coordinator of transactions, which nothing here offers.</summary>
    public bool IsCoordinator { get; init; }
}
