using System.Text.Json.Serialization;
using Fairlead.Features.Tags;

namespace Fairlead.Features.Registry;

/// <summary>Properties of a thing type.</summary>
internal sealed record ThingTypePropertiesDocument(
    string? ThingTypeDescription = null, IReadOnlyList<string>? SearchableAttributes = null, Mqtt5ConfigurationDocument? Mqtt5Configuration = null);

/// <summary>Attributes that go along with messages; kept to be told again.</summary>
internal sealed record Mqtt5ConfigurationDocument(IReadOnlyList<PropagatingAttributeDocument>? PropagatingAttributes);

/// <summary>One attribute that goes along.</summary>
internal sealed record PropagatingAttributeDocument(string? UserPropertyKey, string? ThingAttribute, string? ConnectionAttribute);

/// <summary>Whether a type may still be given, and its dates in seconds.</summary>
internal sealed record ThingTypeMetadataDocument(bool Deprecated, double? DeprecationDate, double CreationDate);

/// <summary>Body of CreateThingType and UpdateThingType.</summary>
internal sealed record ThingTypeInputDocument(ThingTypePropertiesDocument? ThingTypeProperties, IReadOnlyList<TagDocument>? Tags);

/// <summary>Body of DeprecateThingType.</summary>
internal sealed record DeprecationDocument(bool? UndoDeprecate);

/// <summary>Answer of CreateThingType.</summary>
internal sealed record CreatedThingTypeDocument(string ThingTypeName, string ThingTypeArn, string ThingTypeId);

/// <summary>A type as DescribeThingType and ListThingTypes tell it; the list leaves its id out.</summary>
internal sealed record ThingTypeDocument(
    string ThingTypeName, string? ThingTypeId, string ThingTypeArn, ThingTypePropertiesDocument ThingTypeProperties, ThingTypeMetadataDocument ThingTypeMetadata);

/// <summary>A page of types.</summary>
internal sealed record ThingTypePageDocument(IReadOnlyList<ThingTypeDocument> ThingTypes, string? NextToken);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ThingTypeInputDocument))]
[JsonSerializable(typeof(DeprecationDocument))]
[JsonSerializable(typeof(CreatedThingTypeDocument))]
[JsonSerializable(typeof(ThingTypePageDocument))]
internal sealed partial class ThingTypeJson : JsonSerializerContext;
