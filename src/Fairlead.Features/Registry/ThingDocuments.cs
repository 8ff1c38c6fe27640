using System.Text.Json.Serialization;

namespace Fairlead.Features.Registry;

/// <summary>Attributes in requests, and whether those that are not given stay.</summary>
internal sealed record AttributePayloadDocument(IReadOnlyDictionary<string, string>? Attributes, bool? Merge = null);

/// <summary>Body of CreateThing.</summary>
internal sealed record NewThingDocument(string? ThingTypeName, AttributePayloadDocument? AttributePayload, string? BillingGroupName);

/// <summary>Body of UpdateThing.</summary>
internal sealed record ThingChangeDocument(
    string? ThingTypeName, AttributePayloadDocument? AttributePayload, long? ExpectedVersion, bool? RemoveThingType);

/// <summary>Answer of CreateThing.</summary>
internal sealed record CreatedThingDocument(string ThingName, string ThingArn, string ThingId);

/// <summary>Answer of DescribeThing.</summary>
internal sealed record ThingDocument(
    string DefaultClientId, string ThingName, string ThingId, string ThingArn, string? ThingTypeName,
    IReadOnlyDictionary<string, string> Attributes, long Version, string? BillingGroupName);

/// <summary>A thing as ListThings tells it.</summary>
internal sealed record ThingEntryDocument(
    string ThingName, string? ThingTypeName, string ThingArn, IReadOnlyDictionary<string, string> Attributes, long Version);

/// <summary>A page of things.</summary>
internal sealed record ThingPageDocument(IReadOnlyList<ThingEntryDocument> Things, string? NextToken);

/// <summary>A page of names of things.</summary>
internal sealed record ThingNamePageDocument(IReadOnlyList<string> Things, string? NextToken);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewThingDocument))]
[JsonSerializable(typeof(ThingChangeDocument))]
[JsonSerializable(typeof(CreatedThingDocument))]
[JsonSerializable(typeof(ThingDocument))]
[JsonSerializable(typeof(ThingPageDocument))]
[JsonSerializable(typeof(ThingNamePageDocument))]
internal sealed partial class ThingJson : JsonSerializerContext;
