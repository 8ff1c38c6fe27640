using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Broker.Connections;
using Fairlead.Server.Configuration;
using Fairlead.Server.Tls;

namespace Fairlead.Server.Listeners;

/// <summary>One TLS handshake: its options, the client's certificate, and what came out.</summary>
internal sealed class Handshake(ServerCertificates certificates, TlsOptions options)
{
    // Nobody's chain is longer; who sends more sends it in vain.
    private const int MostFurther = 8;

    private string? _certificateId;
    private string? _subject;
    private PeerCertificates _sent = PeerCertificates.None;
    private bool _isTrusted;

    /// <summary>Why the client's certificate was refused; null when it was not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Options for the library.</summary>
    /// <param name="mode">Whether to ask for a certificate.</param>
    /// <param name="protocols">Protocols to agree on by ALPN; empty to leave ALPN alone.</param>
    public SslServerAuthenticationOptions OptionsFor(ClientCertificateMode mode, string[] protocols)
    {
        var result = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificates.Current,
            EnabledSslProtocols = options.MinimumVersion == SslProtocols.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = mode != ClientCertificateMode.Off,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = mode == ClientCertificateMode.Off ? null : certificates.NewClientPolicy(),
            RemoteCertificateValidationCallback = mode == ClientCertificateMode.Off
                ? null
                : (_, certificate, chain, errors) => Take(mode, certificate, chain, errors),
        };
        if (protocols.Length > 0) result.ApplicationProtocols = [.. protocols.Select(static name => new SslApplicationProtocol(name))];
        return result;
    }

    /// <summary>What the finished handshake found out.</summary>
    public TlsSession Describe(SslStream stream) => new(
        stream.SslProtocol == SslProtocols.Tls13 ? "TLS 1.3" : "TLS 1.2",
        string.IsNullOrEmpty(stream.TargetHostName) ? null : stream.TargetHostName,
        _certificateId,
        _subject,
        stream.NegotiatedApplicationProtocol.ToString())
    {
        Certificates = _sent,
        IsTrusted = _isTrusted,
    };

    /// <summary>
    /// Any certificate will do here: its holder has proved to have the key, and what that is worth is decided by the registry, at CONNECT
    /// and with each HTTP request (spec/aws-registry-and-policies, section 7).
    /// </summary>
    private bool Take(ClientCertificateMode mode, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            if (mode == ClientCertificateMode.Optional) return true;
            Refusal = "the client sent no certificate, and this listener requires one";
            return false;
        }

        var own = certificate.GetRawCertData();
        _certificateId = Convert.ToHexStringLower(SHA256.HashData(own));
        _subject = SubjectOf(certificate);
        _isTrusted = certificates.TrustsClients && !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors);
        var sent = new List<ReadOnlyMemory<byte>>(2) { own };
        foreach (var further in chain?.ChainPolicy.ExtraStore ?? [])
        {
            if (sent.Count <= MostFurther && !further.RawDataMemory.Span.SequenceEqual(own)) sent.Add(further.RawData);
        }

        _sent = new PeerCertificates(sent);
        return true;
    }

    // Anybody may send any bytes as a name.
    private static string SubjectOf(X509Certificate certificate)
    {
        try
        {
            return certificate.Subject;
        }
        catch (CryptographicException)
        {
            return "unreadable";
        }
    }
}
