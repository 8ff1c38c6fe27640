using System.Text.Json.Serialization;
using Fairlead.Features.Documents;

namespace Fairlead.Features.Provisioning;

/// <summary>Tables of this slice.</summary>
internal sealed class ProvisioningRecords(DocumentStore store)
{
    /// <summary>Templates by name.</summary>
    public RecordTable<ProvisioningTemplate> Templates { get; } = new(store, "provisioning-templates", ProvisioningRecordJson.Default.ProvisioningTemplate);

    /// <summary>Temporary certificates by their id. They are not among the registered ones and in no list.</summary>
    public RecordTable<ProvisioningClaim> Claims { get; } = new(store, "provisioning-claims", ProvisioningRecordJson.Default.ProvisioningClaim);

    /// <summary>Certificates made over MQTT that wait for their provisioning, by their id.</summary>
    public RecordTable<OwnershipToken> Tokens { get; } = new(store, "provisioning-tokens", ProvisioningRecordJson.Default.OwnershipToken);
}

/// <summary>A temporary certificate that a trusted user hands to a device (CreateProvisioningClaim).</summary>
/// <param name="TemplateName">The one template that it may use.</param>
/// <param name="ExpiresAt">Milliseconds since the Unix epoch.</param>
internal sealed record ProvisioningClaim(string TemplateName, long ExpiresAt);

/// <summary>Proof that a certificate made over MQTT belongs to whoever asked for it.</summary>
/// <param name="Hash">SHA-256 of the token, lower-case hexadecimal: a copy of the store gives no token away.</param>
/// <param name="Principal">Who asked for it.</param>
/// <param name="ExpiresAt">Milliseconds since the Unix epoch.</param>
internal sealed record OwnershipToken(string Hash, string Principal, long ExpiresAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ProvisioningTemplate))]
[JsonSerializable(typeof(ProvisioningClaim))]
[JsonSerializable(typeof(OwnershipToken))]
internal sealed partial class ProvisioningRecordJson : JsonSerializerContext;
