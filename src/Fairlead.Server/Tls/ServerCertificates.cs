using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Server.Configuration;
using Fairlead.Server.Hosting;
using Fairlead.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Tls;

/// <summary>
/// The server certificate in force and the authorities of client certificates. New handshakes take what is current; a reload never
/// touches a connection.
/// </summary>
internal sealed class ServerCertificates
{
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    private readonly HubOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CertificateAuthority _authority;
    private volatile State _state;

    /// <summary>Reads or makes everything.</summary>
    /// <exception cref="HubStartException">A file is missing, unreadable or wrong.</exception>
    public ServerCertificates(HubOptions options, CertificateAuthority authority, TimeProvider time, ILogger log)
    {
        _options = options;
        _time = time;
        _log = log;
        _authority = authority;
        _state = Load();
    }

    /// <summary>Certificate for handshakes.</summary>
    public SslStreamCertificateContext Current => _state.Context;

    /// <summary>End of the certificate's validity.</summary>
    public DateTimeOffset Expires => new(_state.Context.TargetCertificate.NotAfter);

    /// <summary>End of the own authority's validity.</summary>
    public DateTimeOffset AuthorityExpires => _authority.Expires;

    /// <summary>PEM of the own authority.</summary>
    /// <summary>Subject of the server's certificate.</summary>
    public string Subject => _state.Context.TargetCertificate.Subject;

    /// <summary>Subject of the hub's own authority.</summary>
    public string AuthoritySubject => _authority.Certificate.Subject;

    public string AuthorityPem => _authority.Certificate.ExportCertificatePem() + "\n";

    /// <summary>Files whose change asks for <see cref="Reload"/>.</summary>
    public IEnumerable<string> Files => new[] { _options.Tls.CertificateFile, _options.Tls.KeyFile, _options.Tls.ClientCaFile }.Where(static f => f.Length > 0);

    /// <summary>Whether there are authorities whose certificates are let in without being registered.</summary>
    public bool TrustsClients => _state.ClientAuthorities.Count > 0;

    /// <summary>How it is found out whether one of those authorities issued a client's certificate.</summary>
    public X509ChainPolicy NewClientPolicy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = _time.GetUtcNow().UtcDateTime,
        };
        policy.ApplicationPolicy.Add(ClientAuthentication);
        policy.CustomTrustStore.AddRange(_state.ClientAuthorities);
        return policy;
    }

    /// <summary>Reads the files again; what cannot be read leaves the former in force.</summary>
    public void Reload()
    {
        try
        {
            _state = Load();
            _log.CertificatesReloaded();
        }
        catch (HubStartException exception)
        {
            _log.CertificatesNotReloaded(exception.Message);
        }
    }

    /// <summary>Called now and then: makes a new own certificate in time, warns about one that is the user's.</summary>
    public void CheckExpiry()
    {
        if (Expires - _time.GetUtcNow() > RenewBefore) return;
        if (_options.Tls.CertificateFile.Length > 0) _log.CertificateExpires(_state.Context.TargetCertificate.Subject, Expires);
        else Reload();
    }

    private State Load()
    {
        var authorities = new X509Certificate2Collection();
        if (_options.Tls.ClientCaFile.Length > 0) authorities.AddRange(CertificateFiles.LoadAll(_options.Tls.ClientCaFile));
        // What the hub itself has issued counts while it is registered, and no longer.
        foreach (var own in authorities.Where(a => a.SubjectName.RawData.AsSpan().SequenceEqual(_authority.Certificate.SubjectName.RawData)).ToList()) authorities.Remove(own);
        if (!_options.Certificates.AllowsUnregistered) authorities.Clear();
        var (leaf, intermediates) = _options.Tls.CertificateFile.Length > 0
            ? CertificateFiles.Load(_options.Tls.CertificateFile, _options.Tls.KeyFile, _options.Tls.KeyPassword)
            : (OwnCertificate(), []);
        // Offline: no handshake ever waits for a certificate fetched from elsewhere.
        return new State(SslStreamCertificateContext.Create(leaf, intermediates, offline: true), authorities);
    }

    private X509Certificate2 OwnCertificate()
    {
        var directory = Path.GetDirectoryName(_authority.File)!;
        var file = Path.Combine(directory, "server.cert.pem");
        var keyFile = Path.Combine(directory, "server.key.pem");
        var names = MachineNames.Find(_options.Tls.Names);
        string why;
        if (!File.Exists(file) || !File.Exists(keyFile))
        {
            why = "there was none";
        }
        else
        {
            var existing = CertificateFiles.Load(file, keyFile, password: "").Leaf;
            var missing = names.FirstOrDefault(name => !Covers(existing, name));
            if (new DateTimeOffset(existing.NotAfter) - _time.GetUtcNow() <= RenewBefore) why = "the former expires soon";
            else if (missing is not null) why = $"the former did not name {missing}";
            else if (!existing.IssuerName.RawData.AsSpan().SequenceEqual(_authority.Certificate.SubjectName.RawData)) why = "the former is of another authority";
            else return existing;
        }

        var (certificate, key) = _authority.IssueServer(names);
        CertificateFiles.Save(file, certificate, keyFile, key);
        _log.CertificateMade(file, new DateTimeOffset(certificate.NotAfter), why);
        return certificate;
    }

    private static bool Covers(X509Certificate2 certificate, string name)
    {
        foreach (var extension in certificate.Extensions)
        {
            if (extension is not X509SubjectAlternativeNameExtension names) continue;
            return IPAddress.TryParse(name, out var address)
                ? names.EnumerateIPAddresses().Contains(address)
                : names.EnumerateDnsNames().Contains(name, StringComparer.OrdinalIgnoreCase);
        }

        return false;
    }

    private sealed record State(SslStreamCertificateContext Context, X509Certificate2Collection ClientAuthorities);
}
