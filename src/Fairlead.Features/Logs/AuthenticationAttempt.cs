using System.Net;
using Fairlead.Broker.Connections;

namespace Fairlead.Features.Logs;

/// <summary>Who tried to prove an identity and did not: what the listener knows, and what was claimed.</summary>
/// <param name="Protocol"><c>MQTT</c> or <c>HTTP</c>.</param>
/// <param name="Source">Where it came from; null when the transport has no addresses.</param>
/// <param name="Target">Where it came in; null like that.</param>
internal sealed record AuthenticationAttempt(string Protocol, IPEndPoint? Source, IPEndPoint? Target)
{
    /// <summary>Client Identifier; null when none was read yet.</summary>
    public string? ClientId { get; init; }

    /// <summary>Id of the certificate that was shown; null without one. Nothing else that is only claimed stands here.</summary>
    public string? PrincipalId { get; init; }

    /// <summary>Host name asked for by SNI; null without.</summary>
    public string? ServerName { get; init; }

    /// <summary>A CONNECT.</summary>
    public static AuthenticationAttempt From(string? clientId, TransportInfo transport) =>
        new("MQTT", transport.RemoteEndPoint as IPEndPoint, transport.LocalEndPoint as IPEndPoint)
        {
            ClientId = clientId,
            PrincipalId = transport.CertificateId,
            ServerName = transport.ServerName,
        };
}
