using System.Text;
using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Gateway.Upstream.Amqp;

/// <summary>Device-to-cloud messages of one device (spec section 2.5).</summary>
internal sealed class AmqpTelemetryLink(ITelemetryEvents events) : ITelemetryLink, ISenderHandler
{
    private AmqpSender _sender = null!;

    /// <inheritdoc/>
    public int Credit => (int)Math.Min(int.MaxValue, _sender.Credit);

    /// <summary>Attaches the link.</summary>
    /// <exception cref="AmqpException">The hub refuses.</exception>
    public static async Task<AmqpTelemetryLink> OpenAsync(AmqpSession session, string name, string deviceId, ITelemetryEvents events, CancellationToken cancellationToken)
    {
        var link = new AmqpTelemetryLink(events);
        var settings = new LinkSettings { Name = name, Target = new Target { Address = AmqpNames.Address(deviceId, "messages/events") }, Properties = AmqpNames.LinkProperties() };
        link._sender = await session.AttachSenderAsync(settings, link, cancellationToken);
        return link;
    }

    /// <inheritdoc/>
    public LinkSend TrySend(DeviceMessage message, object token)
    {
        using var writer = new AmqpWriter();
        Encode(message).Write(writer);
        return _sender.TrySend(writer.Written, token: token) switch
        {
            SendResult.Sent => LinkSend.Sent,
            SendResult.TooLarge => LinkSend.TooLarge,
            SendResult.Detached => LinkSend.Detached,
            _ => LinkSend.Wait,
        };
    }

    /// <inheritdoc/>
    public Task CloseAsync() => _sender.DetachAsync();

    /// <inheritdoc/>
    public void OnCredit(AmqpSender sender) => events.OnRoom();

    /// <inheritdoc/>
    public void OnOutcome(AmqpSender sender, in OutgoingOutcome outcome)
    {
        if (!outcome.State.IsOutcome && !outcome.Settled) return;
        if (!outcome.Settled) sender.Settle(outcome.DeliveryId, outcome.State);
        events.OnOutcome(outcome.Token!, AmqpNames.FaultOf(outcome.State));
    }

    /// <inheritdoc/>
    public void OnDetached(AmqpSender sender, AmqpError? error) => events.OnDetached(AmqpNames.Fault(error));

    private static AmqpMessage Encode(DeviceMessage message) => new()
    {
        MessageAnnotations = message.Annotations.Count == 0 ? null : Map(message.Annotations, symbols: true),
        Properties = new MessageProperties
        {
            MessageId = message.MessageId,
            UserId = message.UserId is null ? null : Encoding.UTF8.GetBytes(message.UserId),
            CorrelationId = message.CorrelationId,
            ContentType = message.ContentType,
            ContentEncoding = message.ContentEncoding,
            AbsoluteExpiryTime = message.ExpiresAt?.ToUnixTimeMilliseconds(),
        },
        ApplicationProperties = message.Properties.Count == 0 ? null : Map(message.Properties, symbols: false),
        Data = [message.Body],
    };

    private static AmqpMap Map(IReadOnlyList<KeyValuePair<string, string>> pairs, bool symbols)
    {
        var map = new AmqpMap(pairs.Count);
        foreach (var (name, value) in pairs) map.Add(symbols ? AmqpValue.Symbol(name) : name, value);
        return map;
    }
}
