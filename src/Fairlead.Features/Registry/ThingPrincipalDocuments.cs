using System.Text.Json.Serialization;

namespace Fairlead.Features.Registry;

/// <summary>Answer of ListThingPrincipals.</summary>
internal sealed record PrincipalPageDocument(IReadOnlyList<string> Principals, string? NextToken);

/// <summary>A principal and how it belongs to the thing.</summary>
internal sealed record ThingPrincipalDocument(string Principal, string ThingPrincipalType);

/// <summary>Answer of ListThingPrincipalsV2.</summary>
internal sealed record ThingPrincipalPageDocument(IReadOnlyList<ThingPrincipalDocument> ThingPrincipalObjects, string? NextToken);

/// <summary>A thing and how the principal belongs to it.</summary>
internal sealed record PrincipalThingDocument(string ThingName, string ThingPrincipalType);

/// <summary>Answer of ListPrincipalThingsV2.</summary>
internal sealed record PrincipalThingPageDocument(IReadOnlyList<PrincipalThingDocument> PrincipalThingObjects, string? NextToken);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PrincipalPageDocument))]
[JsonSerializable(typeof(ThingPrincipalPageDocument))]
[JsonSerializable(typeof(PrincipalThingPageDocument))]
internal sealed partial class ThingPrincipalJson : JsonSerializerContext;
