using Fairlead.Broker.Connections;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Broker.Security;

/// <summary>Decides at CONNECT who the client is. May wait (a hook over HTTP); the connection's loop waits with it, no thread does.</summary>
public interface IAuthenticator
{
    /// <summary>Authenticates a CONNECT.</summary>
    /// <param name="connect">The packet.</param>
    /// <param name="transport">Listener, addresses and client certificate.</param>
    /// <param name="cancellationToken">Ends the wait when the connection goes away.</param>
    /// <returns>A principal, or the refusal.</returns>
    ValueTask<AuthenticationResult> AuthenticateAsync(ConnectPacket connect, TransportInfo transport, CancellationToken cancellationToken);
}

/// <summary>Answer of an <see cref="IAuthenticator"/>.</summary>
/// <param name="Principal">The identity; null when refused.</param>
/// <param name="ReasonCode">Why refused, such as 0x86 or 0x87; Success otherwise.</param>
/// <param name="Reason">One sentence for the log, and for a version 5 client's Reason String.</param>
public readonly record struct AuthenticationResult(Principal? Principal, ReasonCode ReasonCode, string Reason)
{
    /// <summary>Whether a 3.x client is cut off without a CONNACK, as where TLS itself would have refused it.</summary>
    public bool IsSilent { get; init; }

    /// <summary>What the structured log says about a refusal; null for nothing in particular.</summary>
    public AuthenticationFailure? Failure { get; init; }

    /// <summary>Accepts.</summary>
    public static AuthenticationResult Accept(Principal principal) => new(principal, ReasonCode.Success, "");

    /// <summary>Refuses.</summary>
    public static AuthenticationResult Refuse(ReasonCode code, string reason) => new(null, code, reason);
}
