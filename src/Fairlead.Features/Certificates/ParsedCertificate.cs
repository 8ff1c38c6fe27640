using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Features.Api;

namespace Fairlead.Features.Certificates;

/// <summary>A certificate taken apart, without handles of the cryptographic library.</summary>
internal sealed class ParsedCertificate
{
    private const int LongestPem = 65_536;
    private const string CommonName = "2.5.4.3";

    private ParsedCertificate(X509Certificate2 certificate)
    {
        Der = certificate.RawData;
        Id = Convert.ToHexStringLower(SHA256.HashData(Der));
        Subject = certificate.SubjectName;
        Issuer = certificate.IssuerName;
        Key = certificate.PublicKey;
        NotBefore = new DateTimeOffset(certificate.NotBefore).ToUnixTimeMilliseconds();
        NotAfter = new DateTimeOffset(certificate.NotAfter).ToUnixTimeMilliseconds();
        foreach (var extension in certificate.Extensions)
        {
            if (extension is X509BasicConstraintsExtension constraints) IsAuthority = constraints.CertificateAuthority;
        }
    }

    /// <summary>DER.</summary>
    public byte[] Der { get; }

    /// <summary>Lower-case hexadecimal SHA-256 of <see cref="Der"/>.</summary>
    public string Id { get; }

    /// <summary>Subject.</summary>
    public X500DistinguishedName Subject { get; }

    /// <summary>Issuer.</summary>
    public X500DistinguishedName Issuer { get; }

    /// <summary>Public key.</summary>
    public PublicKey Key { get; }

    /// <summary>Begin of validity, milliseconds since the Unix epoch.</summary>
    public long NotBefore { get; }

    /// <summary>End of validity, milliseconds since the Unix epoch.</summary>
    public long NotAfter { get; }

    /// <summary>Whether it may sign certificates: basic constraints say CA.</summary>
    public bool IsAuthority { get; }

    /// <summary>Reads DER; null when it is no certificate.</summary>
    public static ParsedCertificate? TryParse(ReadOnlySpan<byte> der)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            return new ParsedCertificate(certificate);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Reads a PEM text that a caller sent.</summary>
    /// <param name="pem">The text.</param>
    /// <param name="member">Member of the request that it came in.</param>
    /// <exception cref="ApiException">400.</exception>
    public static ParsedCertificate Parse(string? pem, string member)
    {
        if (string.IsNullOrEmpty(pem)) throw ApiException.InvalidRequest($"{member} is missing");
        if (pem.Length > LongestPem) throw ApiException.InvalidRequest($"{member} is longer than {LongestPem} characters");
        if (PemText.TryReadOne(pem, "certificate", ["CERTIFICATE", "X509 CERTIFICATE"], out var der) is { } problem) throw Invalid($"{member}: {problem}");
        return TryParse(der) ?? throw Invalid($"{member} is no X.509 certificate");
    }

    /// <summary>400: the certificate is not what it has to be.</summary>
    public static ApiException Invalid(string message) => new(400, "CertificateValidationException", message);

    /// <summary>Refuses a weak key and a validity that has ended or not begun.</summary>
    /// <exception cref="ApiException">400.</exception>
    public void CheckUsable(long now, string member)
    {
        if (KeyStrength.ProblemOf(Key) is { } weakness) throw Invalid($"{member} cannot be registered: {weakness}");
        if (NotAfter < now) throw Invalid($"{member} ended at {DateTimeOffset.FromUnixTimeMilliseconds(NotAfter):u}");
        if (NotBefore > now) throw Invalid($"{member} is not valid before {DateTimeOffset.FromUnixTimeMilliseconds(NotBefore):u}");
    }

    /// <summary>Whether the subject has this common name.</summary>
    public bool HasCommonName(string name)
    {
        try
        {
            return Subject.EnumerateRelativeDistinguishedNames().Any(part =>
                !part.HasMultipleElements && part.GetSingleElementType().Value == CommonName && part.GetSingleElementValue() == name);
        }
        catch (Exception exception) when (exception is CryptographicException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>A name as text, for people; names may hold any bytes.</summary>
    public static string Show(X500DistinguishedName name)
    {
        try
        {
            return name.Name;
        }
        catch (CryptographicException)
        {
            return "unreadable";
        }
    }

    /// <summary>Whether the holder of an authority's key issued it.</summary>
    public bool IsIssuedBy(X500DistinguishedName subject, PublicKey key) =>
        Issuer.RawData.AsSpan().SequenceEqual(subject.RawData) && SignedStructure.TryRead(Der) is { } signed && signed.IsSignedBy(key);
}
