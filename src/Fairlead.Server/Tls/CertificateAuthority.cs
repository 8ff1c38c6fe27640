using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Features.Certificates;
using Fairlead.Server.Hosting;

namespace Fairlead.Server.Tls;

/// <summary>The hub's own certificate authority: ECDSA P-256, kept in the directory <c>pki</c> of the data directory.</summary>
public sealed class CertificateAuthority : IDeviceAuthority
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan OwnLife = TimeSpan.FromDays(30 * 365);
    private static readonly TimeSpan ServerLife = TimeSpan.FromDays(397);

    // Clocks of small devices lag: a certificate is valid a little before it was made.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    private readonly TimeProvider _time;

    private CertificateAuthority(X509Certificate2 certificate, string file, TimeProvider time)
    {
        Certificate = certificate;
        File = file;
        _time = time;
    }

    /// <summary>The authority's certificate with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>PEM file of the certificate, for clients to trust.</summary>
    public string File { get; }

    /// <summary>End of its validity.</summary>
    public DateTimeOffset Expires => new(Certificate.NotAfter);

    /// <summary>Whether it was made just now.</summary>
    public bool IsNew { get; private init; }

    /// <summary>Opens the authority of a data directory, or makes one.</summary>
    /// <exception cref="HubStartException">Its files cannot be read or written.</exception>
    public static CertificateAuthority Open(string dataDirectory, TimeProvider time)
    {
        var directory = Path.Combine(dataDirectory, "pki");
        DataDirectory.Ensure(directory);
        var file = Path.Combine(directory, "ca.cert.pem");
        var keyFile = Path.Combine(directory, "ca.key.pem");
        if (System.IO.File.Exists(file) || System.IO.File.Exists(keyFile))
            return new CertificateAuthority(CertificateFiles.Load(file, keyFile, password: "").Leaf, file, time);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedName($"CN=Fairlead CA {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}, O=Fairlead");
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = time.GetUtcNow();
        var certificate = request.CreateSelfSigned(now - ClockSkew, now + OwnLife);
        CertificateFiles.Save(file, certificate, keyFile, key);
        return new CertificateAuthority(certificate, file, time) { IsNew = true };
    }

    /// <summary>Makes a server certificate with its key.</summary>
    /// <param name="names">Host names and addresses; the first becomes the common name.</param>
    public (X509Certificate2 Certificate, ECDsa Key) IssueServer(IReadOnlyList<string> names)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address)) alternatives.AddIpAddress(address);
            else alternatives.AddDnsName(name);
        }

        return Issue(names[0], alternatives.Build());
    }

    /// <inheritdoc/>
    byte[] IDeviceAuthority.Sign(X500DistinguishedName subject, PublicKey key, DateTimeOffset notAfter)
    {
        // Clients trust this authority to name the hub: a device that chooses its own subject must not be able to pose as a server.
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        Extend(request, ClientAuthentication);
        using var authorityKey = Certificate.GetECDsaPrivateKey() ?? throw new InvalidOperationException("The authority's key is no ECDSA key.");
        // AWS: a device's certificate may outlive its authority's.
        using var certificate = request.Create(
            Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(authorityKey), _time.GetUtcNow() - ClockSkew, notAfter, NewSerial());
        return certificate.RawData;
    }

    private (X509Certificate2 Certificate, ECDsa Key) Issue(string name, X509Extension alternatives)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        Extend(request, ServerAuthentication);
        request.CertificateExtensions.Add(alternatives);
        var now = _time.GetUtcNow();
        var end = now + ServerLife;
        if (end > Expires) end = Expires;
        using var bare = request.Create(Certificate, now - ClockSkew, end, NewSerial());
        return (bare.CopyWithPrivateKey(key), key);
    }

    private static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f;
        serial[0] |= 0x40;
        return serial;
    }

    private void Extend(CertificateRequest request, string purpose)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));
    }
}
