using System.Security.Cryptography;
using System.Text;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Security;
using Fairlead.Edge.Configuration;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Edge.Local;

/// <summary>
/// Who may use the embedded broker: everybody who reaches its port, or, when <c>localUsername</c> is set, who knows it and its password.
/// The connector's own clients come from inside the process.
/// </summary>
internal sealed class EmbeddedAccess(LocalOptions local) : IAuthenticator, IAuthorizer
{
    /// <summary>Name of the listener inside the process.</summary>
    public const string Inside = "inside";

    private readonly byte[]? _password = local.UserName is null ? null : Encoding.UTF8.GetBytes(local.Password ?? "");

    /// <inheritdoc/>
    public ValueTask<AuthenticationResult> AuthenticateAsync(ConnectPacket connect, TransportInfo transport, CancellationToken cancellationToken)
    {
        bool inside = transport.Protocol == Inside;
        // Nobody outside may throw the connector's own Sessions out.
        if (!inside && (connect.ClientId == local.IntakeClientId || connect.ClientId == local.StatusClientId))
            return ValueTask.FromResult(AuthenticationResult.Refuse(ReasonCode.ClientIdentifierNotValid, "this client identifier belongs to the edge connector"));
        bool known = inside || _password is null
            || (connect.UserName == local.UserName && CryptographicOperations.FixedTimeEquals(connect.Password ?? [], _password));
        return ValueTask.FromResult(known
            ? AuthenticationResult.Accept(Principal.Anonymous)
            : AuthenticationResult.Refuse(ReasonCode.BadUserNameOrPassword, "unknown user name or wrong password"));
    }

    /// <inheritdoc/>
    public bool Governs(AccessSubject subject) => false;

    /// <inheritdoc/>
    public Decision Authorize(in AccessRequest request) => new(true);
}
