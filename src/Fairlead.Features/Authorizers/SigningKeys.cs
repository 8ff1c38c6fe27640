using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Features.Authorizers;

/// <summary>The keys of an authorizer: what they may be, and what they verify.</summary>
internal static class SigningKeys
{
    /// <summary>In front of a shared secret in Base64, instead of a PEM.</summary>
    public const string SecretPrefix = "HS256:";

    private const int LeastRsaBits = 2048;
    private const int LeastSecretBytes = 32;

    /// <summary>Why a key cannot be used; null when it can.</summary>
    /// <param name="key">PEM, or a secret.</param>
    /// <param name="forWebTokens">Whether it verifies web tokens, and not signatures beside tokens.</param>
    public static string? Problem(string key, bool forWebTokens)
    {
        if (key.StartsWith(SecretPrefix, StringComparison.Ordinal))
        {
            if (!forWebTokens) return "is a shared secret, which only web tokens are verified with";
            return Secret(key) is { Length: >= LeastSecretBytes } ? null : $"must be {SecretPrefix} and at least {LeastSecretBytes} bytes in Base64";
        }

        using var rsa = Rsa(key);
        if (rsa is not null) return rsa.KeySize >= LeastRsaBits ? null : $"is an RSA key of {rsa.KeySize} bits; it needs {LeastRsaBits}";
        using var curve = forWebTokens ? Curve(key) : null;
        if (curve is not null) return curve.KeySize == 256 ? null : "must be on the curve P-256";
        return forWebTokens ? $"must be an RSA or P-256 public key in PEM form, or {SecretPrefix} and a secret" : "must be an RSA public key in PEM form";
    }

    /// <summary>Whether a signature over a token is right: RSASSA-PKCS1-v1_5 with SHA-256 under any of the keys.</summary>
    public static bool VerifiesToken(IEnumerable<string> keys, string token, string signature)
    {
        var bytes = new byte[signature.Length];
        if (!Convert.TryFromBase64String(signature, bytes, out var length) || length == 0) return false;
        var signed = Encoding.UTF8.GetBytes(token);
        foreach (var key in keys)
        {
            using var rsa = Rsa(key);
            if (rsa is not null && rsa.VerifyData(signed, bytes.AsSpan(0, length), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)) return true;
        }

        return false;
    }

    /// <summary>Whether the signature of a web token is right under one key. The key decides which algorithm is meant, never the token alone.</summary>
    public static bool VerifiesWebToken(string key, string algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (Secret(key) is { } secret)
            return algorithm == "HS256" && CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(secret, signed), signature);
        if (algorithm == "RS256")
        {
            using var rsa = Rsa(key);
            return rsa is not null && rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }

        if (algorithm != "ES256") return false;
        using var curve = Curve(key);
        return curve is not null && curve.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static byte[]? Secret(string key)
    {
        if (!key.StartsWith(SecretPrefix, StringComparison.Ordinal)) return null;
        var bytes = new byte[key.Length];
        return Convert.TryFromBase64String(key[SecretPrefix.Length..], bytes, out var length) ? bytes[..length] : [];
    }

    private static RSA? Rsa(string pem)
    {
        var rsa = RSA.Create();
        if (TryImport(rsa, pem)) return rsa;
        rsa.Dispose();
        return null;
    }

    private static ECDsa? Curve(string pem)
    {
        var curve = ECDsa.Create();
        if (TryImport(curve, pem)) return curve;
        curve.Dispose();
        return null;
    }

    private static bool TryImport(AsymmetricAlgorithm algorithm, string pem)
    {
        // A private key has no business here: it would be shown by DescribeAuthorizer.
        if (pem.Contains("PRIVATE KEY", StringComparison.Ordinal)) return false;
        try
        {
            algorithm.ImportFromPem(pem);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            return false;
        }
    }
}
