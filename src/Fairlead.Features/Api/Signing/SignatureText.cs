using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Features.Api.Signing;

/// <summary>The arithmetic of Signature Version 4, the same for whoever signs and whoever verifies (spec/aws-messaging, section 4.3).</summary>
internal static class SignatureText
{
    /// <summary>Name of the algorithm.</summary>
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Signs a canonical request.</summary>
    /// <param name="secret">Secret of the access key.</param>
    /// <param name="date">When, as <c>yyyyMMddTHHmmssZ</c>.</param>
    /// <param name="region">Region of the credential scope.</param>
    /// <param name="service">Service of the credential scope.</param>
    /// <param name="canonical">The canonical request.</param>
    /// <param name="day">Day of the credential scope; null takes that of <paramref name="date"/>.</param>
    /// <returns>The signature in hexadecimal digits.</returns>
    public static string Sign(string secret, string date, string region, string service, string canonical, string? day = null)
    {
        day ??= date[..8];
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in (string[])[day, region, service, "aws4_request"])
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
        var text = $"{Algorithm}\n{date}\n{day}/{region}/{service}/aws4_request\n{digest}";
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }
}
