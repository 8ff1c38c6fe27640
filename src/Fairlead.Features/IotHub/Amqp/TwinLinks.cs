using Fairlead.Amqp;
using Fairlead.Features.IotHub.Twins;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>Requests of a device about its twin (spec/azure-gateway, section 2.8).</summary>
internal sealed class TwinRequestLink(HubConnection connection, NodeAddress address, TokenEntry token, string channel)
    : HubLink(connection, address, token), IReceiverHandler
{
    private const string Reported = "/properties/reported";
    private const string Desired = "/notifications/twin/properties/desired";
    private const int LargestRequest = 256 * 1024;

    /// <inheritdoc/>
    public override bool IsSender => false;

    /// <inheritdoc/>
    public void OnDelivery(AmqpReceiver receiver, in IncomingDelivery delivery)
    {
        var isRead = AmqpMessage.TryRead(delivery.Payload, out var request, out var malformed);
        if (!delivery.Settled) receiver.Settle(delivery.DeliveryId, isRead ? DeliveryState.Accepted : DeliveryState.Rejected(malformed));
        if (!isRead) return;
        Services.Presence.OnActivity(Identity);
        _ = ServeAsync(request);
    }

    /// <inheritdoc/>
    public void OnDetached(AmqpReceiver receiver, AmqpError? error)
    {
        // Without requests there is nobody who could end the subscription.
        Connection.Twins.Find(Identity, channel)?.Unsubscribe();
        Ended();
    }

    /// <inheritdoc/>
    protected override AmqpLink Open(AttachRequest request) => request.AcceptReceiver(this, new AttachReply { CreditWindow = 100, MaxMessageSize = LargestRequest });

    private async Task ServeAsync(AmqpMessage request)
    {
        AmqpMessage answer;
        try
        {
            answer = await AnswerAsync(request).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Services.Log.AmqpLinkFailed(exception, $"twin of {Identity}");
            answer = Error(request, IotHubError.ServerError("the hub failed; its log says more"));
        }

        Connection.Twins.Find(Identity, channel)?.Send(answer);
    }

    private async ValueTask<AmqpMessage> AnswerAsync(AmqpMessage request)
    {
        var operation = request.MessageAnnotations?["operation"].AsText();
        var resource = request.MessageAnnotations?["resource"].AsText();
        switch (operation)
        {
            case "GET" when string.IsNullOrEmpty(resource):
                var twin = await Services.Twins.GetAsync(Identity, CancellationToken.None).ConfigureAwait(false);
                return twin.Error is { } none ? Error(request, none) : Answer(request, 200, null, twin.Json);
            case "PATCH" when Is(resource, Reported):
                var guard = request.MessageAnnotations?["version"].AsInteger();
                var body = request.Data.Count > 0 ? request.Data[0] : default;
                var patched = await Services.Twins.PatchReportedAsync(Identity, body, guard, CancellationToken.None).ConfigureAwait(false);
                return patched.Error is { } refusal ? Error(request, refusal) : Answer(request, 204, patched.Version, default);
            case "PUT" when Is(resource, Desired):
                Connection.Twins.Find(Identity, channel)?.Subscribe();
                return Answer(request, 200, null, default);
            case "DELETE" when Is(resource, Desired):
                Connection.Twins.Find(Identity, channel)?.Unsubscribe();
                return Answer(request, 200, null, default);
            default:
                return Error(request, IotHubError.InvalidOperation($"a twin knows no {operation} of '{resource}'"));
        }
    }

    private AmqpMessage Error(AmqpMessage request, IotHubError error) => Answer(request, error.Status, null, AmqpErrors.Body(error, Services.Time));

    // Clients wait for ever when the status is no int (section 2.8).
    private static AmqpMessage Answer(AmqpMessage request, int status, long? version, ReadOnlyMemory<byte> body)
    {
        var annotations = new AmqpMap(2).AddSymbol("status", AmqpValue.Int(status));
        if (version is { } number) annotations.AddSymbol("version", AmqpValue.Long(number));
        return new AmqpMessage
        {
            MessageAnnotations = annotations,
            Properties = new MessageProperties { CorrelationId = request.Properties?.CorrelationId ?? default },
            Data = [body],
        };
    }

    private static bool Is(string? resource, string known) => known.Equals(resource?.TrimEnd('/'), StringComparison.OrdinalIgnoreCase);
}

/// <summary>Answers about a twin, and changes of its desired properties, to a device.</summary>
internal sealed class TwinAnswerLink(HubConnection connection, NodeAddress address, TokenEntry token, string channel) : ReplyLink(connection, address, token)
{
    private readonly Lock _subscribing = new();
    private IDisposable? _subscription;
    private bool _gone;

    /// <summary>The client's name for the pair of links.</summary>
    public string Channel { get; } = channel;

    /// <inheritdoc/>
    public override void Start() => Connection.Twins.Add(this);

    /// <summary>From now on changes of desired properties are sent.</summary>
    public void Subscribe()
    {
        lock (_subscribing)
        {
            if (!_gone) _subscription ??= Services.Twins.SubscribeDesired(Identity, OnDesired);
        }
    }

    /// <summary>No more.</summary>
    public void Unsubscribe()
    {
        lock (_subscribing)
        {
            _subscription?.Dispose();
            _subscription = null;
        }
    }

    /// <inheritdoc/>
    public override void OnDetached(AmqpSender sender, AmqpError? error)
    {
        lock (_subscribing) _gone = true;
        Unsubscribe();
        Connection.Twins.Remove(this);
        base.OnDetached(sender, error);
    }

    // A change has no correlation-id: that is how clients tell it from an answer (checklist 53). Encoding copies the patch.
    private void OnDesired(DesiredChange change) => Send(new AmqpMessage
    {
        MessageAnnotations = new AmqpMap(1).AddSymbol("resource", "/notifications/twin/properties/desired"),
        Data = [change.Patch],
    });
}
