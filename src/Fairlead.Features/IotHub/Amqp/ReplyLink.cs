using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>
/// A link on which the hub sends answers: of <c>$cbs</c>, of <c>$management</c>, and of a twin. Answers that find no credit wait, up to a number;
/// a peer that takes none while it asks more loses the link.
/// </summary>
internal class ReplyLink(HubConnection connection, NodeAddress address, TokenEntry? token) : HubLink(connection, address, token), ISenderHandler
{
    private const int MostWaiting = 1000;

    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _waiting = new();
    private AmqpSender? _sender;

    /// <inheritdoc/>
    public override bool IsSender => true;

    /// <summary>Its session.</summary>
    public AmqpSession? Session => _sender?.Session;

    /// <summary>The address that the peer gave as its own, to which answers are asked for; null for none.</summary>
    public string? Target { get; private set; }

    /// <summary>Sends, now or when there is credit. From any thread.</summary>
    public void Send(AmqpMessage message)
    {
        if (_sender is not { } sender) return;
        var encoded = message.Encode();
        bool isTooMany;
        lock (_gate)
        {
            isTooMany = _waiting.Count >= MostWaiting;
            if (!isTooMany) _waiting.Enqueue(encoded);
            Pump(sender);
        }

        if (isTooMany) End(new AmqpError(AmqpCondition.ResourceLimitExceeded, $"{MostWaiting} answers wait for credit"));
    }

    /// <inheritdoc/>
    public void OnCredit(AmqpSender sender)
    {
        lock (_gate) Pump(sender);
    }

    /// <inheritdoc/>
    public void OnOutcome(AmqpSender sender, in OutgoingOutcome outcome)
    {
        if (!outcome.Settled) sender.Settle(outcome.DeliveryId, DeliveryState.Accepted);
    }

    /// <inheritdoc/>
    public virtual void OnDetached(AmqpSender sender, AmqpError? error) => Ended();

    /// <inheritdoc/>
    protected override AmqpLink Open(AttachRequest request)
    {
        Target = request.Attach.Target?.Address.AsText();
        return _sender = request.AcceptSender(this);
    }

    // Under the gate, so that answers keep their order; sending only copies.
    private void Pump(AmqpSender sender)
    {
        while (_waiting.TryPeek(out var next))
        {
            var result = sender.TrySend(next);
            if (result is SendResult.NoCredit or SendResult.Busy) return;
            _waiting.Dequeue();
        }
    }
}
