using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Shared;

namespace Fairlead.Interop;

/// <summary>What <c>fairlead cert issue</c> gives a device: certificate, private key and the hub's root.</summary>
public sealed record DeviceKit(string Certificate, string PrivateKey, string RootCa)
{
    /// <summary>Lower-case hexadecimal SHA-256 of the certificate's DER: the name of its holder.</summary>
    public string CertificateId
    {
        get
        {
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(Certificate));
            return Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));
        }
    }

    public static async Task<DeviceKit> IssueAsync(string name, string dataDirectory, string folder)
    {
        var issued = await HubProcess.RunAsync(["cert", "issue", name, "--data", dataDirectory, "--out", folder]);
        issued.ExitCode.ShouldBe(0, issued.Errors);
        return new DeviceKit(Path.Combine(folder, $"{name}.cert.pem"), Path.Combine(folder, $"{name}.private.key"), Path.Combine(folder, "root-CA.crt"));
    }
}
