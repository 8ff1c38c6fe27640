using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Features.Certificates;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Certificates;

/// <summary>Signatures of certificates and signing requests, strong and weak, and bytes that are neither.</summary>
public sealed class SignedStructureTests
{
    private static readonly X500DistinguishedName Name = new("CN=a");

    public static TheoryData<string, string> Algorithms => new()
    {
        { "ECDSA", "SHA256" }, { "ECDSA", "SHA384" }, { "ECDSA", "SHA512" },
        { "RSA", "SHA256" }, { "RSA", "SHA384" }, { "RSA", "SHA512" },
        { "PSS", "SHA256" }, { "PSS", "SHA512" },
    };

    [Theory]
    [MemberData(nameof(Algorithms), DisableDiscoveryEnumeration = true)]
    public void Strong_signatures_of_the_right_key_are_taken(string kind, string hash)
    {
        using var rsa = RSA.Create(2048);
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var algorithm = new HashAlgorithmName(hash);
        var request = kind == "ECDSA"
            ? new CertificateRequest(Name, ecdsa, algorithm)
            : new CertificateRequest(Name, rsa, algorithm, kind == "PSS" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
        var der = request.CreateSigningRequest();
        var signed = SignedStructure.TryRead(der).ShouldNotBeNull();
        signed.IsStrong.ShouldBeTrue();
        signed.IsSignedBy(request.PublicKey).ShouldBeTrue();
        using var stranger = RSA.Create(2048);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        signed.IsSignedBy(new PublicKey(stranger)).ShouldBeFalse();
        signed.IsSignedBy(new PublicKey(other)).ShouldBeFalse();
        der[^5] ^= 1;
        SignedStructure.TryRead(der)!.IsSignedBy(request.PublicKey).ShouldBeFalse();
    }

    [Fact]
    public void Damaged_bytes_are_values_and_no_exceptions()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Name, ecdsa, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
        var der = certificate.RawData;
        var random = new Random(20261121);
        for (var i = 0; i < 3000; i++)
        {
            var bytes = der.AsSpan(0, random.Next(der.Length + 1)).ToArray();
            for (var flips = random.Next(4); flips > 0 && bytes.Length > 0; flips--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            SignedStructure.TryRead(bytes)?.IsSignedBy(request.PublicKey);
            if (ParsedCertificate.TryParse(bytes) is not { } parsed) continue;
            KeyStrength.ProblemOf(parsed.Key);
            parsed.HasCommonName("a");
            ParsedCertificate.Show(parsed.Subject);
            parsed.IsIssuedBy(parsed.Subject, parsed.Key);
        }
    }

    [Theory]
    [InlineData("", "no certificate in PEM form")]
    [InlineData("-----BEGIN CERTIFICATE-----", "no certificate in PEM form")]
    [InlineData("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----", "no certificate in PEM form")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "a PEM block 'PUBLIC KEY'")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----", "keep that key to the device")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "more than one PEM block")]
    public void Texts_that_are_no_single_certificate_are_explained(string text, string problem) =>
        PemText.TryReadOne(text, "certificate", ["CERTIFICATE"], out _).ShouldNotBeNull().ShouldContain(problem);

    [Fact]
    public void Explanations_around_the_block_do_no_harm()
    {
        PemText.TryReadOne("Certificate:\n    Data:\n-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\nbye", "certificate", ["CERTIFICATE"], out var der).ShouldBeNull();
        der.ShouldBe([0, 1, 2]);
    }
}
