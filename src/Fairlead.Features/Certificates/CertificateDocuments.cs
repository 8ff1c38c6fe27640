using System.Text.Json.Serialization;
using Fairlead.Features.Tags;

namespace Fairlead.Features.Certificates;

/// <summary>A certificate that was made or registered.</summary>
internal sealed record CertificateMadeDocument(string CertificateArn, string CertificateId, string? CertificatePem, KeyPairDocument? KeyPair);

/// <summary>Keys that the hub made; AWS writes these members in capitals.</summary>
internal sealed record KeyPairDocument(
    [property: JsonPropertyName("PublicKey")] string PublicKey, [property: JsonPropertyName("PrivateKey")] string PrivateKey);

/// <summary>Body of CreateCertificateFromCsr.</summary>
internal sealed record SigningRequestDocument(string? CertificateSigningRequest);

/// <summary>Body of RegisterCertificate and RegisterCertificateWithoutCA.</summary>
internal sealed record RegistrationDocument(string? CertificatePem, string? CaCertificatePem, string? Status);

/// <summary>Answer of DescribeCertificate.</summary>
internal sealed record DescribedCertificateDocument(CertificateDescriptionDocument CertificateDescription);

/// <summary>All about a certificate.</summary>
internal sealed record CertificateDescriptionDocument(
    string CertificateArn, string CertificateId, string? CaCertificateId, string Status, string CertificatePem, string OwnedBy,
    double CreationDate, double LastModifiedDate, int CustomerVersion, string GenerationId, ValidityDocument Validity, string CertificateMode);

/// <summary>From when to when, seconds since the Unix epoch.</summary>
internal sealed record ValidityDocument(double NotBefore, double NotAfter);

/// <summary>A page of certificates.</summary>
internal sealed record CertificateListDocument(IReadOnlyList<CertificateListEntry> Certificates, string? NextMarker);

/// <summary>An entry of the list.</summary>
internal sealed record CertificateListEntry(string CertificateArn, string CertificateId, string Status, string? CertificateMode, double CreationDate);

/// <summary>Answer of GetRegistrationCode.</summary>
internal sealed record RegistrationCodeDocument(string RegistrationCode);

/// <summary>Body of RegisterCACertificate.</summary>
internal sealed record CaRegistrationDocument(
    string? CaCertificate, string? VerificationCertificate, RegistrationConfigDocument? RegistrationConfig, IReadOnlyList<TagDocument>? Tags,
    string? CertificateMode);

/// <summary>How devices of a CA are provisioned when they register themselves.</summary>
internal sealed record RegistrationConfigDocument(string? TemplateBody, string? RoleArn, string? TemplateName);

/// <summary>Body of UpdateCACertificate.</summary>
internal sealed record CaChangeDocument(RegistrationConfigDocument? RegistrationConfig, bool? RemoveAutoRegistration);

/// <summary>Answer of DescribeCACertificate.</summary>
internal sealed record DescribedCaDocument(CaDescriptionDocument CertificateDescription, RegistrationConfigDocument? RegistrationConfig);

/// <summary>All about a CA certificate.</summary>
internal sealed record CaDescriptionDocument(
    string CertificateArn, string CertificateId, string Status, string CertificatePem, string OwnedBy, double CreationDate,
    string AutoRegistrationStatus, double LastModifiedDate, int CustomerVersion, string GenerationId, ValidityDocument Validity, string CertificateMode);

/// <summary>What is published when a certificate registers itself. AWS sends the first time as a number and the second as text.</summary>
internal sealed record RegisteredEventDocument(
    string CertificateId, string CaCertificateId, long Timestamp, string CertificateStatus, string AwsAccountId, string CertificateRegistrationTimestamp);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CertificateMadeDocument))]
[JsonSerializable(typeof(SigningRequestDocument))]
[JsonSerializable(typeof(RegistrationDocument))]
[JsonSerializable(typeof(DescribedCertificateDocument))]
[JsonSerializable(typeof(CertificateListDocument))]
[JsonSerializable(typeof(RegistrationCodeDocument))]
[JsonSerializable(typeof(CaRegistrationDocument))]
[JsonSerializable(typeof(CaChangeDocument))]
[JsonSerializable(typeof(DescribedCaDocument))]
[JsonSerializable(typeof(RegisteredEventDocument))]
[JsonSerializable(typeof(RegistrationCode))]
internal sealed partial class CertificateJson : JsonSerializerContext;
