using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Interop.Aws.Hostile;

/// <summary>A request with Signature Version 4, made by hand so that each part of it can be wrong. Owes nothing to the hub's own code.</summary>
public sealed record SignedRequest(string Method, string Target)
{
    public byte[] Body { get; init; } = [];

    public string Host { get; init; } = "localhost";

    public string KeyId { get; init; } = "";

    public string Secret { get; init; } = "";

    public string Region { get; init; } = "us-east-1";

    public string Service { get; init; } = "iot";

    public DateTimeOffset At { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>Day of the scope; null takes that of <see cref="At"/>.</summary>
    public string? Day { get; init; }

    /// <summary>Further headers, all of them signed.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    private string Date => At.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The signed headers, Authorization included.</summary>
    public Dictionary<string, string> Sign()
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["host"] = Host, ["x-amz-date"] = Date };
        foreach (var (name, value) in Headers) headers[name] = value;
        var names = headers.Keys.Select(static name => name.ToLowerInvariant()).Order(StringComparer.Ordinal).ToList();
        var question = Target.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? Target : Target[..question];
        var query = question < 0 ? "" : string.Join('&', Target[(question + 1)..].Split('&').Order(StringComparer.Ordinal));
        var canonical = new StringBuilder().Append(Method).Append('\n').Append(EncodeAgain(path)).Append('\n').Append(query).Append('\n');
        foreach (var name in names) canonical.Append(name).Append(':').Append(headers[name]).Append('\n');
        canonical.Append('\n').AppendJoin(';', names).Append('\n').Append(Hash(Body));
        var scope = $"{Day ?? Date[..8]}/{Region}/{Service}/aws4_request";
        var key = Encoding.UTF8.GetBytes("AWS4" + Secret);
        foreach (var part in scope.Split('/')) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        var text = $"AWS4-HMAC-SHA256\n{Date}\n{scope}\n{Hash(Encoding.UTF8.GetBytes(canonical.ToString()))}";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
        headers["authorization"] = $"AWS4-HMAC-SHA256 Credential={KeyId}/{scope}, SignedHeaders={string.Join(';', names)}, Signature={signature}";
        return headers;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    // Dot segments and empty ones go, what is left is encoded once more.
    private static string EncodeAgain(string path)
    {
        var kept = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            if (segment == ".." && kept.Count > 0) kept.RemoveAt(kept.Count - 1);
            else if (segment is not ("" or "." or "..")) kept.Add(Uri.EscapeDataString(segment));
        }

        return "/" + string.Join('/', kept) + (path.Length > 1 && path[^1] == '/' && kept.Count > 0 ? "/" : "");
    }
}
