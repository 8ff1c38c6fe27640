using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Fairlead.Features.Authorizers;

/// <summary>
/// Verifies JSON Web Tokens (RFC 7519) signed by RS256, ES256 or HS256 with the keys of an authorizer, and takes identity and policies from
/// their claims: <c>principalId</c> or <c>sub</c>, and <c>policyDocuments</c>. The connection ends with the token: <c>exp</c>.
/// </summary>
internal sealed class WebTokens(AuthorizerAnswer answer, TimeProvider time)
{
    private const int LongestToken = 16 * 1024;

    /// <summary>Verifies a token.</summary>
    public AuthorizerVerdict Verify(Authorizer authorizer, string token)
    {
        var parts = token.Split('.');
        if (token.Length > LongestToken || parts.Length != 3) return AuthorizerVerdict.Denied("the token is not a JSON Web Token");
        if (Decode(parts[0]) is not { } header || Decode(parts[1]) is not { } claims || Decode(parts[2]) is not { } signature)
            return AuthorizerVerdict.Denied("the token is not in Base64url");
        try
        {
            using var headerJson = JsonDocument.Parse(header);
            if (!IsSigned(authorizer, headerJson.RootElement, Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), signature))
                return AuthorizerVerdict.Denied("the token is not signed with a key of the authorizer");
            using var claimsJson = JsonDocument.Parse(claims, new JsonDocumentOptions { MaxDepth = 32 });
            return Judge(claimsJson.RootElement);
        }
        catch (JsonException)
        {
            return AuthorizerVerdict.Denied("the token is not a JSON Web Token");
        }
    }

    private static bool IsSigned(Authorizer authorizer, JsonElement header, byte[] signed, byte[] signature)
    {
        if (header.ValueKind != JsonValueKind.Object || !header.TryGetProperty("alg", out var alg) || alg.ValueKind != JsonValueKind.String) return false;
        // Extensions that must be understood are not (RFC 7515, section 4.1.11).
        if (header.TryGetProperty("crit", out _)) return false;
        var named = header.TryGetProperty("kid", out var kid) && kid.ValueKind == JsonValueKind.String ? kid.GetString() : null;
        if (named is not null && authorizer.SigningKeys.TryGetValue(named, out var chosen)) return SigningKeys.VerifiesWebToken(chosen, alg.GetString()!, signed, signature);
        return authorizer.SigningKeys.Values.Any(key => SigningKeys.VerifiesWebToken(key, alg.GetString()!, signed, signature));
    }

    private AuthorizerVerdict Judge(JsonElement claims)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (!TryReadTime(claims, "nbf", out var from) || !TryReadTime(claims, "exp", out var until)) return AuthorizerVerdict.Denied("the token has a time that is no number");
        if (now < from) return AuthorizerVerdict.Denied("the token is not valid yet");
        if (now >= until) return AuthorizerVerdict.Denied("the token has expired");
        var verdict = answer.Read(claims, isClaims: true);
        // Asked again it would say the same until it ends.
        return verdict.Grant is { } grant && until is { } end
            ? AuthorizerVerdict.Granted(grant with { DisconnectAfterSeconds = (int)Math.Min(grant.DisconnectAfterSeconds, end - now) })
            : verdict;
    }

    private static bool TryReadTime(JsonElement claims, string name, out long? seconds)
    {
        seconds = null;
        if (claims.ValueKind != JsonValueKind.Object || !claims.TryGetProperty(name, out var value)) return true;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || number is < 0 or > 1e12) return false;
        seconds = (long)number;
        return true;
    }

    private static byte[]? Decode(string part)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(part.Length)];
        try
        {
            return Base64Url.TryDecodeFromChars(part, bytes, out var length) ? bytes[..length] : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
