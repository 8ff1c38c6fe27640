using System.Buffers;
using System.Security.Cryptography;
using Fairlead.Server.Hosting;

namespace Fairlead.Server.Tls;

/// <summary>The files with which a client connects by certificate; they are named as AWS IoT names those of its connection kit.</summary>
/// <param name="CertificateId">Lower-case hexadecimal SHA-256 of the certificate's DER: its principal at the hub.</param>
/// <param name="CertificateFile">Certificate.</param>
/// <param name="PrivateKeyFile">Private key, readable by its owner alone.</param>
/// <param name="PublicKeyFile">Public key.</param>
/// <param name="RootFile">Certificate of the authority, for the client to trust the hub.</param>
public sealed record ClientKit(string CertificateId, string CertificateFile, string PrivateKeyFile, string PublicKeyFile, string RootFile)
{
    private static readonly SearchValues<char> FileNameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-:");

    /// <summary>Whether a name can be part of a file name: nothing that leads elsewhere.</summary>
    public static bool IsFileName(string name) =>
        name.Length is > 0 and <= 128 && name[0] != '.' && !name.AsSpan().ContainsAnyExcept(FileNameCharacters);

    /// <summary>The first file of the kit that exists already; null for none.</summary>
    public static string? Existing(string directory, string name)
    {
        foreach (var ending in (string[])[".private.key", ".cert.pem", ".public.key"])
        {
            var file = Path.Combine(directory, name + ending);
            if (File.Exists(file)) return file;
        }

        return null;
    }

    /// <summary>Makes a client certificate and writes the kit.</summary>
    /// <param name="authority">Who signs.</param>
    /// <param name="name">Common name.</param>
    /// <param name="life">Validity.</param>
    /// <param name="directory">Where to; made with mode 0700 when missing.</param>
    /// <exception cref="HubStartException">A file cannot be written.</exception>
    public static ClientKit Issue(CertificateAuthority authority, string name, TimeSpan life, string directory)
    {
        DataDirectory.Ensure(directory);
        var (certificate, key) = authority.IssueClient(name, life);
        using (key)
        using (certificate)
        {
            var kit = new ClientKit(
                Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)),
                Path.Combine(directory, name + ".cert.pem"),
                Path.Combine(directory, name + ".private.key"),
                Path.Combine(directory, name + ".public.key"),
                Path.Combine(directory, "root-CA.crt"));
            CertificateFiles.Save(kit.CertificateFile, certificate, kit.PrivateKeyFile, key);
            DataDirectory.WritePublic(kit.PublicKeyFile, key.ExportSubjectPublicKeyInfoPem() + "\n");
            DataDirectory.WritePublic(kit.RootFile, authority.Certificate.ExportCertificatePem() + "\n");
            return kit;
        }
    }
}
