using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Fairlead.Features.Functions;

/// <summary>
/// Where a "function" runs. On AWS it is a Lambda function named by its ARN; here it is an HTTP server: named by its URL, or by an ARN
/// for which the setting <c>Aws:Functions</c> gives the URL, so that templates and authorizers of a real account work unchanged.
/// </summary>
internal sealed class FunctionDirectory(HubScope scope)
{
    private const int LongestName = 2048;

    /// <summary>Finds the URL of a function.</summary>
    /// <param name="name">URL or ARN as it stands in a request.</param>
    /// <param name="url">Where to POST the event.</param>
    /// <param name="problem">Why there is none, to be told to whoever named the function.</param>
    public bool TryResolve(string name, [NotNullWhen(true)] out Uri? url, out string problem)
    {
        url = null;
        if (name.Length is 0 or > LongestName)
        {
            problem = $"a function has a name of 1 to {LongestName} characters";
            return false;
        }

        if (IsUrl(name)) return TryTake(name, out url, out problem);
        foreach (var entry in scope.Functions)
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && Names(entry[..equals], name)) return TryTake(entry[(equals + 1)..], out url, out problem);
        }

        problem = $"{name} is neither an https:// URL nor a function that Aws:Functions gives a URL (such as Aws:Functions my-function=https://host/path)";
        return false;
    }

    /// <summary>Whether an entry of <c>Aws:Functions</c> can be used.</summary>
    /// <param name="entry"><c>NAME=URL</c>.</param>
    /// <param name="problem">Why not.</param>
    public static bool IsValid(string entry, out string problem)
    {
        problem = "must be NAME=URL: an ARN or the name of a function, then where it is served";
        var equals = entry.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && TryTake(entry[(equals + 1)..], out _, out problem);
    }

    private static bool IsUrl(string name) =>
        name.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || name.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    /// <summary>The whole ARN, or the name of the function in it, with or without a version or alias behind it.</summary>
    private static bool Names(string configured, string given)
    {
        if (configured == given) return true;
        var fields = given.Split(':');
        return fields is ["arn", _, "lambda", _, _, "function", var name, ..] && name == configured;
    }

    private static bool TryTake(string text, [NotNullWhen(true)] out Uri? url, out string problem)
    {
        problem = "";
        if (!Uri.TryCreate(text, UriKind.Absolute, out url) || url.Host.Length == 0 || url.UserInfo.Length > 0)
        {
            problem = $"'{text}' is not a URL (user names do not belong into it)";
            url = null;
            return false;
        }

        // What is asked carries passwords and what is answered carries rights: in the clear only within this machine.
        if (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && IsLoopback(url))) return true;
        problem = $"'{text}': a function is called over https, or over http on this machine";
        url = null;
        return false;
    }

    private static bool IsLoopback(Uri url) =>
        url.Host == "localhost" || (IPAddress.TryParse(url.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));
}
