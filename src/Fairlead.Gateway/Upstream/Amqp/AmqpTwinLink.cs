using System.Collections.Concurrent;
using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Gateway.Upstream.Amqp;

/// <summary>The twin of one device: requests and their answers, and what the hub pushes (spec section 2.8).</summary>
internal sealed class AmqpTwinLink(Action<ReadOnlyMemory<byte>> onDesired, Action<HubFault> onDetached) : LinkPair(onDetached), ITwinLink
{
    private static readonly ReadOnlyMemory<byte> Blank = " "u8.ToArray();

    private readonly ConcurrentDictionary<string, TaskCompletionSource<HubResult<AmqpMessage>>> _asked = new(StringComparer.Ordinal);

    /// <summary>Attaches the links.</summary>
    /// <exception cref="AmqpException">The hub refuses.</exception>
    public static async Task<AmqpTwinLink> OpenAsync(
        AmqpSession session, string name, string deviceId, Action<ReadOnlyMemory<byte>> onDesired, Action<HubFault> onDetached, CancellationToken cancellationToken)
    {
        var link = new AmqpTwinLink(onDesired, onDetached);
        await link.OpenAsync(session, name, AmqpNames.Address(deviceId, "twin"), "twin", SenderSettleMode.Settled, cancellationToken);
        return link;
    }

    /// <inheritdoc/>
    public async Task<HubResult<TwinDocument>> GetAsync(CancellationToken cancellationToken)
    {
        var answer = await AskAsync("GET", null, null, Blank, cancellationToken);
        if (answer.Value is not { } message) return answer.Fault!;
        return message.Data.Count > 0 ? new TwinDocument(message.Data[0]) : HubFault.NoConnection("the hub answered without a twin");
    }

    /// <inheritdoc/>
    public async Task<HubResult<TwinVersion>> PatchReportedAsync(ReadOnlyMemory<byte> patch, long? version, CancellationToken cancellationToken)
    {
        var answer = await AskAsync("PATCH", "/properties/reported", version, patch, cancellationToken);
        return answer.Value is { } message ? new TwinVersion(message.MessageAnnotations?["version"].AsInteger() ?? 0) : answer.Fault!;
    }

    /// <inheritdoc/>
    public async Task<HubFault?> SubscribeAsync(CancellationToken cancellationToken) => (await AskAsync("PUT", AmqpNames.Desired, null, Blank, cancellationToken)).Fault;

    /// <inheritdoc/>
    protected override void OnMessage(AmqpMessage message)
    {
        var body = message.Data.Count > 0 ? message.Data[0] : default;
        if (AmqpNames.IdText(message.Properties?.CorrelationId ?? default) is not { } id)
        {
            if (!body.IsEmpty) onDesired(body);
            return;
        }

        if (!_asked.TryGetValue(id, out var answer)) return;
        int status = (int)(message.MessageAnnotations?["status"].AsInteger() ?? 500);
        var fault = HubFault.FromStatus(status, System.Text.Encoding.UTF8.GetString(body.Span));
        answer.TrySetResult(fault is null ? message : fault);
    }

    /// <inheritdoc/>
    protected override void OnGone(AmqpError? error)
    {
        foreach (var answer in _asked.Values) answer.TrySetResult(HubFault.Lost("the twin's link was lost before the hub answered"));
        base.OnGone(error);
    }

    private async Task<HubResult<AmqpMessage>> AskAsync(string operation, string? resource, long? version, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        string id = Guid.NewGuid().ToString("D");
        var annotations = new AmqpMap(3).AddSymbol("operation", operation);
        if (resource is not null) annotations.AddSymbol("resource", resource);
        if (version is { } guard) annotations.AddSymbol("version", guard);
        var message = new AmqpMessage { Properties = new MessageProperties { CorrelationId = id }, MessageAnnotations = annotations, Data = [body] };
        var answer = new TaskCompletionSource<HubResult<AmqpMessage>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[id] = answer;
        try
        {
            await Sender.SendAsync(message.Encode(), settled: true, cancellationToken: cancellationToken);
            return await answer.Task.WaitAsync(cancellationToken);
        }
        catch (AmqpException exception)
        {
            return AmqpNames.Fault(exception);
        }
        catch (OperationCanceledException)
        {
            return HubFault.Late($"the hub did not answer the twin's {operation} in time", unknown: operation == "PATCH");
        }
        finally
        {
            _asked.TryRemove(id, out _);
        }
    }
}
