namespace Fairlead.Server.Configuration;

/// <summary>Whether a TLS listener asks its clients for a certificate.</summary>
public enum ClientCertificateMode
{
    /// <summary>Never asks.</summary>
    Off,

    /// <summary>Asks; a client without one has to authenticate otherwise.</summary>
    Optional,

    /// <summary>Asks; a handshake without one fails.</summary>
    Required,
}
