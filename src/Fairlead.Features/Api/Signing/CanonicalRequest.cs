using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Features.Api.Signing;

/// <summary>The text that is signed (Signature Version 4, "create a canonical request").</summary>
internal static class CanonicalRequest
{
    private static readonly SearchValues<char> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~");

    /// <summary>Writes it.</summary>
    /// <param name="method">HTTP method.</param>
    /// <param name="target">Raw target.</param>
    /// <param name="headers">Headers as received.</param>
    /// <param name="signedHeaders">Names of those that are signed.</param>
    /// <param name="host">Value to take for <c>host</c>.</param>
    /// <param name="payloadHash">Hash of the body, or <c>UNSIGNED-PAYLOAD</c>.</param>
    /// <param name="withToken">Whether <c>X-Amz-Security-Token</c> of the query is signed.</param>
    /// <returns>The text; null when a signed header is missing.</returns>
    public static string? Write(
        string method, RawTarget target, IHeaderDictionary headers, string[] signedHeaders, string host, string payloadHash, bool withToken)
    {
        var text = new StringBuilder(512);
        text.Append(method).Append('\n').Append(Path(target.Path)).Append('\n').Append(Query(target, withToken)).Append('\n');
        foreach (var name in signedHeaders)
        {
            if (!headers.TryGetValue(name, out var values) || values.Count == 0) return null;
            text.Append(name).Append(':').Append(name == "host" ? host : Collapse(values.ToString())).Append('\n');
        }

        return text.Append('\n').AppendJoin(';', signedHeaders).Append('\n').Append(payloadHash).ToString();
    }

    /// <summary>The path without empty and dot segments, each segment encoded once more than it came.</summary>
    private static string Path(string path)
    {
        var kept = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            if (segment is "" or ".") continue;
            if (segment != "..") kept.Add(Encode(segment));
            else if (kept.Count > 0) kept.RemoveAt(kept.Count - 1);
        }

        var joined = "/" + string.Join('/', kept);
        return path.Length > 1 && path[^1] == '/' && joined.Length > 1 ? joined + "/" : joined;
    }

    private static string Query(RawTarget target, bool withToken)
    {
        var pairs = new List<(string Name, string Value)>(target.Parameters.Count);
        foreach (var (name, value) in target.Parameters)
        {
            if (name == "X-Amz-Signature" || (name == "X-Amz-Security-Token" && !withToken)) continue;
            pairs.Add((Encode(name), Encode(value)));
        }

        pairs.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name) is not 0 and var order ? order : string.CompareOrdinal(a.Value, b.Value));
        return string.Join('&', pairs.Select(static pair => $"{pair.Name}={pair.Value}"));
    }

    private static string Encode(string text)
    {
        // Nearly every name and segment stands for itself.
        if (!text.AsSpan().ContainsAnyExcept(Unreserved)) return text;
        var encoded = new StringBuilder(text.Length + 8);
        foreach (var unit in Encoding.UTF8.GetBytes(text))
        {
            if (Unreserved.Contains((char)unit)) encoded.Append((char)unit);
            else encoded.Append('%').Append(unit.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return encoded.ToString();
    }

    private static string Collapse(string value)
    {
        var trimmed = value.Trim();
        return trimmed.Contains("  ", StringComparison.Ordinal) ? string.Join(' ', trimmed.Split(' ', StringSplitOptions.RemoveEmptyEntries)) : trimmed;
    }
}
