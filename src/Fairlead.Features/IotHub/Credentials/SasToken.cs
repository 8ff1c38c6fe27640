using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Features.IotHub.Credentials;

/// <summary>
/// A shared access signature token (spec/azure-gateway, section 5.1). It is verified over its text as it stands, because clients differ
/// in what they encode, and decoded only to see how far it reaches.
/// </summary>
/// <param name="Resource">Field <c>sr</c> as it stands in the token.</param>
/// <param name="Signature">Field <c>sig</c>, decoded: 32 bytes.</param>
/// <param name="ExpiryText">Field <c>se</c> as it stands in the token.</param>
/// <param name="Expiry">Field <c>se</c>: seconds since the Unix epoch.</param>
/// <param name="KeyName">Field <c>skn</c>, decoded: the policy whose key signed; null for an identity's own.</param>
internal sealed record SasToken(string Resource, byte[] Signature, string ExpiryText, long Expiry, string? KeyName)
{
    /// <summary>The word before the fields.</summary>
    public const string Scheme = "SharedAccessSignature";

    /// <summary>Most characters that are looked at.</summary>
    public const int Longest = 4096;

    /// <summary>How much clocks may differ.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(300);

    // The last second that DateTimeOffset knows, less the skew.
    private const long LastSecond = 253_402_300_799 - 300;

    /// <summary>Until when it is accepted.</summary>
    public DateTimeOffset AcceptedUntil => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(Expiry, 0, LastSecond)) + Skew;

    /// <summary>Takes a token apart: fields in any order, each once.</summary>
    /// <param name="text">Token.</param>
    /// <param name="token">What it says.</param>
    /// <param name="problem">What is wrong with its form; says nothing of its content.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out SasToken? token, out string problem)
    {
        token = null;
        problem = $"a token reads '{Scheme} sr=...&sig=...&se=...'";
        text = text.Trim();
        if (text.Length > Longest || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return false;
        text = text[Scheme.Length..];
        if (text.IsEmpty || text[0] != ' ') return false;
        text = text.TrimStart();
        string? resource = null, signature = null, expiry = null, keyName = null;
        foreach (var range in text.Split('&'))
        {
            var field = text[range];
            int equals = field.IndexOf('=');
            if (equals <= 0) return false;
            ref string? value = ref resource;
            switch (field[..equals])
            {
                case "sr":
                    break;
                case "sig":
                    value = ref signature;
                    break;
                case "se":
                    value = ref expiry;
                    break;
                case "skn":
                    value = ref keyName;
                    break;
                default:
                    continue;
            }

            if (value is not null) return false;
            value = field[(equals + 1)..].ToString();
        }

        if (string.IsNullOrEmpty(resource) || signature is null || expiry is null) return false;
        var bytes = new byte[48];
        problem = "the token's sig is not the base64 of a signature";
        if (!Convert.TryFromBase64String(Uri.UnescapeDataString(signature), bytes, out int length) || length != HMACSHA256.HashSizeInBytes) return false;
        problem = "the token's se is not a time in seconds";
        if (!long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)) return false;
        token = new SasToken(resource, bytes[..length], expiry, seconds, string.IsNullOrEmpty(keyName) ? null : Uri.UnescapeDataString(keyName));
        return true;
    }

    /// <summary>Whether a key signed it; takes the same time for every wrong signature.</summary>
    /// <param name="key">Key in base64; null signs nothing.</param>
    public bool IsSignedBy(string? key)
    {
        var room = new byte[256];
        if (key is null || !Convert.TryFromBase64String(key, room, out int length)) return false;
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Sign(room.AsSpan(0, length), Resource, ExpiryText, signature);
        return CryptographicOperations.FixedTimeEquals(signature, Signature);
    }

    /// <summary>
    /// Whether the text of a key, taken as it is, signed it: readers of events do that, because keys of event hubs are no base64 to them
    /// (section 4.6). Takes the same time for every wrong signature.
    /// </summary>
    /// <param name="key">Key in base64; null signs nothing.</param>
    public bool IsSignedByText(string? key)
    {
        if (key is null) return false;
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Sign(Encoding.UTF8.GetBytes(key), Resource, ExpiryText, signature);
        return CryptographicOperations.FixedTimeEquals(signature, Signature);
    }

    private static void Sign(ReadOnlySpan<byte> key, string resource, string expiry, Span<byte> signature) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{resource}\n{expiry}"), signature);
}
