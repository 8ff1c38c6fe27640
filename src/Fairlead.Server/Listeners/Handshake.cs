using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Server.Configuration;
using Fairlead.Server.Tls;

namespace Fairlead.Server.Listeners;

/// <summary>One TLS handshake: its options, the judgement on the client's certificate, and what came out.</summary>
internal sealed class Handshake(ServerCertificates certificates, TlsOptions options)
{
    private string? _certificateId;
    private string? _subject;

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
                : (_, certificate, chain, errors) => Judge(mode, certificate, chain, errors),
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
        stream.NegotiatedApplicationProtocol.ToString());

    private bool Judge(ClientCertificateMode mode, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            if (mode == ClientCertificateMode.Optional) return true;
            Refusal = "the client sent no certificate, and this listener requires one";
            return false;
        }

        var trusted = !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors);
        if (!trusted && !options.AcceptUnknownClientCertificates)
        {
            Refusal = string.Create(
                CultureInfo.InvariantCulture, $"the client certificate '{certificate.Subject}' of '{certificate.Issuer}' is refused: {ReasonOf(chain)}");
            return false;
        }

        _certificateId = Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData()));
        _subject = certificate.Subject;
        return true;
    }

    private static string ReasonOf(X509Chain? chain)
    {
        foreach (var status in chain?.ChainStatus ?? [])
        {
            if (status.Status.HasFlag(X509ChainStatusFlags.PartialChain) || status.Status.HasFlag(X509ChainStatusFlags.UntrustedRoot))
                return "its issuer is neither this hub's authority nor one in Tls:ClientCaFile";
            if (status.Status.HasFlag(X509ChainStatusFlags.NotTimeValid)) return "it is expired or not valid yet";
            if (status.Status != X509ChainStatusFlags.NoError) return status.StatusInformation.ReplaceLineEndings(" ").Trim();
        }

        return "it cannot be verified";
    }
}
