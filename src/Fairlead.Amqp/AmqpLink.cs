using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <summary>A link.</summary>
public abstract class AmqpLink
{
    private protected AmqpLink()
    {
    }

    /// <summary>The session.</summary>
    public AmqpSession Session => throw new NotSupportedException();

    /// <summary>The link's name.</summary>
    public string Name => throw new NotSupportedException();

    /// <summary>What the peer said in attach; null before it did.</summary>
    public Attach? Remote => throw new NotSupportedException();

    /// <summary>Whether the link is attached at both ends.</summary>
    public bool IsAttached => throw new NotSupportedException();

    /// <summary>Anything the host wants to keep with the link.</summary>
    public object? State { get; set; }

    /// <summary>Detaches and closes the link; does not wait.</summary>
    /// <param name="error">Why; null for an orderly end.</param>
    public void Detach(AmqpError? error = null) => throw new NotSupportedException();

    /// <summary>Detaches and closes the link and waits for the peer's answer.</summary>
    /// <param name="error">Why; null for an orderly end.</param>
    public Task DetachAsync(AmqpError? error = null) => throw new NotSupportedException();
}

/// <summary>A link that this side sends on. All members may be called on any thread.</summary>
public sealed class AmqpSender : AmqpLink
{
    /// <summary>Deliveries that may be sent now.</summary>
    public uint Credit => throw new NotSupportedException();

    /// <summary>Whether the receiver asks to use the credit or give it back.</summary>
    public bool IsDraining => throw new NotSupportedException();

    /// <summary>Sends when that is possible at once. The payload is copied.</summary>
    /// <param name="payload">The encoded message.</param>
    /// <param name="tag">Delivery tag, 1 to 32 bytes, unique while unsettled; empty lets the engine choose.</param>
    /// <param name="token">Comes back in <see cref="ISenderHandler.OnOutcome"/>.</param>
    /// <param name="settled">Whether no outcome is wanted. The link's mode wins when it allows one only.</param>
    /// <param name="messageFormat">Format of the message.</param>
    public SendResult TrySend(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> tag = default, object? token = null, bool settled = false, uint messageFormat = 0) => throw new NotSupportedException();

    /// <summary>Sends, waiting for credit when there is none; done with the outcome. Sends of a link go out in the order of the calls. A settled one is done when it is on its way, as accepted.</summary>
    /// <param name="payload">The encoded message; not to be changed before this is done.</param>
    /// <param name="settled">Whether no outcome is wanted.</param>
    /// <param name="messageFormat">Format of the message.</param>
    /// <param name="cancellationToken">Gives up waiting; what is on its way already may still arrive.</param>
    /// <exception cref="AmqpException">The link has gone, or too many sends wait.</exception>
    public ValueTask<DeliveryState> SendAsync(ReadOnlyMemory<byte> payload, bool settled = false, uint messageFormat = 0, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Settles a delivery whose receiver has told an outcome without settling, and tells the receiver.</summary>
    /// <param name="deliveryId">The delivery.</param>
    /// <param name="state">The state that counts; with Azure clients never none (spec 2.6).</param>
    public void Settle(uint deliveryId, in DeliveryState state) => throw new NotSupportedException();
}

/// <summary>A link that this side receives on. All members may be called on any thread.</summary>
public sealed class AmqpReceiver : AmqpLink
{
    /// <summary>Deliveries that the sender may still send.</summary>
    public uint Credit => throw new NotSupportedException();

    /// <summary>Deliveries that came and are not settled.</summary>
    public int Unsettled => throw new NotSupportedException();

    /// <summary>Gives more credit. For links with a credit window of 0.</summary>
    /// <param name="count">Deliveries more.</param>
    public void AddCredit(uint count) => throw new NotSupportedException();

    /// <summary>Sets the credit, taking back what was given before; deliveries under way may still come. Also sets the credit window of links that have one.</summary>
    /// <param name="count">Deliveries from now on.</param>
    public void SetCredit(uint count) => throw new NotSupportedException();

    /// <summary>Asks the sender to use up its credit or give it back; <see cref="IReceiverHandler.OnDrained"/> follows.</summary>
    public void Drain() => throw new NotSupportedException();

    /// <summary>Tells the outcome of a delivery and settles it; with receiver-settle-mode second the sender settles. Unknown numbers are ignored.</summary>
    /// <param name="deliveryId">The delivery.</param>
    /// <param name="outcome">The outcome.</param>
    public void Settle(uint deliveryId, in DeliveryState outcome) => throw new NotSupportedException();
}
