using Fairlead.Features.Api;
using Fairlead.Features.Documents;

namespace Fairlead.Features.Fleet;

/// <summary>
/// The configuration of indexing: kept and told again. Everything is always searched, whatever it says: a search reads the records
/// themselves, and there is nothing to switch off.
/// </summary>
internal sealed class IndexingFeature : IFeature
{
    private const string Key = "indexing";
    private const int MostFields = 100;

    private static readonly FieldDocument[] ThingFields =
    [
        new("thingName", "String"), new("thingId", "String"), new("registry.version", "Number"), new("registry.thingTypeName", "String"),
        new("registry.thingGroupNames", "String"), new("shadow.version", "Number"), new("shadow.hasDelta", "Boolean"), new("connectivity.connected", "Boolean"),
        new("connectivity.timestamp", "Number"), new("connectivity.disconnectReason", "String"),
    ];

    private static readonly FieldDocument[] GroupFields = [new("thingGroupName", "String"), new("thingGroupId", "String"), new("parentGroupNames", "String")];

    private readonly FeatureContext _context;
    private readonly RecordTable<IndexingDocument> _table;

    /// <summary>Makes the table; before documents are loaded.</summary>
    public IndexingFeature(FeatureContext context)
    {
        _context = context;
        _table = new RecordTable<IndexingDocument>(context.Documents, "indexing", IndexingJson.Default.IndexingDocument);
    }

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Control("GetIndexingConfiguration", "GET", "/indexing/config", Get),
        ApiOperation.Control("UpdateIndexingConfiguration", "POST", "/indexing/config", UpdateAsync),
    ];

    private static void OneOf(string? value, string member, params string[] allowed)
    {
        if (value is not null && !allowed.Contains(value, StringComparer.Ordinal)) throw ApiException.InvalidRequest($"{member} must be one of {string.Join(", ", allowed)}, not '{value}'");
    }

    private static void CheckFields(IReadOnlyList<FieldDocument>? fields)
    {
        if (fields is { Count: > MostFields }) throw ApiException.InvalidRequest($"customFields has at most {MostFields} entries");
        foreach (var field in fields ?? [])
        {
            if (field?.Name is not { Length: > 0 and <= 1_024 }) throw ApiException.InvalidRequest("each of customFields needs a name");
            OneOf(field.Type ?? "", "type", "Number", "String", "Boolean");
        }
    }

    private static void Check(ThingIndexingDocument things)
    {
        OneOf(things.ThingIndexingMode ?? "", "thingIndexingMode", "OFF", "REGISTRY", "REGISTRY_AND_SHADOW");
        OneOf(things.ThingConnectivityIndexingMode, "thingConnectivityIndexingMode", "OFF", "STATUS");
        OneOf(things.NamedShadowIndexingMode, "namedShadowIndexingMode", "OFF", "ON");
        OneOf(things.DeviceDefenderIndexingMode, "deviceDefenderIndexingMode", "OFF", "VIOLATIONS");
        if (things.DeviceDefenderIndexingMode == "VIOLATIONS") throw ApiException.InvalidRequest("deviceDefenderIndexingMode must be OFF: this hub knows no violations");
        if (things.ThingIndexingMode == "OFF" && (things.ThingConnectivityIndexingMode == "STATUS" || things.NamedShadowIndexingMode == "ON"))
            throw ApiException.InvalidRequest("connectivity and named shadows cannot be indexed while thingIndexingMode is OFF");
        if (things.Filter?.GeoLocations is { Count: > 0 }) throw ApiException.InvalidRequest("geoLocations must be empty: this hub does not search by place");
        if (things.Filter?.NamedShadowNames is { Count: > MostFields }) throw ApiException.InvalidRequest($"namedShadowNames has at most {MostFields} entries");
        foreach (var api in things.Filter?.Connectivity?.IncludeSocketInformation ?? []) OneOf(api, "includeSocketInformation", "GET_THING_CONNECTIVITY_DATA");
        CheckFields(things.CustomFields);
    }

    private ValueTask<ApiResponse> Get(ApiRequest request)
    {
        var kept = _table.Find(Key);
        var things = kept?.ThingIndexingConfiguration ?? new ThingIndexingDocument("REGISTRY_AND_SHADOW", "STATUS", "OFF", "ON", null, null, null);
        var groups = kept?.ThingGroupIndexingConfiguration ?? new GroupIndexingDocument("ON", null, null);
        var answer = new IndexingDocument(things with { ManagedFields = ThingFields }, groups with { ManagedFields = GroupFields });
        return new(ApiResponse.Json(answer, IndexingJson.Default.IndexingDocument));
    }

    private async ValueTask<ApiResponse> UpdateAsync(ApiRequest request)
    {
        var input = request.Body(IndexingJson.Default.IndexingDocument);
        if (input.ThingIndexingConfiguration is { } things) Check(things);
        if (input.ThingGroupIndexingConfiguration is { } groups)
        {
            OneOf(groups.ThingGroupIndexingMode ?? "", "thingGroupIndexingMode", "OFF", "ON");
            CheckFields(groups.CustomFields);
        }

        lock (_context.Documents.Gate)
        {
            var kept = _table.Find(Key) ?? new IndexingDocument(null, null);
            _table.Save(Key, new IndexingDocument(
                input.ThingIndexingConfiguration ?? kept.ThingIndexingConfiguration, input.ThingGroupIndexingConfiguration ?? kept.ThingGroupIndexingConfiguration));
        }

        await _context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }
}
