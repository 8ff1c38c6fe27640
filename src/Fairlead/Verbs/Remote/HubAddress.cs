using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Verbs.Remote;

/// <summary>A hub as a verb reaches it.</summary>
/// <param name="Url">HTTP address.</param>
/// <param name="Token">Administration token; null for none, which a developer's hub on this machine takes too.</param>
/// <param name="CaFile">PEM file with the authorities to trust; null for those of the machine.</param>
internal sealed record HubAddress(Uri Url, string? Token, string? CaFile)
{
    /// <summary>Name of the host for clients with TLS: server name indication takes no addresses, and a hub's own certificate names localhost.</summary>
    public string HostName => Url.Host is "127.0.0.1" or "[::1]" or "0.0.0.0" ? "localhost" : Url.Host;

    /// <summary>The authorities to trust; empty for those of the machine.</summary>
    public X509Certificate2Collection ReadAuthorities()
    {
        var authorities = new X509Certificate2Collection();
        if (CaFile is null)
            return authorities;
        try
        {
            authorities.ImportFromPemFile(CaFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw VerbException.Usage($"cannot read the authorities in {CaFile}", Files.Problem(CaFile, exception), "Give a PEM file with --cafile");
        }

        return authorities.Count > 0
            ? authorities
            : throw VerbException.Usage($"cannot read the authorities in {CaFile}", "there is no PEM certificate in it", "Give a PEM file with --cafile");
    }
}
