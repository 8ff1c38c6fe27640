using System.Text;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Security;
using Fairlead.Features.IotHub.Credentials;
using Fairlead.Features.IotHub.Identities;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Features.IotHub.Mqtt;

/// <summary>CONNECT of the dialect: a SAS token as password, or a client certificate and none (spec/azure-gateway 3.1 and 5).</summary>
internal sealed class IotHubConnect(IHubCredentials credentials, IdentityService identities) : IConnectAuthenticator
{
    /// <inheritdoc/>
    public ValueTask<AuthenticationResult?> TryAuthenticateAsync(ConnectPacket connect, TransportInfo transport, CancellationToken cancellationToken)
    {
        if (!IotHubUserName.TryRead(connect, transport, credentials, out var name)) return default;
        return new(Authenticate(connect, transport, name));
    }

    private AuthenticationResult Authenticate(ConnectPacket connect, TransportInfo transport, IdentityName name)
    {
        // The preview of version 5 was withdrawn; its violations could not be told as this dialect tells them.
        if (connect.Version == ProtocolVersion.V5) return Refuse(ReasonCode.UnsupportedProtocolVersion, "devices of the Azure dialect speak MQTT 3.1.1");
        if (!IdentityName.TryCreate(name.DeviceId, name.ModuleId, out _)) return Refuse(ReasonCode.NotAuthorized, "the user name holds no device id");
        if (connect.ClientId != name.Key) return Refuse(ReasonCode.NotAuthorized, $"the Client Identifier is not that of the user name: {name}");
        if (connect.Will is { QoS: QualityOfService.ExactlyOnce }) return Refuse(ReasonCode.NotAuthorized, "the Will has QoS 2, devices of the Azure dialect have 0 and 1");
        if (!TryProve(connect, transport, name, out var grant, out var error)) return Refuse(ReasonCode.NotAuthorized, error.ToString());
        if (credentials.CheckIdentity(grant, name) is { } refusal)
            return Refuse(refusal.Status == 503 ? ReasonCode.ServerUnavailable : ReasonCode.NotAuthorized, refusal.ToString());
        transport.CertificateChain.Release();
        return AuthenticationResult.Accept(new IotHubPrincipal(name, grant, identities.Find(name)?.GenerationId ?? ""));
    }

    private static AuthenticationResult Refuse(ReasonCode code, string reason) => AuthenticationResult.Refuse(code, reason);

    private bool TryProve(
        ConnectPacket connect, TransportInfo transport, IdentityName name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out HubGrant? grant,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out IotHubError? error)
    {
        if (connect.Password is { Length: > 0 } password) return credentials.TryCheckToken(Encoding.UTF8.GetString(password), out grant, out error);
        if (transport.CertificateChain.Count > 0) return credentials.TryCheckCertificate(transport.CertificateChain, name, out grant, out error);
        grant = null;
        error = IotHubError.Unauthorized("there is neither a token as password nor a client certificate");
        return false;
    }
}
