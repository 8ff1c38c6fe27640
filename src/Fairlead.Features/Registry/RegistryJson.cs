using System.Text.Json.Serialization;

namespace Fairlead.Features.Registry;

/// <summary>How records that the registry alone reads lie in the store.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(BillingGroup))]
internal sealed partial class RegistryJson : JsonSerializerContext;
