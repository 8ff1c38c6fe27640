using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Interop.Aws.Authorizers;

/// <summary>Signs WebSocket handshakes by Signature Version 4 as browsers do (spec/aws-messaging, section 4.3), written against its description.</summary>
public sealed record Presigner(string Host, string KeyId, string Secret)
{
    public DateTimeOffset At { get; init; } = DateTimeOffset.UtcNow;

    public string Service { get; init; } = "iotdevicegateway";

    /// <summary>Seconds; null leaves <c>X-Amz-Expires</c> out.</summary>
    public int? Expires { get; init; } = 86_400;

    public string? Token { get; init; }

    /// <summary>Whether the token is signed; AWS IoT's own clients append it afterwards.</summary>
    public bool SignsToken { get; init; }

    private string Day => At.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private string Time => At.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private string Scope => $"{Day}/us-east-1/{Service}/aws4_request";

    /// <summary>Path and query.</summary>
    public string Query()
    {
        var parameters = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["X-Amz-Algorithm"] = "AWS4-HMAC-SHA256",
            ["X-Amz-Credential"] = $"{KeyId}/{Scope}",
            ["X-Amz-Date"] = Time,
            ["X-Amz-SignedHeaders"] = "host",
        };
        if (Expires is { } seconds) parameters["X-Amz-Expires"] = seconds.ToString(CultureInfo.InvariantCulture);
        if (Token is not null && SignsToken) parameters["X-Amz-Security-Token"] = Token;
        var query = string.Join('&', parameters.Select(static pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        query += $"&X-Amz-Signature={Sign($"GET\n/mqtt\n{query}\nhost:{Host}\n\nhost\n{Hash("")}")}";
        return Token is null || SignsToken ? $"?{query}" : $"?{query}&X-Amz-Security-Token={Uri.EscapeDataString(Token)}";
    }

    /// <summary>Headers of a handshake that is signed in its headers.</summary>
    public Dictionary<string, string> Headers()
    {
        var signature = Sign($"GET\n/mqtt\n\nhost:{Host}\nx-amz-date:{Time}\n\nhost;x-amz-date\n{Hash("")}");
        return new Dictionary<string, string>
        {
            ["X-Amz-Date"] = Time,
            ["Authorization"] = $"AWS4-HMAC-SHA256 Credential={KeyId}/{Scope}, SignedHeaders=host;x-amz-date, Signature={signature}",
        };
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private string Sign(string canonical)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + Secret);
        foreach (var part in new[] { Day, "us-east-1", Service, "aws4_request" }) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"AWS4-HMAC-SHA256\n{Time}\n{Scope}\n{Hash(canonical)}")));
    }
}
