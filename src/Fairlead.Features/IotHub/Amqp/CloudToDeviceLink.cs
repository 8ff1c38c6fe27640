using Fairlead.Amqp;
using Fairlead.Features.IotHub.CloudToDevice;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>
/// Messages to a device (spec/azure-gateway, section 2.6): each delivery is a locked message, its tag the lock. As many are locked as the
/// device has given credit for.
/// </summary>
internal sealed class CloudToDeviceLink(HubConnection connection, NodeAddress address, TokenEntry token)
    : HubLink(connection, address, token), ISenderHandler, ICloudToDeviceConsumer
{
    private static readonly AmqpError Stolen = new(AmqpCondition.Stolen, "a later receiver of this device has taken over");

    private AmqpSender? _sender;
    private CloudToDeviceReceiver? _receiver;
    private bool _sendsSettled;
    private LockedMessage? _held;
    private int _pumping;

    /// <inheritdoc/>
    public override bool IsSender => true;

    /// <inheritdoc/>
    public override void Start()
    {
        var receiver = Services.CloudToDevice.Attach(Identity, this);
        Volatile.Write(ref _receiver, receiver);
        // It may have gone meanwhile, and nobody would have let go of the locks.
        if (_sender is not { IsAttached: true }) receiver.Dispose();
        else Pump();
    }

    /// <inheritdoc/>
    public void OnCredit(AmqpSender sender) => Pump();

    /// <inheritdoc/>
    public void OnAvailable() => Pump();

    /// <inheritdoc/>
    public void OnReplaced() => End(Stolen);

    /// <inheritdoc/>
    public void OnOutcome(AmqpSender sender, in OutgoingOutcome outcome)
    {
        if (outcome.Token is not LockedMessage message || !(outcome.State.IsOutcome || outcome.Settled)) return;
        Counters.OnSettled();
        Services.Presence.OnActivity(Identity);
        var settlement = outcome.State.Kind switch
        {
            DeliveryStateKind.Accepted => Settlement.Complete,
            DeliveryStateKind.Rejected => Settlement.Reject,
            DeliveryStateKind.Released or DeliveryStateKind.Modified => Settlement.Abandon,
            // Settled without an outcome: as if it had never come.
            _ => Settlement.Release,
        };
        if (outcome.Settled) Services.CloudToDevice.Settle(Identity, message.LockToken, settlement);
        else _ = SettleAsync(sender, outcome.DeliveryId, message, settlement);
    }

    /// <inheritdoc/>
    public void OnDetached(AmqpSender sender, AmqpError? error)
    {
        Volatile.Read(ref _receiver)?.Dispose();
        Ended();
    }

    /// <inheritdoc/>
    protected override AmqpLink Open(AttachRequest request)
    {
        _sendsSettled = request.Attach.SenderSettleMode == SenderSettleMode.Settled;
        return _sender = request.AcceptSender(this);
    }

    /// <summary>With receiver-settle-mode second the device waits for the hub's own word, which must have a state (section 2.6).</summary>
    private async Task SettleAsync(AmqpSender sender, uint deliveryId, LockedMessage message, Settlement settlement)
    {
        IotHubError? error;
        try
        {
            error = await Services.CloudToDevice.SettleAsync(Identity, message.LockToken, settlement).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Services.Log.AmqpLinkFailed(exception, $"settlement of {Identity}");
            error = IotHubError.ServerError("the hub failed; its log says more");
        }

        sender.Settle(deliveryId, error is null ? DeliveryState.Accepted : Rejected(error));
    }

    // One thread pumps at a time; what happens meanwhile makes it go round once more.
    private void Pump()
    {
        if (Interlocked.Increment(ref _pumping) != 1) return;
        int seen;
        do
        {
            seen = Volatile.Read(ref _pumping);
            if (Volatile.Read(ref _receiver) is { } receiver && _sender is { } sender) SendAll(receiver, sender);
        }
        while (Interlocked.Add(ref _pumping, -seen) != 0);
    }

    private void SendAll(CloudToDeviceReceiver receiver, AmqpSender sender)
    {
        // What could not be sent is held and tried first: given back, it would be visible at once and come round for ever.
        while (sender.Credit > 0)
        {
            var message = _held;
            if (message is null && !receiver.TryLock(out message)) return;
            _held = null;
            var payload = CloudToDeviceMessages.Write(message, Identity);
            var result = sender.TrySend(payload, message.LockToken.ToByteArray(), message, settled: _sendsSettled);
            switch (result)
            {
                case SendResult.Sent:
                    Counters.OnDeviceBound();
                    if (_sendsSettled) receiver.Settle(message.LockToken, Settlement.Complete);
                    break;
                case SendResult.TooLarge:
                    // The device will never take it: dead letter, as if it had said so.
                    receiver.Settle(message.LockToken, Settlement.Reject);
                    break;
                default:
                    _held = message;
                    return;
            }
        }
    }
}
