using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fairlead.Features.Api;

/// <summary>
/// The request target as it came: path segments and query, each decoded exactly once. (Frameworks decode all but <c>%2F</c>, and names
/// of topics and clients contain slashes; spec/aws-messaging, section 3.1.)
/// </summary>
internal sealed class RawTarget
{
    private RawTarget(string path, string query, string[] segments, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        Path = path;
        Query = query;
        Segments = segments;
        Parameters = parameters;
    }

    /// <summary>Path as it came, still encoded.</summary>
    public string Path { get; }

    /// <summary>Query as it came, still encoded, without the question mark.</summary>
    public string Query { get; }

    /// <summary>Segments between slashes, still encoded; the first follows the leading slash.</summary>
    public string[] Segments { get; }

    /// <summary>Query parameters, decoded, in the order in which they came.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; }

    /// <summary>The target of a request; null when it is not well-formed.</summary>
    public static RawTarget? Of(HttpContext context) =>
        context.Features.Get<IHttpRequestFeature>() is { RawTarget: { } raw } && TryParse(raw, out var target) ? target : null;

    /// <summary>Takes a target apart.</summary>
    /// <returns>False when it does not start with a slash, or is not well-formed percent-encoded UTF-8.</returns>
    public static bool TryParse(string target, [NotNullWhen(true)] out RawTarget? parsed)
    {
        parsed = null;
        if (target.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || target.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            // Absolute form, as clients behind a proxy send it.
            var slash = target.IndexOf('/', target.IndexOf("//", StringComparison.Ordinal) + 2);
            target = slash < 0 ? "/" : target[slash..];
        }

        if (target.Length == 0 || target[0] != '/') return false;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? target : target[..question];
        var query = question < 0 ? "" : target[(question + 1)..];
        if (!TryParseQuery(query, out var parameters)) return false;
        parsed = new RawTarget(path, query, path[1..].Split('/'), parameters);
        return true;
    }

    /// <summary>Decodes percent-encoding once. False when a percent sign is followed by no two hexadecimal digits, or the bytes are no UTF-8.</summary>
    public static bool TryDecode(string encoded, out string decoded)
    {
        decoded = encoded;
        if (!encoded.Contains('%', StringComparison.Ordinal)) return true;
        // A percent sign stands for no more bytes than characters; anything else is encoded below.
        var most = Encoding.UTF8.GetMaxByteCount(encoded.Length);
        Span<byte> bytes = most <= 1024 ? stackalloc byte[most] : new byte[most];
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] != '%')
            {
                length += Encoding.UTF8.GetBytes(encoded.AsSpan(i, 1), bytes[length..]);
                continue;
            }

            if (i + 2 >= encoded.Length || !char.IsAsciiHexDigit(encoded[i + 1]) || !char.IsAsciiHexDigit(encoded[i + 2])) return false;
            bytes[length++] = byte.Parse(encoded.AsSpan(i + 1, 2), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture);
            i += 2;
        }

        var span = bytes[..length];
        if (!System.Text.Unicode.Utf8.IsValid(span)) return false;
        decoded = Encoding.UTF8.GetString(span);
        return true;
    }

    private static bool TryParseQuery(string query, out List<KeyValuePair<string, string>> parameters)
    {
        parameters = [];
        if (query.Length == 0) return true;
        var start = 0;
        while (start < query.Length)
        {
            var end = query.IndexOf('&', start);
            if (end < 0) end = query.Length;
            if (end > start)
            {
                var equals = query.IndexOf('=', start, end - start);
                var nameEnd = equals < 0 ? end : equals;
                if (!TryDecode(query[start..nameEnd], out var name)) return false;
                if (!TryDecode(equals < 0 ? "" : query[(equals + 1)..end], out var value)) return false;
                parameters.Add(new KeyValuePair<string, string>(name, value));
            }

            start = end + 1;
        }

        return true;
    }
}
