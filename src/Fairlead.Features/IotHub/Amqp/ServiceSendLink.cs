using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>Messages from a service to devices; each names its device in <c>to</c> (spec/azure-gateway, section 4.5).</summary>
internal sealed class ServiceSendLink(HubConnection connection, NodeAddress address, TokenEntry token) : HubLink(connection, address, token), IReceiverHandler
{
    private const int LargestDelivery = 256 * 1024;

    /// <inheritdoc/>
    public override bool IsSender => false;

    /// <inheritdoc/>
    public void OnDelivery(AmqpReceiver receiver, in IncomingDelivery delivery) =>
        _ = FinishAsync(receiver, delivery.DeliveryId, delivery.Settled, SendAsync(delivery.Payload));

    /// <inheritdoc/>
    public void OnDetached(AmqpReceiver receiver, AmqpError? error) => Ended();

    /// <inheritdoc/>
    protected override AmqpLink Open(AttachRequest request) => request.AcceptReceiver(this, new AttachReply { CreditWindow = 100, MaxMessageSize = LargestDelivery });

    private ValueTask<IotHubError?> SendAsync(ReadOnlySpan<byte> payload)
    {
        if (AmqpMessages.Read(payload) is not { } message) return new(IotHubError.Format("the message cannot be read"));
        var to = NodeAddress.Parse(message.To);
        return to.Kind == NodeKind.CloudToDevice
            ? Services.CloudToDevice.EnqueueAsync(to.Identity, message with { To = CloudToDeviceMessages.AddressOf(to.Identity) })
            : new(IotHubError.ArgumentInvalid("to must be /devices/{device}/messages/devicebound"));
    }

    private async Task FinishAsync(AmqpReceiver receiver, uint id, bool settled, ValueTask<IotHubError?> sending)
    {
        IotHubError? error;
        try
        {
            error = await sending.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Services.Log.AmqpLinkFailed(exception, "/messages/devicebound");
            error = IotHubError.ServerError("the hub failed; its log says more");
        }

        if (!settled) receiver.Settle(id, error is null ? DeliveryState.Accepted : Rejected(error));
    }
}
