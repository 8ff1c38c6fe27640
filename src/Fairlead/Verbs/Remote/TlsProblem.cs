using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Verbs.Remote;

/// <summary>Says what is wrong with a server's certificate: the name asked for and the names in it, or whom nobody trusts.</summary>
internal static class TlsProblem
{
    /// <returns>Null for nothing.</returns>
    public static string? Of(SslPolicyErrors errors, X509Certificate? certificate, string host, DateTimeOffset now)
    {
        if (errors == SslPolicyErrors.None)
            return null;
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) || certificate is not X509Certificate2 shown)
            return "the server showed no certificate";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            return new DateTimeOffset(shown.NotAfter) < now
                ? $"the server's certificate ended on {shown.NotAfter.ToUniversalTime():yyyy-MM-dd}"
                : $"the server's certificate is signed by {shown.Issuer}, which is not trusted";
        }

        var names = shown.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(static extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(static address => address.ToString())));
        return $"the server's certificate is for {string.Join(", ", names)}, not for {host}";
    }
}
