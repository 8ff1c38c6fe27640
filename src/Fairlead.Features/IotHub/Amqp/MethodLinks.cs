using Fairlead.Amqp;
using Fairlead.Features.IotHub.Methods;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>Calls of direct methods to a device (spec/azure-gateway, section 2.7). It takes calls once this link has credit.</summary>
internal sealed class MethodCallLink(HubConnection connection, NodeAddress address, TokenEntry token)
    : HubLink(connection, address, token), ISenderHandler, IMethodListener
{
    private static readonly AmqpError Stolen = new(AmqpCondition.Stolen, "a later link of this device takes its calls");

    private readonly Lock _gate = new();
    private AmqpSender? _sender;
    private IDisposable? _listening;
    private bool _ended;

    /// <inheritdoc/>
    public override bool IsSender => true;

    /// <inheritdoc/>
    public bool TryCall(MethodCall call)
    {
        if (_sender is not { } sender) return false;
        var properties = new AmqpMap(1);
        properties.Add("IoThub-methodname", call.Name);
        var message = new AmqpMessage
        {
            Properties = new MessageProperties { CorrelationId = call.RequestId },
            ApplicationProperties = properties,
            Data = [call.Payload],
        };
        return sender.TrySend(message.Encode(), settled: true) == SendResult.Sent;
    }

    /// <inheritdoc/>
    public void OnReplaced() => End(Stolen);

    /// <inheritdoc/>
    public void OnCredit(AmqpSender sender)
    {
        if (sender.Credit == 0) return;
        lock (_gate)
        {
            if (_ended || _listening is not null) return;
            _listening = Waiting.Instance;
        }

        var listening = Services.Methods.Listen(Identity, this);
        lock (_gate)
        {
            if (!_ended)
            {
                _listening = listening;
                return;
            }
        }

        listening.Dispose();
    }

    /// <inheritdoc/>
    public void OnOutcome(AmqpSender sender, in OutgoingOutcome outcome)
    {
        if (!outcome.Settled) sender.Settle(outcome.DeliveryId, DeliveryState.Accepted);
    }

    /// <inheritdoc/>
    public void OnDetached(AmqpSender sender, AmqpError? error)
    {
        IDisposable? listening;
        lock (_gate)
        {
            _ended = true;
            listening = _listening;
        }

        listening?.Dispose();
        Ended();
    }

    /// <inheritdoc/>
    protected override AmqpLink Open(AttachRequest request) => _sender = request.AcceptSender(this);

    private sealed class Waiting : IDisposable
    {
        public static Waiting Instance { get; } = new();

        public void Dispose()
        {
            // Stands where the listener will be; there is nothing to end yet.
        }
    }
}

/// <summary>Answers of a device to calls of direct methods. They are matched by value: uuid and text of it are the same (checklist 51).</summary>
internal sealed class MethodAnswerLink(HubConnection connection, NodeAddress address, TokenEntry token) : HubLink(connection, address, token), IReceiverHandler
{
    private const int LargestAnswer = 256 * 1024;

    /// <inheritdoc/>
    public override bool IsSender => false;

    /// <inheritdoc/>
    public void OnDelivery(AmqpReceiver receiver, in IncomingDelivery delivery)
    {
        var error = Respond(delivery.Payload);
        Services.Presence.OnActivity(Identity);
        if (!delivery.Settled) receiver.Settle(delivery.DeliveryId, error is null ? DeliveryState.Accepted : Rejected(error));
    }

    /// <inheritdoc/>
    public void OnDetached(AmqpReceiver receiver, AmqpError? error) => Ended();

    /// <inheritdoc/>
    protected override AmqpLink Open(AttachRequest request) => request.AcceptReceiver(this, new AttachReply { CreditWindow = 100, MaxMessageSize = LargestAnswer });

    private IotHubError? Respond(ReadOnlySpan<byte> payload)
    {
        if (!MessageView.TryRead(payload, out var view, out _) || !view.TryReadProperties(out var properties)) return IotHubError.Format("the answer cannot be read");
        var id = properties?.CorrelationId ?? default;
        if (id.AsGuid() is not { } request && !Guid.TryParse(id.AsText(), out request)) return IotHubError.ArgumentInvalid("the correlation-id of an answer is that of its call");
        if (!view.TryFindApplicationProperty("IoThub-status"u8, out var value) || value.AsInteger() is not { } status || status is < int.MinValue or > int.MaxValue)
            return IotHubError.ArgumentInvalid("the answer to a call takes an IoThub-status");
        // Too late is no error of the device.
        Services.Methods.Respond(Identity, request, (int)status, view.Data);
        return null;
    }
}
