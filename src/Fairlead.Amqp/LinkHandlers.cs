using System.Runtime.InteropServices;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <summary>Takes what comes on a receiving link. Called on the connection's read loop, never under its lock; must not block or throw.</summary>
public interface IReceiverHandler
{
    /// <summary>A delivery has come whole. Settle it now or later with <see cref="AmqpReceiver.Settle"/>, unless it came settled.</summary>
    /// <param name="receiver">The link.</param>
    /// <param name="delivery">The delivery; its payload and tag are valid during the call only.</param>
    void OnDelivery(AmqpReceiver receiver, in IncomingDelivery delivery);

    /// <summary>The sender has settled a delivery itself: the end of receiver-settle-mode second, or the sender gave up waiting.</summary>
    /// <param name="receiver">The link.</param>
    /// <param name="deliveryId">The delivery.</param>
    /// <param name="state">The state that it stands with at the sender.</param>
    void OnSettled(AmqpReceiver receiver, uint deliveryId, in DeliveryState state)
    {
    }

    /// <summary>The sender has answered a drain: nothing is on the way any more, credit is 0.</summary>
    /// <param name="receiver">The link.</param>
    void OnDrained(AmqpReceiver receiver)
    {
    }

    /// <summary>The link is gone, by whatever end: detach, end of the session, loss of the connection. Called once, on any thread.</summary>
    /// <param name="receiver">The link.</param>
    /// <param name="error">Why; null for an orderly end.</param>
    void OnDetached(AmqpReceiver receiver, AmqpError? error)
    {
    }
}

/// <summary>Hears about a sending link. Never called under the connection's lock; must not block or throw.</summary>
public interface ISenderHandler
{
    /// <summary>There may be room for a delivery: credit has come, or what made the link busy is over. Called on any thread, more often than needed.</summary>
    /// <param name="sender">The link. When it is draining, credit left unused when this returns is given back.</param>
    void OnCredit(AmqpSender sender)
    {
    }

    /// <summary>
    /// The receiver tells the outcome of a delivery sent with <see cref="AmqpSender.TrySend"/>, or settles it without one. When it has not
    /// settled (receiver-settle-mode second), answer with <see cref="AmqpSender.Settle"/> (spec 2.6).
    /// </summary>
    /// <param name="sender">The link.</param>
    /// <param name="outcome">Which delivery, and what of it.</param>
    void OnOutcome(AmqpSender sender, in OutgoingOutcome outcome)
    {
    }

    /// <summary>The link is gone, by whatever end. Deliveries without an outcome stay without. Called once, on any thread.</summary>
    /// <param name="sender">The link.</param>
    /// <param name="error">Why; null for an orderly end.</param>
    void OnDetached(AmqpSender sender, AmqpError? error)
    {
    }
}

/// <summary>A delivery that came.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly ref struct IncomingDelivery
{
    /// <summary>Its number, to settle it by; unique in its session while unsettled.</summary>
    public uint DeliveryId { get; init; }

    /// <summary>Its tag.</summary>
    public ReadOnlySpan<byte> Tag { get; init; }

    /// <summary>Format of the message: 0, or 0x80013700 for a batch (spec 2.5).</summary>
    public uint MessageFormat { get; init; }

    /// <summary>Whether it came settled.</summary>
    public bool Settled { get; init; }

    /// <summary>The encoded message.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }
}

/// <summary>What the receiver says about a delivery.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct OutgoingOutcome
{
    /// <summary>Its number.</summary>
    public uint DeliveryId { get; init; }

    /// <summary>What was given to <see cref="AmqpSender.TrySend"/>.</summary>
    public object? Token { get; init; }

    /// <summary>State or outcome.</summary>
    public DeliveryState State { get; init; }

    /// <summary>Whether the receiver has settled it; then nothing is left to do.</summary>
    public bool Settled { get; init; }
}

/// <summary>What became of <see cref="AmqpSender.TrySend"/>.</summary>
public enum SendResult : byte
{
    /// <summary>On its way.</summary>
    Sent,

    /// <summary>The receiver has given no credit; <see cref="ISenderHandler.OnCredit"/> comes with it.</summary>
    NoCredit,

    /// <summary>Session window or transport are full, or too much is unsettled; <see cref="ISenderHandler.OnCredit"/> comes when there is room.</summary>
    Busy,

    /// <summary>Larger than the receiver takes.</summary>
    TooLarge,

    /// <summary>The link is gone.</summary>
    Detached,
}
