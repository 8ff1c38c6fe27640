using System.Security.Authentication;

namespace Fairlead.Server.Configuration;

/// <summary>Certificates and handshakes.</summary>
public sealed class TlsOptions
{
    /// <summary>PEM file with the server certificate, then its intermediates; empty takes the hub's own.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>PEM file with the server's private key.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>Password of an encrypted private key.</summary>
    public string KeyPassword { get; set; } = "";

    /// <summary>PEM file with authorities whose client certificates may be let in without being registered.</summary>
    public string ClientCaFile { get; set; } = "";

    /// <summary>Further names and addresses in the hub's own server certificate.</summary>
    public IReadOnlyList<string> Names { get; set; } = [];

    /// <summary>Client certificates on <c>mqtts://</c>.</summary>
    public ClientCertificateMode MqttsClientCertificates { get; set; } = ClientCertificateMode.Optional;

    /// <summary>Client certificates on <c>wss://</c>.</summary>
    public ClientCertificateMode WssClientCertificates { get; set; } = ClientCertificateMode.Off;

    /// <summary>Client certificates on <c>tls://</c> with ALPN <c>x-amzn-mqtt-ca</c>, or without ALPN.</summary>
    public ClientCertificateMode AlpnClientCertificates { get; set; } = ClientCertificateMode.Optional;

    /// <summary>Oldest version spoken.</summary>
    public SslProtocols MinimumVersion { get; set; } = SslProtocols.Tls12;

    /// <summary>Time from the opening of the connection to the end of the handshake.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
