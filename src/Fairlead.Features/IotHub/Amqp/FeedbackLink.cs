using System.Text;
using Fairlead.Amqp;
using Fairlead.Features.IotHub.CloudToDevice;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>What became of cloud-to-device messages, to a service (spec/azure-gateway, section 4.5). Readers share what there is.</summary>
internal sealed class FeedbackLink(HubConnection connection, NodeAddress address, TokenEntry token) : HubLink(connection, address, token), ISenderHandler
{
    private readonly Lock _gate = new();
    private readonly HashSet<Guid> _locked = [];
    private AmqpSender? _sender;
    private FeedbackMessage? _held;
    private IDisposable? _watch;
    private bool _ended;

    /// <inheritdoc/>
    public override bool IsSender => true;

    private IFeedbackQueue Queue => Services.CloudToDevice.Feedback;

    /// <inheritdoc/>
    public override void Start()
    {
        lock (_gate)
        {
            if (!_ended) _watch = Queue.Watch(Pump);
        }

        Pump();
    }

    /// <inheritdoc/>
    public void OnCredit(AmqpSender sender) => Pump();

    /// <inheritdoc/>
    public void OnOutcome(AmqpSender sender, in OutgoingOutcome outcome)
    {
        if (outcome.Token is not FeedbackMessage message || !(outcome.State.IsOutcome || outcome.Settled)) return;
        lock (_gate) _locked.Remove(message.LockToken);
        var error = Queue.Settle(message.LockToken, outcome.State.Kind switch
        {
            DeliveryStateKind.Accepted => Settlement.Complete,
            DeliveryStateKind.Rejected => Settlement.Reject,
            DeliveryStateKind.Released or DeliveryStateKind.Modified => Settlement.Abandon,
            _ => Settlement.Release,
        });
        if (!outcome.Settled) sender.Settle(outcome.DeliveryId, error is null ? DeliveryState.Accepted : Rejected(error));
    }

    /// <inheritdoc/>
    public void OnDetached(AmqpSender sender, AmqpError? error)
    {
        Guid[] locked;
        IDisposable? watch;
        lock (_gate)
        {
            _ended = true;
            locked = [.. _locked];
            watch = _watch;
        }

        watch?.Dispose();
        foreach (var held in locked) Queue.Settle(held, Settlement.Release);
        Ended();
    }

    /// <inheritdoc/>
    protected override AmqpLink Open(AttachRequest request) => _sender = request.AcceptSender(this);

    private void Pump()
    {
        lock (_gate)
        {
            // What could not be sent is held and tried first: given back, it would be visible at once and come round for ever.
            while (!_ended && _sender is { Credit: > 0 } sender)
            {
                var message = _held;
                if (message is null && !Queue.TryLock(out message)) return;
                _locked.Add(message.LockToken);
                _held = sender.TrySend(Encode(message), message.LockToken.ToByteArray(), message) == SendResult.Sent ? null : message;
                if (_held is not null) return;
            }
        }
    }

    private byte[] Encode(FeedbackMessage message) => new AmqpMessage
    {
        MessageAnnotations = new AmqpMap(3)
            .AddSymbol("iothub-enqueuedtime", AmqpValue.Timestamp(message.EnqueuedAt))
            .AddSymbol("iothub-deliverycount", AmqpValue.UByte((byte)Math.Min(message.DeliveryCount, byte.MaxValue)))
            .AddSymbol("x-opt-sequence-number", (ulong)message.SequenceNumber),
        Properties = new MessageProperties
        {
            UserId = Encoding.UTF8.GetBytes(Services.Options.HostNames.Count > 0 ? Services.Options.HostNames[0].Split('.', ':')[0] : "fairlead"),
            ContentType = FeedbackMessage.ContentType,
            ContentEncoding = "utf-8",
        },
        Data = [message.Body],
    }.Encode();
}
