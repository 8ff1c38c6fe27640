using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Targets.Kafka;

/// <summary>
/// Trust stores and key stores of Java clients, as PEM for ours. Taken are PEM itself and PKCS #12 in base64 (what keytool writes since
/// Java 9).
/// </summary>
internal static class KafkaStores
{
    /// <summary>Certificates of a trust store.</summary>
    /// <param name="store">PEM, or PKCS #12 in base64.</param>
    /// <param name="password">Password; null for none.</param>
    /// <param name="problem">What is wrong; empty when nothing is.</param>
    public static string Authorities(string store, string? password, out string problem)
    {
        problem = "";
        if (IsPem(store)) return store;
        if (!TryOpen(store, password, "ssl.truststore", out var certificates, out problem)) return "";
        return string.Join('\n', certificates.Select(static certificate => certificate.ExportCertificatePem()));
    }

    /// <summary>Certificate chain and key of a key store.</summary>
    /// <param name="store">PEM with both, or PKCS #12 in base64.</param>
    /// <param name="password">Password; null for none.</param>
    /// <param name="problem">What is wrong; empty when nothing is.</param>
    public static (string Certificates, string Key) Identity(string store, string? password, out string problem)
    {
        problem = "";
        if (IsPem(store)) return (store, store);
        if (!TryOpen(store, password, "ssl.keystore", out var certificates, out problem)) return ("", "");
        var owner = certificates.FirstOrDefault(static certificate => certificate.HasPrivateKey);
        if (owner is null)
        {
            problem = "ssl.keystore holds no private key";
            return ("", "");
        }

        using AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)owner.GetRSAPrivateKey() ?? owner.GetECDsaPrivateKey();
        if (key is null)
        {
            problem = "ssl.keystore holds a private key that is neither RSA nor of an elliptic curve";
            return ("", "");
        }

        var chain = certificates.Where(certificate => !ReferenceEquals(certificate, owner)).Prepend(owner);
        return (string.Join('\n', chain.Select(static certificate => certificate.ExportCertificatePem())), key.ExportPkcs8PrivateKeyPem());
    }

    private static bool IsPem(string store) => store.AsSpan().TrimStart().StartsWith("-----BEGIN", StringComparison.Ordinal);

    private static bool TryOpen(string store, string? password, string property, out X509Certificate2Collection certificates, out string problem)
    {
        certificates = [];
        problem = "";
        try
        {
            var bytes = Convert.FromBase64String(store);
            if (bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFE, 0xED, 0xFE, 0xED]))
            {
                problem = $"{property} is a JKS store; PKCS #12 is taken: keytool -importkeystore -deststoretype pkcs12";
                return false;
            }

            certificates = X509CertificateLoader.LoadPkcs12Collection(bytes, password, X509KeyStorageFlags.Exportable | X509KeyStorageFlags.EphemeralKeySet);
            return true;
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            problem = $"{property} is neither PEM nor PKCS #12 in base64 that its password opens";
            return false;
        }
    }
}
