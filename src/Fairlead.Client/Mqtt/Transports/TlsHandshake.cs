using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Client.Mqtt.Transports;

/// <summary>One TLS handshake: its settings, and what was wrong with the server's certificate when it fails.</summary>
internal sealed class TlsHandshake
{
    private readonly TlsOptions _options;
    private readonly string _name;
    private readonly string _what;
    private readonly ServerAddress _address;
    private readonly TimeProvider _time;

    private TlsHandshake(TlsOptions options, ServerAddress address, TimeProvider time)
    {
        string name = options.ServerName ?? address.Host;
        _options = options;
        _name = name;
        _what = $"cannot connect to {address}";
        _address = address;
        _time = time;
        Settings = new SslClientAuthenticationOptions
        {
            TargetHost = name,
            EnabledSslProtocols = options.Protocols,
            RemoteCertificateValidationCallback = Validate,
            ApplicationProtocols = options.Alpn.Count == 0 ? null : [.. options.Alpn.Select(protocol => new SslApplicationProtocol(protocol))],
            ClientCertificateContext = LoadClientCertificate(),
            CertificateChainPolicy = CreateChainPolicy(),
        };
    }

    public SslClientAuthenticationOptions Settings { get; }

    /// <summary>What is wrong with the server's certificate; null while nothing is.</summary>
    public MqttException? Rejection { get; private set; }

    /// <summary>Reads the files; throws an <see cref="MqttException"/> that names the one that cannot be used.</summary>
    public static TlsHandshake Create(TlsOptions options, ServerAddress address, TimeProvider time) =>
        new(options, address, time);

    public MqttException Explain(AuthenticationException exception)
    {
        if (Rejection is not null)
            return Rejection;
        string detail = (exception.InnerException ?? exception).Message;
        return new MqttException(
            MqttFailure.Tls,
            _what,
            $"the TLS handshake failed ({OneLine(detail)})",
            "Check that the port speaks TLS, and whether the server asks for a client certificate (certificate and key)",
            innerException: exception);
    }

    /// <summary>The bytes that came back were no TLS, or the other side hung up.</summary>
    public MqttException Explain(IOException exception) => new(
        MqttFailure.Tls,
        _what,
        $"the TLS handshake broke off ({OneLine(exception.Message)})",
        $"Check that the port speaks TLS; a plain {_address.Protocol} port needs {_address.Scheme}:// and no CA file",
        innerException: exception);

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim().TrimEnd('.');

    private bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) || certificate is null)
        {
            Rejection = Reject("the server showed no certificate", $"Check that the port is that of an {_address.Protocol} server with TLS");
            return false;
        }

        using var shown = X509CertificateLoader.LoadCertificate(certificate.Export(X509ContentType.Cert));
        if (_options.VerifyChain && errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            Rejection = ExplainChain(shown, chain);
        else if (_options.VerifyName && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            Rejection = Reject($"its certificate is not for {_name} but for {NamesOf(shown)}", "Connect by one of those names, or give the name with SNI");
        return Rejection is null;
    }

    private MqttException ExplainChain(X509Certificate2 shown, X509Chain? chain)
    {
        var now = _time.GetUtcNow();
        if (new DateTimeOffset(shown.NotAfter) < now)
            return Reject($"its certificate expired on {shown.NotAfter:yyyy-MM-dd}", "Renew the server's certificate, or check the clock of this machine");
        if (new DateTimeOffset(shown.NotBefore) > now)
            return Reject($"its certificate is valid from {shown.NotBefore:yyyy-MM-dd} only", "Check the clocks of both machines");
        string trusted = _options.CaFile ?? (_options.TrustedRoots.Count > 0 ? "the given certificate authorities" : "the trust store of this machine");
        var status = chain?.ChainStatus.Select(s => s.Status).Aggregate(X509ChainStatusFlags.NoError, (a, b) => a | b) ?? X509ChainStatusFlags.NoError;
        const X509ChainStatusFlags Unknown = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;
        return (status & Unknown) != X509ChainStatusFlags.NoError
            ? Reject($"its certificate is signed by \"{shown.Issuer}\", which is not in {trusted}", "Give the CA certificate that signed it (--cafile FILE)")
            : Reject($"its certificate is not accepted ({status})", "Replace the server's certificate");
    }

    private MqttException Reject(string why, string cure) => new(MqttFailure.Tls, _what, why, cure);

    private static string NamesOf(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString())))
            .ToList();
        return names.Count > 0 ? string.Join(", ", names) : certificate.Subject;
    }

    private X509ChainPolicy CreateChainPolicy()
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        if (_options.CaFile is null && _options.TrustedRoots.Count == 0)
            return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        foreach (var root in _options.TrustedRoots)
            policy.CustomTrustStore.Add(root);
        if (_options.CaFile is not null)
            policy.CustomTrustStore.AddRange(LoadPem(_options.CaFile, "CA certificate"));
        return policy;
    }

    private SslStreamCertificateContext? LoadClientCertificate()
    {
        if (_options.ClientCertificate is { } given)
            return SslStreamCertificateContext.Create(given, null, offline: true);
        if (_options.CertificateFile is not { } file)
        {
            return _options.KeyFile is null
                ? null
                : throw Unusable(_options.KeyFile, "there is a key but no certificate", "Give the certificate too (--cert FILE)");
        }

        string keyFile = _options.KeyFile ?? file;
        var chain = LoadPem(file, "client certificate");
        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(file, keyFile);
            if (OperatingSystem.IsWindows())
                certificate = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null); // Schannel needs a key that is not ephemeral
            return SslStreamCertificateContext.Create(certificate, chain, offline: true);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw Unusable(
                keyFile,
                File.Exists(keyFile) ? $"no private key that fits {file} can be read from it ({OneLine(exception.Message)})" : "the file does not exist",
                "Give the unencrypted PEM key that belongs to the certificate (--key FILE)",
                exception);
        }
    }

    private X509Certificate2Collection LoadPem(string file, string kind)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPemFile(file);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw Unusable(
                file,
                File.Exists(file) ? $"the {kind} file cannot be read ({OneLine(exception.Message)})" : $"the {kind} file does not exist",
                "Give a PEM file that this user may read",
                exception);
        }

        return certificates.Count > 0 ? certificates : throw Unusable(file, $"the {kind} file holds no PEM certificate", "Give a file with BEGIN CERTIFICATE in it");
    }

    private static MqttException Unusable(string file, string why, string cure, Exception? cause = null) =>
        new(MqttFailure.Settings, $"cannot use {file}", why, cure, innerException: cause);
}
