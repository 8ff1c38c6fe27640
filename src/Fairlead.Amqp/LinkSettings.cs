using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <summary>A link that this side attaches.</summary>
public sealed record LinkSettings
{
    /// <summary>Its name; unique for its role in the session.</summary>
    public required string Name { get; init; }

    /// <summary>Where messages come from.</summary>
    public Source Source { get; init; } = new();

    /// <summary>Where messages go.</summary>
    public Target Target { get; init; } = new();

    /// <summary>When the sender settles; null leaves it open (mixed).</summary>
    public SenderSettleMode? SenderSettleMode { get; init; }

    /// <summary>When the receiver settles; null leaves it open (first).</summary>
    public ReceiverSettleMode? ReceiverSettleMode { get; init; }

    /// <summary>Receiver: largest message taken, in bytes. Default 1 MiB.</summary>
    public int MaxMessageSize { get; init; } = 1024 * 1024;

    /// <summary>
    /// Receiver: credit kept up by the engine: deliveries that may be on the way or unsettled here at a time. 0: credit is given by hand
    /// with <see cref="AmqpReceiver.AddCredit"/>. Default 0.
    /// </summary>
    public uint CreditWindow { get; init; }

    /// <summary>Sender: first delivery-count. Default 0.</summary>
    public uint InitialDeliveryCount { get; init; }

    /// <summary>Properties, keys are symbols; null for none.</summary>
    public AmqpMap? Properties { get; init; }

    /// <summary>Capabilities wished for; null for none.</summary>
    public string[]? DesiredCapabilities { get; init; }
}

/// <summary>How a listener answers an attach; what is left out mirrors what the peer sent (spec 2.4 rule 1).</summary>
public sealed record AttachReply
{
    /// <summary>Everything mirrored, credit by hand.</summary>
    public static AttachReply Mirror { get; } = new();

    /// <summary>Source to answer with, such as one with the address of a dynamic node; null mirrors the peer's.</summary>
    public Source? Source { get; init; }

    /// <summary>Target to answer with; null mirrors the peer's.</summary>
    public Target? Target { get; init; }

    /// <summary>When the sender settles; null mirrors what the peer sent, absence included.</summary>
    public SenderSettleMode? SenderSettleMode { get; init; }

    /// <summary>When the receiver settles; null mirrors what the peer sent, absence included.</summary>
    public ReceiverSettleMode? ReceiverSettleMode { get; init; }

    /// <summary>Receiver: largest message taken, in bytes; advertised and enforced. Default 1 MiB.</summary>
    public int MaxMessageSize { get; init; } = 1024 * 1024;

    /// <summary>Receiver: credit kept up by the engine, see <see cref="LinkSettings.CreditWindow"/>. Default 0: by hand.</summary>
    public uint CreditWindow { get; init; }

    /// <summary>Sender: first delivery-count. Default 0 (spec 2.4 rule 1).</summary>
    public uint InitialDeliveryCount { get; init; }

    /// <summary>Properties, keys are symbols; null for none.</summary>
    public AmqpMap? Properties { get; init; }

    /// <summary>Capabilities offered; null for none.</summary>
    public string[]? OfferedCapabilities { get; init; }
}
