using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace Fairlead.Targets;

/// <summary>An entry <c>NAME=URL</c> of a setting: what a rule calls something, and where it is here.</summary>
internal sealed class TargetAddress
{
    private const int LongestName = 128;

    private static readonly Dictionary<string, string[]> KnownOptions = new(StringComparer.Ordinal)
    {
        ["amqp"] = ["queue", "exchange", "routingKey", "declare"],
        ["amqps"] = ["queue", "exchange", "routingKey", "declare"],
        ["file"] = ["maxBytes", "files", "sync"],
    };

    private TargetAddress(string name, string scheme, string url, IReadOnlyDictionary<string, string> options) =>
        (Name, Scheme, Url, Options) = (name, scheme, url, options);

    /// <summary>What rules call it.</summary>
    public string Name { get; }

    /// <summary>Scheme of the URL.</summary>
    public string Scheme { get; }

    /// <summary>The URL without its query; with user name and password, so never shown.</summary>
    public string Url { get; }

    /// <summary>The query.</summary>
    public IReadOnlyDictionary<string, string> Options { get; }

    /// <summary>Server and path, without user name and password.</summary>
    public string Place
    {
        get
        {
            var start = Url.IndexOf("//", StringComparison.Ordinal) + 2;
            var at = Url.LastIndexOf('@');
            return at > start ? Url[(at + 1)..] : Url[start..];
        }
    }

    /// <summary>Reads an entry.</summary>
    /// <param name="entry"><c>NAME=URL</c>.</param>
    /// <param name="schemes">Schemes that fit.</param>
    /// <param name="address">The result.</param>
    /// <param name="problem">What is wrong, a phrase that follows the entry; it does not repeat the entry, which may hold a password.</param>
    public static bool TryParse(string entry, ReadOnlySpan<string> schemes, [NotNullWhen(true)] out TargetAddress? address, out string problem)
    {
        address = null;
        problem = $"must be NAME=URL with a URL of the scheme {string.Join(", ", schemes.ToArray())}";
        var equals = entry.IndexOf('=', StringComparison.Ordinal);
        var schemeEnd = entry.IndexOf("://", StringComparison.Ordinal);
        if (equals <= 0 || schemeEnd <= equals) return false;
        var name = entry[..equals];
        if (name.Length > LongestName || !name.All(static unit => char.IsAsciiLetterOrDigit(unit) || unit is '-' or '_' or '.'))
        {
            problem = "must start with a name of letters, digits, hyphens, underscores and dots";
            return false;
        }

        var scheme = entry[(equals + 1)..schemeEnd];
        if (!schemes.Contains(scheme)) return false;
        var question = entry.IndexOf('?', schemeEnd);
        var url = question < 0 ? entry[(equals + 1)..] : entry[(equals + 1)..question];
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, values) in QueryHelpers.ParseQuery(question < 0 ? "" : entry[question..])) options[key] = values.ToString();
        address = new TargetAddress(name, scheme, url, options);
        problem = address.Problem() ?? "";
        if (problem.Length > 0) address = null;
        return address is not null;
    }

    /// <summary>Finds the entry of a name; null when there is none.</summary>
    public static TargetAddress? Find(IReadOnlyList<TargetAddress> addresses, string name) =>
        addresses.FirstOrDefault(address => address.Name == name);

    /// <summary>A text of the query.</summary>
    public string Text(string option, string absent) => Options.TryGetValue(option, out var text) ? text : absent;

    /// <summary>A flag of the query.</summary>
    public bool Flag(string option) => Options.TryGetValue(option, out var text) && text == "true";

    /// <summary>A number of the query.</summary>
    public long Number(string option, long absent) =>
        Options.TryGetValue(option, out var text) ? long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : absent;

    private string? Problem()
    {
        if (Scheme == "kafka") return null;
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var uri)) return "is not a URL";
        if (Scheme == "file" ? !uri.IsAbsoluteUri || uri.LocalPath.Length < 2 || uri.Host.Length > 0 : uri.Host.Length == 0)
            return Scheme == "file" ? "must name a folder, such as file:///var/lib/streams" : "has no host";
        var known = KnownOptions[Scheme];
        foreach (var (option, text) in Options)
        {
            if (!known.Contains(option)) return $"has the option {option}; there are {string.Join(", ", known)}";
            if (option is "declare" or "sync" && text is not ("true" or "false")) return $"has the option {option}, which must be true or false";
            if (option is "maxBytes" && !IsNumber(text, 4096)) return "has the option maxBytes, which must be a number of at least 4096";
            if (option is "files" && !IsNumber(text, 1)) return "has the option files, which must be a number of at least 1";
        }

        return null;
    }

    private static bool IsNumber(string text, long least) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least;
}
