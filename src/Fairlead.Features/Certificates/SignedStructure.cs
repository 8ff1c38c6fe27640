using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Features.Certificates;

/// <summary>
/// What certificates (RFC 5280, section 4.1) and signing requests (RFC 2986, section 4.2) have in common: content, algorithm, signature.
/// </summary>
/// <param name="Content">What is signed, DER.</param>
/// <param name="Algorithm">Object identifier of the signature algorithm.</param>
/// <param name="Parameters">Its parameters, DER; empty for none.</param>
/// <param name="Signature">Signature.</param>
internal sealed record SignedStructure(ReadOnlyMemory<byte> Content, string Algorithm, ReadOnlyMemory<byte> Parameters, byte[] Signature)
{
    private const string RsaPss = "1.2.840.113549.1.1.10";

    /// <summary>Takes a structure apart; null when it is none.</summary>
    public static SignedStructure? TryRead(ReadOnlyMemory<byte> der)
    {
        try
        {
            var outer = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
            var content = outer.ReadEncodedValue();
            var algorithm = outer.ReadSequence();
            var identifier = algorithm.ReadObjectIdentifier();
            var parameters = algorithm.HasData ? algorithm.ReadEncodedValue() : default;
            var signature = outer.ReadBitString(out _);
            return new SignedStructure(content, identifier, parameters, signature);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>Whether the algorithm is one that AWS IoT takes: SHA-2 with RSA or ECDSA (spec/aws-registry-and-policies, section 6).</summary>
    public bool IsStrong => Hash() is not null;

    /// <summary>Whether the holder of a key signed it, with a strong algorithm.</summary>
    public bool IsSignedBy(PublicKey key)
    {
        if (Hash() is not { } hash) return false;
        try
        {
            if (Algorithm.StartsWith("1.2.840.10045.", StringComparison.Ordinal))
            {
                using var ecdsa = key.GetECDsaPublicKey();
                return ecdsa?.VerifyData(Content.Span, Signature, hash, DSASignatureFormat.Rfc3279DerSequence) ?? false;
            }

            using var rsa = key.GetRSAPublicKey();
            return rsa?.VerifyData(Content.Span, Signature, hash, Algorithm == RsaPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1) ?? false;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    private HashAlgorithmName? Hash() => Algorithm switch
    {
        "1.2.840.113549.1.1.11" or "1.2.840.10045.4.3.2" => HashAlgorithmName.SHA256,
        "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => HashAlgorithmName.SHA384,
        "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => HashAlgorithmName.SHA512,
        RsaPss => PssHash(),
        _ => null,
    };

    // RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0] AlgorithmIdentifier DEFAULT sha1, ... } (RFC 4055, section 3.1).
    private HashAlgorithmName? PssHash()
    {
        try
        {
            var parameters = new AsnReader(Parameters, AsnEncodingRules.DER).ReadSequence();
            var tag = new Asn1Tag(TagClass.ContextSpecific, 0);
            if (!parameters.HasData || !parameters.PeekTag().HasSameClassAndValue(tag)) return null;
            return parameters.ReadSequence(tag).ReadSequence().ReadObjectIdentifier() switch
            {
                "2.16.840.1.101.3.4.2.1" => HashAlgorithmName.SHA256,
                "2.16.840.1.101.3.4.2.2" => HashAlgorithmName.SHA384,
                "2.16.840.1.101.3.4.2.3" => HashAlgorithmName.SHA512,
                _ => null,
            };
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}
