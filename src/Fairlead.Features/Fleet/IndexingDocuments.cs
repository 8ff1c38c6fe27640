using System.Text.Json.Serialization;

namespace Fairlead.Features.Fleet;

/// <summary>What shall be indexed: body of UpdateIndexingConfiguration, answer of GetIndexingConfiguration, and the record in the store.</summary>
internal sealed record IndexingDocument(ThingIndexingDocument? ThingIndexingConfiguration, GroupIndexingDocument? ThingGroupIndexingConfiguration);

/// <summary>Of things.</summary>
internal sealed record ThingIndexingDocument(
    string? ThingIndexingMode, string? ThingConnectivityIndexingMode, string? DeviceDefenderIndexingMode, string? NamedShadowIndexingMode,
    IReadOnlyList<FieldDocument>? ManagedFields, IReadOnlyList<FieldDocument>? CustomFields, IndexingFilterDocument? Filter);

/// <summary>Of thing groups.</summary>
internal sealed record GroupIndexingDocument(string? ThingGroupIndexingMode, IReadOnlyList<FieldDocument>? ManagedFields, IReadOnlyList<FieldDocument>? CustomFields);

/// <summary>A field and the type of its values.</summary>
internal sealed record FieldDocument(string? Name, string? Type);

/// <summary>What AWS would leave out; here everything is searched.</summary>
internal sealed record IndexingFilterDocument(
    IReadOnlyList<string>? NamedShadowNames, IReadOnlyList<GeoLocationDocument>? GeoLocations, ConnectivityFilterDocument? Connectivity);

/// <summary>A field that holds a place.</summary>
internal sealed record GeoLocationDocument(string? Name, string? Order);

/// <summary>Which operations tell addresses.</summary>
internal sealed record ConnectivityFilterDocument(IReadOnlyList<string>? IncludeSocketInformation);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IndexingDocument))]
internal sealed partial class IndexingJson : JsonSerializerContext;
