using Fairlead.Broker.Connections;

namespace Fairlead.Broker.Security;

/// <summary>Who asks an <see cref="IAuthorizer"/>: one identity over one connection. Made once at CONNECT and kept as long as the connection.</summary>
/// <param name="principal">Identity.</param>
/// <param name="clientId">Client Identifier, assigned by the broker if the client sent none.</param>
/// <param name="transport">Listener, addresses and client certificate.</param>
public sealed class AccessSubject(Principal principal, string clientId, TransportInfo transport)
{
    /// <summary>Before authentication.</summary>
    public static AccessSubject Nobody { get; } =
        new(Principal.Anonymous, "", new TransportInfo { Listener = "", Protocol = "", Abort = static _ => { } });

    /// <summary>Identity.</summary>
    public Principal Principal { get; } = principal;

    /// <summary>Client Identifier.</summary>
    public string ClientId { get; } = clientId;

    /// <summary>Listener, addresses and client certificate.</summary>
    public TransportInfo Transport { get; } = transport;

    /// <summary>Whether CONNECT asked for state that outlives the connection: Clean Start off, or a Session Expiry Interval above 0.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>Topic Name of the Will; null when CONNECT carried none.</summary>
    public string? WillTopic { get; init; }

    /// <summary>What the authorizer remembers for this connection; its own business.</summary>
    public object? Memory { get; set; }
}
