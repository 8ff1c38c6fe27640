using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Gateway.Upstream.Amqp;

/// <summary>The two links of methods or of a twin, tied together by a correlation id; when one goes, the other goes too (spec section 2.4).</summary>
internal abstract class LinkPair(Action<HubFault> onDetached) : IHubLink, IReceiverHandler, ISenderHandler
{
    private const uint Window = 50;

    private int _gone;

    /// <summary>Link to the hub.</summary>
    protected AmqpSender Sender { get; private set; } = null!;

    private AmqpReceiver Receiver { get; set; } = null!;

    /// <inheritdoc/>
    public async Task CloseAsync()
    {
        Interlocked.Exchange(ref _gone, 1);
        await Task.WhenAll(Sender.DetachAsync(), Receiver.DetachAsync());
    }

    /// <inheritdoc/>
    public void OnDelivery(AmqpReceiver receiver, in IncomingDelivery delivery)
    {
        bool read = AmqpMessage.TryRead(delivery.Payload, out var message, out _);
        if (!delivery.Settled) receiver.Settle(delivery.DeliveryId, DeliveryState.Accepted);
        if (read) OnMessage(message);
    }

    /// <inheritdoc/>
    public void OnDetached(AmqpReceiver receiver, AmqpError? error)
    {
        if (Interlocked.Exchange(ref _gone, 1) != 0) return;
        Sender?.Detach();
        OnGone(error);
    }

    /// <inheritdoc/>
    public void OnDetached(AmqpSender sender, AmqpError? error)
    {
        if (Interlocked.Exchange(ref _gone, 1) != 0) return;
        Receiver?.Detach();
        OnGone(error);
    }

    /// <summary>Attaches both. The receiver is asked for first: nothing that the hub sends at once is missed.</summary>
    /// <exception cref="AmqpException">The hub refuses one of them.</exception>
    protected async Task OpenAsync(AmqpSession session, string name, string address, string kind, SenderSettleMode? mode, CancellationToken cancellationToken)
    {
        var properties = AmqpNames.LinkProperties($"{kind}:{Guid.NewGuid():D}");
        var receiving = session.AttachReceiverAsync(
            new LinkSettings { Name = name + "-in", Source = new Source { Address = address }, SenderSettleMode = SenderSettleMode.Settled, ReceiverSettleMode = ReceiverSettleMode.First, CreditWindow = Window, Properties = properties },
            this, cancellationToken);
        var sending = session.AttachSenderAsync(
            new LinkSettings { Name = name + "-out", Target = new Target { Address = address }, SenderSettleMode = mode, ReceiverSettleMode = ReceiverSettleMode.First, Properties = properties },
            this, cancellationToken);
        try
        {
            Receiver = await receiving;
            Sender = await sending;
        }
        catch (Exception exception) when (exception is AmqpException or OperationCanceledException)
        {
            Interlocked.Exchange(ref _gone, 1);
            await DropAsync(receiving);
            await DropAsync(sending);
            throw;
        }
    }

    /// <summary>A message has come.</summary>
    protected abstract void OnMessage(AmqpMessage message);

    /// <summary>The links are gone.</summary>
    protected virtual void OnGone(AmqpError? error) => onDetached(AmqpNames.Fault(error));

    private static async Task DropAsync<T>(Task<T> attaching)
        where T : AmqpLink
    {
        try
        {
            (await attaching).Detach();
        }
        catch (Exception exception) when (exception is AmqpException or OperationCanceledException)
        {
            // It was refused too.
        }
    }
}
