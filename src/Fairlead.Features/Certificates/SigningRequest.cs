using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Features.Api;

namespace Fairlead.Features.Certificates;

/// <summary>A certificate signing request (PKCS #10) whose signature was verified: its maker has the private key.</summary>
/// <param name="Subject">Subject as requested.</param>
/// <param name="Key">Public key.</param>
internal sealed record SigningRequest(X500DistinguishedName Subject, PublicKey Key)
{
    private const int LongestPem = 4096;

    /// <summary>Reads a PEM text that a caller sent.</summary>
    /// <exception cref="ApiException">400.</exception>
    public static SigningRequest Parse(string? pem)
    {
        if (string.IsNullOrEmpty(pem)) throw ApiException.InvalidRequest("certificateSigningRequest is missing");
        if (pem.Length > LongestPem) throw ApiException.InvalidRequest($"certificateSigningRequest is longer than {LongestPem} characters");
        if (PemText.TryReadOne(pem, "certificate signing request", ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"], out var der) is { } problem)
            throw ApiException.InvalidRequest($"certificateSigningRequest: {problem}");
        if (SignedStructure.TryRead(der) is not { } signed) throw ApiException.InvalidRequest("certificateSigningRequest is no PKCS #10 structure");
        if (!signed.IsStrong) throw ApiException.InvalidRequest("certificateSigningRequest must be signed with SHA-256, SHA-384 or SHA-512 by an RSA or ECDSA key");
        try
        {
            // The signature is verified below: the loader knows fewer algorithms.
            var request = CertificateRequest.LoadSigningRequest(der, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.SkipSignatureValidation);
            if (KeyStrength.ProblemOf(request.PublicKey) is { } weakness) throw ApiException.InvalidRequest($"certificateSigningRequest is refused: {weakness}");
            if (!signed.IsSignedBy(request.PublicKey)) throw ApiException.InvalidRequest("certificateSigningRequest is not signed by its own key");
            return new SigningRequest(request.SubjectName, request.PublicKey);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or NotSupportedException)
        {
            throw ApiException.InvalidRequest("certificateSigningRequest is damaged");
        }
    }
}
