using System.Text.Json.Serialization;

namespace Fairlead.Features.IotHub.Credentials;

/// <summary>A policy: keys that services and gateways sign tokens with (spec/azure-gateway, section 5.2). Immutable.</summary>
/// <param name="Name">Name; <c>skn</c> of tokens.</param>
/// <param name="Permissions">What it allows.</param>
/// <param name="PrimaryKey">Key in base64; needed in the clear to verify signatures.</param>
/// <param name="SecondaryKey">The other one.</param>
/// <param name="CreatedAt">Milliseconds since the Unix epoch.</param>
internal sealed record HubPolicy(string Name, HubPermissions Permissions, string PrimaryKey, string SecondaryKey, long CreatedAt);

/// <summary>How policies lie in the store. Members may be added; none may change its meaning.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(HubPolicy))]
internal sealed partial class HubPolicyJson : JsonSerializerContext;
