using System.Net;

namespace Fairlead.Targets.Http;

/// <summary>Which URLs may be called: https everywhere, http on this machine and on the hosts that <c>Rules:PlainHosts</c> lists.</summary>
internal sealed class PlainHosts(IReadOnlyList<string> hosts)
{
    private const int LongestUrl = 2000;

    /// <summary>Reads a URL that a rule names.</summary>
    /// <param name="text">The URL.</param>
    /// <param name="url">The result; null when it may not be called.</param>
    /// <param name="problem">Why not, a phrase that follows the URL.</param>
    public bool TryTake(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Uri? url, out string problem)
    {
        problem = "";
        if (text.Length > LongestUrl || !Uri.TryCreate(text, UriKind.Absolute, out url) || url.Host.Length == 0 ||
            url.Scheme is not ("http" or "https"))
        {
            url = null;
            problem = $"is not an http or https URL of at most {LongestUrl} characters";
            return false;
        }

        if (url.UserInfo.Length > 0)
        {
            problem = "names a user: credentials belong into headers";
            url = null;
            return false;
        }

        if (url.Scheme == Uri.UriSchemeHttps || IsThisMachine(url) || IsListed(url)) return true;
        problem = $"is plain http; Rules:PlainHosts does not list {url.Host}";
        url = null;
        return false;
    }

    /// <summary>Whether an entry of <c>Rules:PlainHosts</c> can be used: a host name or address, with or without a port.</summary>
    public static bool IsValid(string entry) =>
        Uri.TryCreate("http://" + entry, UriKind.Absolute, out var url) && url.PathAndQuery == "/" && url.UserInfo.Length == 0 && !entry.Contains('/', StringComparison.Ordinal);

    private static bool IsThisMachine(Uri url) =>
        url.Host == "localhost" || (IPAddress.TryParse(url.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));

    private bool IsListed(Uri url)
    {
        foreach (var host in hosts)
        {
            if (string.Equals(host, url.Host, StringComparison.OrdinalIgnoreCase) || string.Equals(host, $"{url.Host}:{url.Port}", StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
