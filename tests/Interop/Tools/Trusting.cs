using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Interop.Tools;

/// <summary>HTTP clients that trust one authority.</summary>
public static class Trusting
{
    public static HttpClient Client(string ca, Uri address) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { X509Certificate2.CreateFromPem(File.ReadAllText(ca)) },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    })
    {
        BaseAddress = address,
    };
}
