namespace Fairlead.Protocols.Amqp;

/// <summary>When the sender of a link settles.</summary>
public enum SenderSettleMode : byte
{
    /// <summary>All deliveries unsettled at first.</summary>
    Unsettled = 0,

    /// <summary>All deliveries settled from the start: at most once.</summary>
    Settled = 1,

    /// <summary>Both.</summary>
    Mixed = 2,
}

/// <summary>When the receiver of a link settles.</summary>
public enum ReceiverSettleMode : byte
{
    /// <summary>At once, with the outcome.</summary>
    First = 0,

    /// <summary>Only after the sender has settled.</summary>
    Second = 1,
}

/// <summary>Attaches a link.</summary>
public sealed record Attach
{
    /// <summary>Name of the link, unique for a role between two containers.</summary>
    public required string Name { get; init; }

    /// <summary>Handle that the sender of this gives the link.</summary>
    public uint Handle { get; init; }

    /// <summary>Whether the sender of this is the link's receiver.</summary>
    public bool IsReceiver { get; init; }

    /// <summary>When the link's sender settles; null when not given, which means mixed.</summary>
    public SenderSettleMode? SenderSettleMode { get; init; }

    /// <summary>When the link's receiver settles; null when not given, which means first.</summary>
    public ReceiverSettleMode? ReceiverSettleMode { get; init; }

    /// <summary>Where messages come from; null refuses a receiver.</summary>
    public Source? Source { get; init; }

    /// <summary>Where messages go; null refuses a sender.</summary>
    public Target? Target { get; init; }

    /// <summary>Unsettled deliveries of a link that is resumed, by tag; nothing here resumes links, so it is only carried.</summary>
    public AmqpMap? Unsettled { get; init; }

    /// <summary>Whether <see cref="Unsettled"/> is not all.</summary>
    public bool IncompleteUnsettled { get; init; }

    /// <summary>First delivery-count; a sender must give it.</summary>
    public uint? InitialDeliveryCount { get; init; }

    /// <summary>Largest message that the sender of this takes, in bytes; null or 0 for any.</summary>
    public ulong? MaxMessageSize { get; init; }

    /// <summary>Extensions offered; null for none.</summary>
    public string[]? OfferedCapabilities { get; init; }

    /// <summary>Extensions wished for; null for none.</summary>
    public string[]? DesiredCapabilities { get; init; }

    /// <summary>Properties of the link, keys are symbols; null for none.</summary>
    public AmqpMap? Properties { get; init; }
}
