using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Verbs.IotHub;

/// <summary>Makes shared access signature tokens (spec/azure-gateway, section 5.1).</summary>
internal static class SasText
{
    /// <summary>Makes a token.</summary>
    /// <param name="resource">What it reaches, such as <c>hub.example.org/devices/dev1</c>; not encoded.</param>
    /// <param name="key">Key in base64.</param>
    /// <param name="policy">Policy that the key belongs to; null for an identity's own.</param>
    /// <param name="expires">End of its life.</param>
    public static string Create(string resource, string key, string? policy, DateTimeOffset expires)
    {
        string encoded = Uri.EscapeDataString(resource);
        string seconds = expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signature = HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes($"{encoded}\n{seconds}"));
        string token = $"SharedAccessSignature sr={encoded}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}&se={seconds}";
        return policy is null ? token : $"{token}&skn={Uri.EscapeDataString(policy)}";
    }
}
