using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Verbs.Kits;

/// <summary>A key made on this machine with the request to certify it: the private key goes nowhere else.</summary>
internal sealed class KitKey : IDisposable
{
    private readonly ECDsa _key;

    private KitKey(ECDsa key) => _key = key;

    /// <summary>ECDSA P-256.</summary>
    public static KitKey Make() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>A key that was made before.</summary>
    /// <exception cref="CryptographicException">It is none.</exception>
    public static KitKey Read(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return new KitKey(key);
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new CryptographicException("it is not a PEM file with an ECDSA key", exception);
        }
    }

    public string PrivatePem => _key.ExportPkcs8PrivateKeyPem() + "\n";

    public string PublicPem => _key.ExportSubjectPublicKeyInfoPem() + "\n";

    /// <summary>PKCS #10 with the name as common name.</summary>
    public string Request(string name)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        return new CertificateRequest(subject.Build(), _key, HashAlgorithmName.SHA256).CreateSigningRequestPem() + "\n";
    }

    /// <summary>Whether a certificate is for this key.</summary>
    public bool Fits(string certificatePem)
    {
        using var certificate = X509Certificate2.CreateFromPem(certificatePem);
        return certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(_key.ExportSubjectPublicKeyInfo());
    }

    public void Dispose() => _key.Dispose();
}
