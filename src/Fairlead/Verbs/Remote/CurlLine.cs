using System.Text;

namespace Fairlead.Verbs.Remote;

/// <summary>A request as a curl command that can be pasted into a shell. The token stays where it is: the line names the variable.</summary>
internal sealed class CurlLine(HubAddress address)
{
    public string Of(HubRequest request)
    {
        var line = new StringBuilder("curl");
        if (request.Method != HttpMethod.Get)
            line.Append(" -X ").Append(request.Method);
        if (address.CaFile is { } file && address.Url.Scheme == "https")
            line.Append(" --cacert ").Append(Quote(file));
        if (address.Token is not null)
            line.Append(" -H \"Authorization: Bearer $FAIRLEAD_TOKEN\"");
        foreach (var (name, value) in request.Headers)
            line.Append(" -H ").Append(Quote($"{name}: {value}"));
        if (request.Body is { } body)
        {
            line.Append(" -H ").Append(Quote($"Content-Type: {request.ContentType}"));
            line.Append(IsText(body) ? $" --data-binary {Quote(Encoding.UTF8.GetString(body))}" : $" --data-binary @FILE-OF-{body.Length}-BYTES");
        }

        // Braces and brackets in a path are none of curl's business.
        return line.Append(" -g ").Append(Quote(address.Url.GetLeftPart(UriPartial.Path).TrimEnd('/') + request.Path)).ToString();
    }

    /// <summary>A word for a POSIX shell.</summary>
    public static string Quote(string text) =>
        text.Length > 0 && text.All(static c => char.IsAsciiLetterOrDigit(c) || "-_./:=@%+,".Contains(c, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static bool IsText(byte[] body) => body.Length <= 100_000 && System.Text.Unicode.Utf8.IsValid(body) && !body.Contains((byte)0);
}
