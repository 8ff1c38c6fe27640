namespace Fairlead.Edge.Status;

/// <summary>Kanto's words for why there is no remote connection (spec section 10).</summary>
internal static class ConnectionCause
{
    /// <summary>Network, TLS, or a refusal other than of the credentials.</summary>
    public const string Error = "CONNECTION_ERROR";

    /// <summary>The credentials were refused.</summary>
    public const string NotAuthenticated = "CONNECTION_NOT_AUTHENTICATED";

    /// <summary>An orderly end.</summary>
    public const string Closed = "CONNECTION_CLOSED";

    /// <summary>Not tried yet, or the connector is gone.</summary>
    public const string Unknown = "CONNECTION_UNKNOWN";
}
