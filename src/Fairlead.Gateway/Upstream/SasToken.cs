using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Gateway.Upstream;

/// <summary>A shared access signature token (spec section 5.1). The hub is the judge; here it is taken apart to refuse what cannot be right.</summary>
internal sealed class SasToken
{
    private const string Scheme = "SharedAccessSignature ";

    /// <summary>How much the clocks of device and hub may differ.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private SasToken(string text, string resource, long expiry)
    {
        Text = text;
        Resource = resource;
        Expiry = expiry;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        Fingerprint = Convert.ToHexStringLower(hash[..12]);
    }

    /// <summary>The whole token; never logged.</summary>
    public string Text { get; }

    /// <summary>What it is for, decoded, such as <c>host/devices/id</c>.</summary>
    public string Resource { get; }

    /// <summary>Expiry in Unix seconds.</summary>
    public long Expiry { get; }

    /// <summary>Start of its SHA-256 in hexadecimal: names it in keys and logs without giving it away.</summary>
    public string Fingerprint { get; }

    /// <summary>Takes a token apart: fields in any order, expiry of 64 bits (spec section 1.8, checklist 5).</summary>
    public static bool TryParse(string text, out SasToken token, out string fault)
    {
        token = null!;
        text = text.Trim();
        if (text.Length > 4096 || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            fault = "a token begins with \"SharedAccessSignature \"";
            return false;
        }

        string? resource = null, signature = null, expiry = null;
        foreach (string field in text[Scheme.Length..].Trim().Split('&'))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) continue;
            string value = field[(equals + 1)..];
            switch (field[..equals].ToLowerInvariant())
            {
                case "sr": resource = value; break;
                case "sig": signature = value; break;
                case "se": expiry = value; break;
            }
        }

        fault = "a token needs sr, sig and se, and se is a number of seconds";
        if (string.IsNullOrEmpty(resource) || string.IsNullOrEmpty(signature)) return false;
        if (!long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) || seconds > 253_402_300_799) return false;
        token = new SasToken(text, Uri.UnescapeDataString(resource), seconds);
        fault = "";
        return true;
    }

    /// <summary>Makes a token.</summary>
    /// <param name="resource">What for, not encoded, such as a host name.</param>
    /// <param name="key">Key.</param>
    /// <param name="policy">Policy whose key it is; null for a device's own key.</param>
    /// <param name="expiry">Expiry.</param>
    public static string Make(string resource, ReadOnlySpan<byte> key, string? policy, DateTimeOffset expiry)
    {
        string encoded = Uri.EscapeDataString(resource);
        string seconds = expiry.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signature = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{encoded}\n{seconds}"));
        string token = $"{Scheme}sr={encoded}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}&se={seconds}";
        return policy is null ? token : $"{token}&skn={policy}";
    }

    /// <summary>Whether it is expired by more than the clocks may differ.</summary>
    public bool IsExpired(DateTimeOffset now) => now.ToUnixTimeSeconds() > Expiry + (long)Skew.TotalSeconds;

    /// <summary>Whether it could be for a device of this hub: its resource is a prefix by segments (spec section 5.1, checklist 7).</summary>
    public bool Covers(string host, string deviceId)
    {
        string resource = Resource.Contains("://", StringComparison.Ordinal) ? Resource[(Resource.IndexOf("://", StringComparison.Ordinal) + 3)..] : Resource;
        string[] segments = resource.TrimEnd('/').Split('/');
        int port = segments[0].LastIndexOf(':');
        string name = port > 0 ? segments[0][..port] : segments[0];
        if (!name.Equals(host, StringComparison.OrdinalIgnoreCase)) return false;
        if (segments.Length > 1 && !segments[1].Equals("devices", StringComparison.OrdinalIgnoreCase)) return false;
        // Some clients encode the id and then the whole again.
        return segments.Length <= 2 || (segments.Length == 3 && (segments[2] == deviceId || Uri.UnescapeDataString(segments[2]) == deviceId));
    }

    /// <summary>Its fingerprint: a token itself is never written anywhere (checklist 12).</summary>
    public override string ToString() => Fingerprint;
}
