using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Client.Mqtt;

/// <summary>TLS settings of a client. Files are read again for each connection, so renewed certificates are picked up by a reconnect.</summary>
public sealed record TlsOptions
{
    /// <summary>The machine's trust store, name check on, no client certificate.</summary>
    public static TlsOptions Default { get; } = new();

    /// <summary>PEM file with the certificate authorities to trust instead of the machine's trust store. Default none.</summary>
    public string? CaFile { get; init; }

    /// <summary>Certificate authorities to trust, added to those of <see cref="CaFile"/>. Default none.</summary>
    public IReadOnlyList<X509Certificate2> TrustedRoots { get; init; } = [];

    /// <summary>PEM file with the client certificate, followed by intermediates if any. Default none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file with the client's private key. Default: the same file as the certificate.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Client certificate with its private key, instead of files. Default none.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Protocols offered by ALPN, such as <c>mqtt</c> or <c>x-amzn-mqtt-ca</c>, in order of preference. Default none.</summary>
    public IReadOnlyList<string> Alpn { get; init; } = [];

    /// <summary>TLS versions offered. Default: what the system allows.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.None;

    /// <summary>Name sent as SNI and looked for in the server's certificate. Default: the host of the URL.</summary>
    public string? ServerName { get; init; }

    /// <summary>Whether the server's certificate must carry the name. Default true. Turning it off lets anybody with any trusted certificate pose as the server.</summary>
    public bool VerifyName { get; init; } = true;

    /// <summary>Whether the server's certificate must be signed by a trusted authority and be in date. Default true. Turn it off in tests only.</summary>
    public bool VerifyChain { get; init; } = true;
}
