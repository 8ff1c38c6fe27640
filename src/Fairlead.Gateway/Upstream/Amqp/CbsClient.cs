using System.Collections.Concurrent;
using System.Globalization;
using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Gateway.Upstream.Amqp;

/// <summary>Puts tokens to the hub by claims-based security (spec section 2.3).</summary>
internal sealed class CbsClient : IReceiverHandler, ISenderHandler
{
    private const uint Window = 200;

    private readonly ConcurrentDictionary<string, TaskCompletionSource<HubFault?>> _asked = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<AmqpError?> _detached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AmqpSender _sender = null!;
    private long _number;

    /// <summary>Completes when one of its links is gone.</summary>
    public Task<AmqpError?> Detached => _detached.Task;

    /// <summary>Attaches its links.</summary>
    /// <exception cref="AmqpException">The hub refuses.</exception>
    public static async Task<CbsClient> OpenAsync(AmqpSession session, CancellationToken cancellationToken)
    {
        var client = new CbsClient();
        var receiving = session.AttachReceiverAsync(
            new LinkSettings { Name = "cbs-receiver", Source = new Source { Address = AmqpNames.Cbs }, Target = new Target { Address = "cbs" }, CreditWindow = Window, Properties = AmqpNames.LinkProperties() }, client, cancellationToken);
        var sending = session.AttachSenderAsync(
            new LinkSettings { Name = "cbs-sender", Target = new Target { Address = AmqpNames.Cbs }, Properties = AmqpNames.LinkProperties() }, client, cancellationToken);
        client._sender = await sending;
        await receiving;
        return client;
    }

    /// <summary>Puts a token.</summary>
    public async Task<HubFault?> PutTokenAsync(string audience, string token, CancellationToken cancellationToken)
    {
        // The hub answers with the same id of the same type; ours are strings.
        string id = Interlocked.Increment(ref _number).ToString(CultureInfo.InvariantCulture);
        var answer = new TaskCompletionSource<HubFault?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[id] = answer;
        try
        {
            var outcome = await _sender.SendAsync(Encode(id, audience, token), cancellationToken: cancellationToken);
            if (AmqpNames.FaultOf(outcome) is { } refused) return refused;
            return await answer.Task.WaitAsync(cancellationToken);
        }
        catch (AmqpException exception)
        {
            return AmqpNames.Fault(exception);
        }
        catch (OperationCanceledException)
        {
            return HubFault.Late("the hub did not answer about the token in time", unknown: false);
        }
        finally
        {
            _asked.TryRemove(id, out _);
        }
    }

    /// <inheritdoc/>
    public void OnDelivery(AmqpReceiver receiver, in IncomingDelivery delivery)
    {
        bool read = AmqpMessage.TryRead(delivery.Payload, out var message, out _);
        if (!delivery.Settled) receiver.Settle(delivery.DeliveryId, DeliveryState.Accepted);
        if (!read || AmqpNames.IdText(message.Properties?.CorrelationId ?? default) is not { } id || !_asked.TryGetValue(id, out var answer)) return;
        long status = message.ApplicationProperties?["status-code"].AsInteger() ?? 500;
        answer.TrySetResult(HubFault.FromStatus((int)status, message.ApplicationProperties?["status-description"].AsText()));
    }

    /// <inheritdoc/>
    public void OnDetached(AmqpReceiver receiver, AmqpError? error) => Fail(error);

    /// <inheritdoc/>
    public void OnDetached(AmqpSender sender, AmqpError? error) => Fail(error);

    private void Fail(AmqpError? error)
    {
        _detached.TrySetResult(error);
        foreach (var answer in _asked.Values) answer.TrySetResult(HubFault.NoConnection("the connection to the hub was lost before it answered about the token"));
    }

    private static byte[] Encode(string id, string audience, string token)
    {
        var properties = new AmqpMap(3);
        properties.Add("operation", "put-token");
        properties.Add("type", "servicebus.windows.net:sastoken");
        properties.Add("name", audience);
        return new AmqpMessage
        {
            Properties = new MessageProperties { MessageId = id, To = AmqpNames.Cbs, ReplyTo = "cbs" },
            ApplicationProperties = properties,
            Value = token,
            HasValue = true,
        }.Encode();
    }
}
