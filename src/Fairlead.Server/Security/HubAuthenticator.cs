using Fairlead.Broker.Connections;
using Fairlead.Broker.Security;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Fairlead.Server.Configuration;

namespace Fairlead.Server.Security;

/// <summary>
/// Decides who a client is, in this order: its certificate, its user name with password, nobody in particular. The certificate comes
/// first because AWS SDKs fill the user name with their own version when they authenticate by certificate.
/// </summary>
internal sealed class HubAuthenticator(HubOptions options) : IAuthenticator
{
    private static readonly Principal LocalDeveloper = new("anonymous", "anonymous") { IsAdministrator = true };

    /// <inheritdoc/>
    public ValueTask<AuthenticationResult> AuthenticateAsync(ConnectPacket connect, TransportInfo transport, CancellationToken cancellationToken)
    {
        if (transport.CertificateId is { } certificate)
            return new(AuthenticationResult.Accept(new Principal("certificate", certificate)));
        return new(Anonymous(transport));
    }

    private AuthenticationResult Anonymous(TransportInfo transport)
    {
        if (options.DevMode && transport.IsLoopback) return AuthenticationResult.Accept(LocalDeveloper);
        if (options.Auth.AllowAnonymous && !options.DevMode) return AuthenticationResult.Accept(Principal.Anonymous);
        return AuthenticationResult.Refuse(
            ReasonCode.NotAuthorized,
            options.DevMode
                ? "anonymous clients may connect from this machine only; others need a user name or a client certificate"
                : "a user name with password or a client certificate is needed");
    }
}
