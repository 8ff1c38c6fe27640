using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Features.IotHub.Identities;

/// <summary>What keys, thumbprints and etags of identities look like.</summary>
internal static class IdentityRules
{
    /// <summary>Most characters of a reason or a manager.</summary>
    public const int LongestText = 128;

    private const int LeastKey = 16;
    private const int MostKey = 64;

    /// <summary>A new key: 32 random bytes in base64.</summary>
    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>A new etag, of the form that tools know: base64 of a decimal number.</summary>
    public static string NewETag() => Convert.ToBase64String(Encoding.ASCII.GetBytes(RandomNumberGenerator.GetInt32(100_000_000, int.MaxValue).ToString(System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>Takes a key that a caller gave; null and empty ask for a new one (spec/azure-gateway, section 4.3).</summary>
    /// <exception cref="IotHubException">400: not base64 of 16 to 64 bytes.</exception>
    public static string Key(string? key, string member)
    {
        if (string.IsNullOrEmpty(key)) return NewKey();
        var bytes = new byte[MostKey + 3];
        return Convert.TryFromBase64String(key, bytes, out int length) && length is >= LeastKey and <= MostKey
            ? key
            : throw new IotHubException(IotHubError.ArgumentInvalid($"{member} must be base64 of {LeastKey} to {MostKey} bytes"));
    }

    /// <summary>Takes a thumbprint that a caller gave: case and separators do not matter (section 5.4); null for none.</summary>
    /// <exception cref="IotHubException">400: neither SHA-1 nor SHA-256.</exception>
    public static string? Thumbprint(string? thumbprint, string member)
    {
        if (string.IsNullOrWhiteSpace(thumbprint)) return null;
        var digits = string.Concat(thumbprint.Where(static c => c is not (':' or ' ' or '-' or '\u200e'))).ToUpperInvariant();
        return digits.Length is 40 or 64 && digits.All(char.IsAsciiHexDigitUpper)
            ? digits
            : throw new IotHubException(IotHubError.ArgumentInvalid($"{member} must be a SHA-1 (40) or SHA-256 (64) thumbprint in hexadecimal digits"));
    }

    /// <summary>Takes a text that a caller gave.</summary>
    /// <exception cref="IotHubException">400: too long.</exception>
    public static string? Text(string? text, string member) => text is { Length: > LongestText }
        ? throw new IotHubException(IotHubError.ArgumentInvalid($"{member} has at most {LongestText} characters"))
        : text;
}
