using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.Features.Provisioning;

/// <summary>What a device sends.</summary>
internal sealed record ProvisioningRequestDocument(string? CertificateSigningRequest, string? CertificateOwnershipToken, Dictionary<string, string>? Parameters);

/// <summary>A certificate, with its key when the hub made that.</summary>
internal sealed record CertificateIssuedDocument(string CertificateId, string CertificatePem, string? PrivateKey, string CertificateOwnershipToken);

/// <summary>A device is provisioned.</summary>
internal sealed record DeviceProvisionedDocument(JsonElement DeviceConfiguration, string? ThingName);

/// <summary>A request is refused.</summary>
internal sealed record ProvisioningErrorDocument(int StatusCode, string ErrorCode, string ErrorMessage);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProvisioningRequestDocument))]
[JsonSerializable(typeof(CertificateIssuedDocument))]
[JsonSerializable(typeof(DeviceProvisionedDocument))]
[JsonSerializable(typeof(ProvisioningErrorDocument))]
internal sealed partial class MessageJson : JsonSerializerContext;
