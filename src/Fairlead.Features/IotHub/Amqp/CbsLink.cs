using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>Takes tokens (<c>$cbs</c>, spec/azure-gateway, section 2.3). A token is judged when it comes, and again at each attach.</summary>
internal sealed class CbsLink(HubConnection connection, NodeAddress address) : HubLink(connection, address, null), IReceiverHandler
{
    private const uint Window = 1000;
    private const string TokenType = "servicebus.windows.net:sastoken";

    /// <inheritdoc/>
    public override bool IsSender => false;

    /// <inheritdoc/>
    public void OnDelivery(AmqpReceiver receiver, in IncomingDelivery delivery)
    {
        if (!AmqpMessage.TryRead(delivery.Payload, out var message, out var malformed))
        {
            if (!delivery.Settled) receiver.Settle(delivery.DeliveryId, DeliveryState.Rejected(malformed));
            return;
        }

        if (!delivery.Settled) receiver.Settle(delivery.DeliveryId, DeliveryState.Accepted);
        var error = Judge(message);
        Counters.OnToken(error is null);
        if (error is not null) Services.Log.AmqpRefused(Connection.Remote, Connection.Transport.Listener, "cbs", error.ToString());
        Connection.FindReply(receiver.Session, NodeKind.Cbs, message.Properties?.ReplyTo.AsText())?.Send(Requests.Answer(message, error));
    }

    /// <inheritdoc/>
    public void OnDetached(AmqpReceiver receiver, AmqpError? error) => Ended();

    /// <inheritdoc/>
    protected override AmqpLink Open(AttachRequest request) => request.AcceptReceiver(this, new AttachReply { CreditWindow = Window, MaxMessageSize = 64 * 1024 });

    private IotHubError? Judge(AmqpMessage message)
    {
        var properties = message.ApplicationProperties;
        var audience = Audience(properties?["name"].AsText() ?? "");
        switch (properties?["operation"].AsText())
        {
            case "put-token":
                return Put(audience, properties["type"].AsText(), message.Value.AsText());
            case "delete-token":
                Connection.OnLost(Connection.Tokens.Delete(audience), IotHubError.Unauthorized("the token was deleted"));
                return null;
            case var operation:
                return IotHubError.InvalidOperation($"$cbs knows put-token and delete-token, not '{operation}'");
        }
    }

    private IotHubError? Put(string audience, string? type, string? token)
    {
        if (!string.Equals(type, TokenType, StringComparison.OrdinalIgnoreCase)) return IotHubError.ArgumentInvalid($"the type of a token must be {TokenType}");
        if (token is null) return IotHubError.ArgumentNull("the body of put-token must be the token");
        if (!Services.Credentials.TryCheckToken(token, out var grant, out var error)) return error;
        return Connection.Tokens.TryPut(audience, grant, out _)
            ? null
            : IotHubError.TooManyTokens($"a connection takes {ConnectionTokens.Most} tokens at most");
    }

    /// <summary>
    /// A name as names are compared: clients differ in encoding, scheme, port and case of the host. What a token grants is for its own
    /// <c>sr</c> to say; the name only serves to delete it.
    /// </summary>
    private static string Audience(string name)
    {
        name = Uri.UnescapeDataString(name);
        var scheme = name.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0) name = name[(scheme + 3)..];
        name = name.TrimEnd('/');
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? name : name[..slash];
        var port = host.LastIndexOf(':');
        if (port > 0) host = host[..port];
        return host.ToUpperInvariant() + (slash < 0 ? "" : name[slash..]);
    }
}
