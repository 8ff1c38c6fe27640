using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Fairlead.Features.Rules.Destinations;

/// <summary>What may be a confirmation URL: https, and http on this machine or on a host that <c>Rules:PlainHosts</c> lists.</summary>
internal static class DestinationUrls
{
    private const int Longest = 2000;

    /// <summary>Reads a URL.</summary>
    /// <param name="text">The URL.</param>
    /// <param name="plainHosts">Hosts that may be called over plain http, with or without a port.</param>
    /// <param name="url">The result.</param>
    /// <param name="problem">Why it is none that may be called: the rest of a sentence that begins with its member.</param>
    public static bool TryTake(string text, IReadOnlyList<string> plainHosts, [NotNullWhen(true)] out Uri? url, out string problem)
    {
        problem = "";
        if (text.Length <= Longest && Uri.TryCreate(text, UriKind.Absolute, out url) && url.Host.Length > 0 && url.Scheme is "http" or "https" && url is { UserInfo.Length: 0 })
        {
            if (url.Scheme == Uri.UriSchemeHttps || IsThisMachine(url) || IsListed(url, plainHosts)) return true;
            problem = $"is plain http, which is for this machine and the hosts of Rules:PlainHosts; {url.Host} is not among them";
            url = null;
            return false;
        }

        url = null;
        problem = $"must be an http or https URL of at most {Longest} characters without a user name";
        return false;
    }

    private static bool IsThisMachine(Uri url) =>
        url.Host == "localhost" || (IPAddress.TryParse(url.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));

    private static bool IsListed(Uri url, IReadOnlyList<string> hosts) => hosts.Any(host =>
        string.Equals(host, url.Host, StringComparison.OrdinalIgnoreCase) || string.Equals(host, $"{url.Host}:{url.Port}", StringComparison.OrdinalIgnoreCase));
}
