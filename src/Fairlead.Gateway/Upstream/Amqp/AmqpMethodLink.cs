using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Gateway.Upstream.Amqp;

/// <summary>Direct methods of one device (spec section 2.7).</summary>
internal sealed class AmqpMethodLink(Action<MethodCall> onCall, Action<HubFault> onDetached) : LinkPair(onDetached), IMethodLink
{
    /// <summary>Attaches the links.</summary>
    /// <exception cref="AmqpException">The hub refuses.</exception>
    public static async Task<AmqpMethodLink> OpenAsync(
        AmqpSession session, string name, string deviceId, Action<MethodCall> onCall, Action<HubFault> onDetached, CancellationToken cancellationToken)
    {
        var link = new AmqpMethodLink(onCall, onDetached);
        await link.OpenAsync(session, name, AmqpNames.Address(deviceId, "methods/devicebound"), "methods", mode: null, cancellationToken);
        return link;
    }

    /// <inheritdoc/>
    public async Task<HubFault?> RespondAsync(MethodCall call, int status, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var properties = new AmqpMap(1);
        properties.Add("IoThub-status", status);
        var message = new AmqpMessage
        {
            // Hubs compare by value; those that look like a uuid are sent as one.
            Properties = new MessageProperties { CorrelationId = Guid.TryParse(call.CorrelationId, out var id) ? id : call.CorrelationId },
            ApplicationProperties = properties,
            Data = [payload],
        };
        try
        {
            return AmqpNames.FaultOf(await Sender.SendAsync(message.Encode(), cancellationToken: cancellationToken));
        }
        catch (AmqpException exception)
        {
            return AmqpNames.Fault(exception);
        }
        catch (OperationCanceledException)
        {
            return HubFault.Late("the hub did not take the method's answer in time", unknown: true);
        }
    }

    /// <inheritdoc/>
    protected override void OnMessage(AmqpMessage message)
    {
        if (AmqpNames.IdText(message.Properties?.CorrelationId ?? default) is not { } id) return;
        string name = message.ApplicationProperties?["IoThub-methodname"].AsText() ?? "";
        onCall(new MethodCall(id, name, message.Data.Count > 0 ? message.Data[0] : default));
    }
}
