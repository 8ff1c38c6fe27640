using Fairlead.Broker.Connections;

namespace Fairlead.Server.Listeners;

/// <summary>What a TLS handshake found out about the peer.</summary>
/// <param name="Version">Such as <c>TLS 1.3</c>.</param>
/// <param name="ServerName">Name that the client asked for; null for none.</param>
/// <param name="CertificateId">Lower-case hexadecimal SHA-256 of the client certificate's DER; null without one.</param>
/// <param name="CertificateSubject">Its subject; null without one.</param>
/// <param name="Protocol">Protocol agreed on by ALPN; empty for none.</param>
internal sealed record TlsSession(string Version, string? ServerName, string? CertificateId, string? CertificateSubject, string Protocol)
{
    /// <summary>The client's certificate and those that it sent along, until it was judged.</summary>
    public PeerCertificates Certificates { get; init; } = PeerCertificates.None;

    /// <summary>Whether an authority of <c>Tls:ClientCaFile</c> issued the client's certificate.</summary>
    public bool IsTrusted { get; init; }
}

