using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Features.Api.Signing;

/// <summary>The arithmetic of Signature Version 4, the same for whoever signs and whoever verifies (spec/aws-messaging, section 4.3).</summary>
internal static class SignatureText
{
    /// <summary>Name of the algorithm.</summary>
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Derives the key that signs for one day, region and service: four keyed hashes, so keep it (<see cref="SigningKeys"/>).</summary>
    /// <param name="secret">Secret of the access key.</param>
    /// <param name="day">Day of the credential scope, <c>yyyyMMdd</c>.</param>
    /// <param name="region">Region of the credential scope.</param>
    /// <param name="service">Service of the credential scope.</param>
    public static byte[] DeriveKey(string secret, string day, string region, string service)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in (string[])[day, region, service, "aws4_request"])
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return key;
    }

    /// <summary>Signs a canonical request.</summary>
    /// <param name="key">From <see cref="DeriveKey"/>.</param>
    /// <param name="date">When, as <c>yyyyMMddTHHmmssZ</c>.</param>
    /// <param name="day">Day of the credential scope.</param>
    /// <param name="region">Region of the credential scope.</param>
    /// <param name="service">Service of the credential scope.</param>
    /// <param name="canonical">The canonical request.</param>
    /// <returns>The signature in hexadecimal digits.</returns>
    public static string Sign(byte[] key, string date, string day, string region, string service, string canonical)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
        var text = $"{Algorithm}\n{date}\n{day}/{region}/{service}/aws4_request\n{digest}";
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }
}
