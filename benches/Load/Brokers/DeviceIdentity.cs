using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Load.Brokers;

// A device's certificate with its key, and a small authority for brokers that have none of their own. P-256 throughout, as in our own.
internal static class DeviceIdentity
{
    internal static X509Certificate2 CreateAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=bench authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request.CreateSelfSigned(Yesterday, Tomorrow);
    }

    internal static X509Certificate2 Issue(X509Certificate2 authority, string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 bare = request.Create(authority, Yesterday, Tomorrow.AddHours(-1), RandomNumberGenerator.GetBytes(12));
        return bare.CopyWithPrivateKey(key);
    }

    internal static (string Request, ECDsa Key) CreateRequest(string subject)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return (new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSigningRequestPem(), key);
    }

    private static DateTimeOffset Yesterday => TimeProvider.System.GetUtcNow().AddDays(-1);

    private static DateTimeOffset Tomorrow => TimeProvider.System.GetUtcNow().AddDays(1);
}
