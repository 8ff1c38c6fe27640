using Fairlead.Broker.Connections;
using Fairlead.Broker.Security;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Authorizers;

/// <summary>
/// Asks an authorizer at CONNECT, over MQTT and over WebSocket: the one that the client names, else the default one. A client that has
/// proved a certificate or a key is not asked about (spec/aws-messaging, section 1.1), nor is one whose name no authorizer has.
/// </summary>
internal sealed class AuthorizerConnect(
    AuthorizerRecords records, AuthorizerCalls calls, AuthorizedSessions sessions, ILogger<AuthorizerConnect> log) : IConnectAuthenticator
{
    /// <inheritdoc/>
    public async ValueTask<AuthenticationResult?> TryAuthenticateAsync(ConnectPacket connect, TransportInfo transport, CancellationToken cancellationToken)
    {
        if (transport.CertificateId is not null || transport.Identity is not null || records.Authorizers.Count == 0) return null;
        var request = AuthorizerRequest.From(connect, transport);
        var authorizer = request.AuthorizerName is { Length: > 0 } name ? records.Authorizers.Find(name) : records.Default;
        if (authorizer is null) return null;
        var verdict = await calls.AskAsync(authorizer, request, cancellationToken).ConfigureAwait(false);
        if (verdict.Grant is { } grant) return AuthenticationResult.Accept(sessions.Open(new AuthorizedSession(authorizer.Name, request, grant)));
        if (verdict.Kind == RefusalKind.Denied) log.AuthorizerRefused(authorizer.Name, connect.ClientId, verdict.Reason);
        else log.AuthorizerFailed(authorizer.Name, connect.ClientId, verdict.Reason);
        // What a function answered is for the log: the client is not told how it is judged.
        var refusal = verdict.Kind == RefusalKind.Unavailable
            ? AuthenticationResult.Refuse(ReasonCode.ServerUnavailable, "the authorizer cannot be asked; try again later")
            : AuthenticationResult.Refuse(ReasonCode.NotAuthorized, "refused by the authorizer");
        return refusal with { Failure = AuthorizerFailure.Of(verdict) };
    }
}
