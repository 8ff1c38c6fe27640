using Fairlead.Amqp;
using Fairlead.Features.IotHub.Messages;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>
/// What a device sends (spec/azure-gateway, section 2.5). Every delivery is settled in every way that it can go, for one that is not stalls
/// some clients for good (section 7.8). Credit shrinks with the size of messages, so that a link holds a few megabytes at most.
/// </summary>
internal sealed class TelemetryLink(HubConnection connection, NodeAddress address, TokenEntry token) : HubLink(connection, address, token), IReceiverHandler
{
    /// <summary>Largest delivery that is read at all: batches, and what a message is wrapped in, are larger than a message may be.</summary>
    private const int LargestDelivery = 1024 * 1024;

    private const uint LargestWindow = 1000;
    private const uint SmallestWindow = 8;
    private const int BytesUnderWay = 8 * 1024 * 1024;

    private TelemetrySource? _source;
    private string? _sourceProof;
    private uint _window = LargestWindow;
    private int _usualSize = 1024;

    /// <inheritdoc/>
    public override bool IsSender => false;

    /// <inheritdoc/>
    public override bool IsExclusive => false;

    /// <inheritdoc/>
    public void OnDelivery(AmqpReceiver receiver, in IncomingDelivery delivery)
    {
        Adapt(receiver, delivery.Payload.Length);
        var (id, settled) = (delivery.DeliveryId, delivery.Settled);
        if (AmqpMessages.ReadAll(delivery.MessageFormat, delivery.Payload) is not { } batch)
        {
            Finish(receiver, id, settled, 0, IotHubError.Format("the message cannot be read"));
            return;
        }

        Services.Presence.OnActivity(Identity);
        ValueTask<IotHubError?> sending;
        try
        {
            sending = Services.Telemetry.SendAsync(Source(), batch);
        }
        catch (Exception exception)
        {
            Fail(receiver, id, settled, exception);
            return;
        }

        if (sending.IsCompletedSuccessfully) Finish(receiver, id, settled, batch.Length, sending.Result);
        else _ = FinishAsync(receiver, id, settled, batch.Length, sending);
    }

    /// <inheritdoc/>
    public void OnDetached(AmqpReceiver receiver, AmqpError? error) => Ended();

    /// <inheritdoc/>
    protected override AmqpLink Open(AttachRequest request) =>
        request.AcceptReceiver(this, new AttachReply { CreditWindow = LargestWindow, MaxMessageSize = LargestDelivery });

    private async Task FinishAsync(AmqpReceiver receiver, uint id, bool settled, int messages, ValueTask<IotHubError?> sending)
    {
        try
        {
            Finish(receiver, id, settled, messages, await sending.ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            Fail(receiver, id, settled, exception);
        }
    }

    private void Finish(AmqpReceiver receiver, uint id, bool settled, int messages, IotHubError? error)
    {
        Counters.OnTelemetry(messages, error is null);
        if (!settled) receiver.Settle(id, error is null ? DeliveryState.Accepted : Rejected(error));
    }

    private void Fail(AmqpReceiver receiver, uint id, bool settled, Exception exception)
    {
        Services.Log.AmqpLinkFailed(exception, $"telemetry of {Identity}");
        Finish(receiver, id, settled, 0, IotHubError.ServerError("the hub failed; its log says more"));
    }

    // A renewed token may have proved the sender in another way.
    private TelemetrySource Source()
    {
        var proof = Token!.Grant.AuthMethod;
        if (_source is { } source && ReferenceEquals(proof, _sourceProof)) return source;
        _sourceProof = proof;
        return _source = new TelemetrySource(Identity, proof, Services.Identities.Find(Identity)?.GenerationId ?? "");
    }

    private void Adapt(AmqpReceiver receiver, int size)
    {
        _usualSize += (size - _usualSize) / 8;
        var fitting = (uint)Math.Clamp(BytesUnderWay / Math.Max(Math.Max(size, _usualSize), 1), SmallestWindow, LargestWindow);
        if (fitting * 2 > _window && fitting < _window * 2) return;
        _window = fitting;
        receiver.SetCredit(fitting);
    }
}
