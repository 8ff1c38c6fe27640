using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Features.AccessKeys;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Features.Api.Signing;

/// <summary>
/// Verifies AWS Signature Version 4 in its header and query forms (spec/aws-messaging, section 4.3). The canonical request is built from
/// the raw target: SDKs sign the encoded path once more encoded.
/// </summary>
internal sealed class SignatureCheck(HubScope scope, Func<string, AccessKey?> findKey, TimeProvider time)
{
    private const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
    private static readonly long LongestLife = (long)TimeSpan.FromDays(7).TotalSeconds;
    private readonly SigningKeys _keys = new();

    /// <summary>Whether the request claims to be signed, by header or query.</summary>
    public static bool IsSigned(RawTarget target, IHeaderDictionary headers) =>
        headers.Authorization.ToString().StartsWith(SignatureText.Algorithm, StringComparison.Ordinal) || Parameter(target, "X-Amz-Signature") is not null;

    /// <summary>Verifies a request.</summary>
    /// <param name="method">HTTP method.</param>
    /// <param name="target">Raw target.</param>
    /// <param name="headers">Headers as received, Host included.</param>
    /// <param name="body">The body.</param>
    /// <param name="services">Services that the credential scope may name.</param>
    /// <returns>The key and the service of its scope.</returns>
    /// <exception cref="ApiException">403 or 400, as section 4.2 says.</exception>
    public (AccessKey Key, string Service) Verify(
        string method, RawTarget target, IHeaderDictionary headers, ReadOnlyMemory<byte> body, IReadOnlyCollection<string> services)
    {
        var inQuery = Parameter(target, "X-Amz-Signature") is not null;
        var claim = inQuery ? SignatureClaim.FromQuery(target) : SignatureClaim.FromHeaders(headers);
        var key = FindKey(claim);
        if (claim.Region != scope.Region && !scope.IgnoreArnScope)
            throw Wrong($"the credential scope names region {claim.Region}; this hub is {scope.Region}");
        if (!services.Contains(claim.Service))
            throw Wrong($"the credential scope names service {claim.Service}; this operation takes {string.Join(" or ", services)}");
        CheckTime(claim, inQuery);
        CheckToken(key, claim);
        var hash = inQuery ? EmptyHash : PayloadHash(headers, body.Span);
        if (!Matches(claim, key, method, target, headers, hash, inQuery))
            throw Wrong("the signature does not match: check the secret of the key, and that nothing between alters path, query or headers");
        return (key, claim.Service);
    }

    private AccessKey FindKey(SignatureClaim claim)
    {
        var key = findKey(claim.KeyId) ?? throw new ApiException(
            403, "UnrecognizedClientException", "the access key is not known to this hub: 'fairlead key create' makes one, 'fairlead key import' takes yours");
        return key.IsEnabled ? key : throw new ApiException(403, "UnrecognizedClientException", "the access key is disabled");
    }

    private void CheckTime(SignatureClaim claim, bool inQuery)
    {
        if (!DateTimeOffset.TryParseExact(
                claim.Date, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            || !claim.Date.StartsWith(claim.Day, StringComparison.Ordinal))
        {
            throw Wrong("the date must be yyyymmddThhmmssZ and agree with the day of the credential scope");
        }

        var age = time.GetUtcNow() - at;
        var longest = Window;
        if (inQuery && claim.Expires is { } seconds)
        {
            if (seconds < 1 || seconds > LongestLife) throw Wrong($"X-Amz-Expires must be 1 to {LongestLife}");
            longest = TimeSpan.FromSeconds(seconds);
        }

        if (age > longest || age < -Window)
            throw Wrong($"signed at {claim.Date}, {Math.Abs(age.TotalSeconds):F0} s {(age < TimeSpan.Zero ? "ahead of" : "behind")} the hub's clock: check the clock of the client");
    }

    private void CheckToken(AccessKey key, SignatureClaim claim)
    {
        if (key.ExpiresAt is { } end && time.GetUtcNow().ToUnixTimeMilliseconds() >= end)
            throw new ApiException(403, "ExpiredTokenException", "the access key has expired");
        if (key.SessionToken is { } token && !FixedTimeEquals(token, claim.Token ?? ""))
            throw new ApiException(403, "UnrecognizedClientException", "the session token is not that of the access key");
    }

    private static string PayloadHash(IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        var declared = headers["x-amz-content-sha256"].ToString();
        if (declared == "UNSIGNED-PAYLOAD") return declared;
        var real = Convert.ToHexStringLower(SHA256.HashData(body));
        return declared.Length == 0 || declared == real ? real : throw Wrong("x-amz-content-sha256 is not the hash of the body");
    }

    private bool Matches(
        SignatureClaim claim, AccessKey key, string method, RawTarget target, IHeaderDictionary headers, string hash, bool inQuery)
    {
        var host = headers.Host.ToString();
        // A proxy or the SDK may leave the port out of what is signed.
        var portless = host.LastIndexOf(':') is > 0 and var colon && !host.EndsWith(']') ? host[..colon] : null;
        var signing = _keys.Of(key.Secret, claim.Day, claim.Region, claim.Service);
        // AWS IoT's device SDKs append the session token after signing; presigners of other services sign it.
        foreach (var withToken in inQuery && claim.Token is not null ? (bool[])[false, true] : [true])
        {
            foreach (var name in portless is null ? (string[])[host] : [host, portless])
            {
                var canonical = CanonicalRequest.Write(method, target, headers, claim.SignedHeaders, name, hash, withToken);
                if (canonical is null) continue;
                var signature = SignatureText.Sign(signing, claim.Date, claim.Day, claim.Region, claim.Service, canonical);
                if (FixedTimeEquals(signature, claim.Signature)) return true;
            }
        }

        return false;
    }

    private static bool FixedTimeEquals(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    private static string? Parameter(RawTarget target, string name)
    {
        foreach (var (key, value) in target.Parameters)
        {
            if (key == name) return value;
        }

        return null;
    }

    private static ApiException Wrong(string message) => new(403, "InvalidSignatureException", message);
}
