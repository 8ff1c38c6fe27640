using System.Text.Json;
using Fairlead.Features.Api;
using Fairlead.Features.Tags;

namespace Fairlead.Features.Registry;

/// <summary>Operations on thing types (spec/aws-registry-and-policies, section 4).</summary>
internal sealed class ThingTypeFeature(HubRecords records, RegistryServices registry, TagService tags, RegistryPages pages) : IFeature
{
    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Control("ListThingTypes", "GET", "/thing-types", List),
        ApiOperation.Control("CreateThingType", "POST", "/thing-types/{thingTypeName}", CreateAsync, Arn),
        ApiOperation.Control("DescribeThingType", "GET", "/thing-types/{thingTypeName}", Describe, Arn),
        ApiOperation.Control("UpdateThingType", "PATCH", "/thing-types/{thingTypeName}", UpdateAsync, Arn),
        ApiOperation.Control("DeprecateThingType", "POST", "/thing-types/{thingTypeName}/deprecate", DeprecateAsync, Arn),
        ApiOperation.Control("DeleteThingType", "DELETE", "/thing-types/{thingTypeName}", DeleteAsync, Arn),
    ];

    private static string Name(ApiRequest request) => RegistryValues.Name(request.Label(), "thingTypeName");

    private string Arn(ApiRequest request) => registry.Types.ArnOf(request.Label());

    private ValueTask<ApiResponse> List(ApiRequest request)
    {
        var prefix = RegistryValues.OptionalName(request.Query("thingTypeName"), "thingTypeName") ?? "";
        var page = pages.Take(
            Paging.Registry(request), records.ThingTypes.After, static entry => entry.Key,
            entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal), out var next);
        return new(ApiResponse.Json(
            new ThingTypePageDocument(page.ConvertAll(entry => Document(entry.Value, withId: false)), next), ThingTypeJson.Default.ThingTypePageDocument));
    }

    private async ValueTask<ApiResponse> CreateAsync(ApiRequest request)
    {
        var input = request.Body(ThingTypeJson.Default.ThingTypeInputDocument);
        TagService.Check(input.Tags);
        var type = await pages.ChangeAsync(() =>
        {
            var isNew = records.ThingTypes.Find(request.Label()) is null;
            var made = registry.Types.Create(request.Label(), input.ThingTypeProperties);
            if (isNew) tags.Create(registry.Types.ArnOf(made.Name), input.Tags);
            return made;
        }).ConfigureAwait(false);
        return ApiResponse.Json(
            new CreatedThingTypeDocument(type.Name, registry.Types.ArnOf(type.Name), type.TypeId), ThingTypeJson.Default.CreatedThingTypeDocument);
    }

    private ValueTask<ApiResponse> Describe(ApiRequest request) =>
        new(ApiResponse.Json(Document(registry.Types.Get(Name(request)), withId: true), ThingTypeJson.Default.ThingTypeDocument));

    private ValueTask<ApiResponse> UpdateAsync(ApiRequest request)
    {
        var name = Name(request);
        var input = request.Body(ThingTypeJson.Default.ThingTypeInputDocument);
        return pages.ChangeAsync(() => { registry.Types.Update(name, input.ThingTypeProperties); });
    }

    private ValueTask<ApiResponse> DeprecateAsync(ApiRequest request)
    {
        var name = Name(request);
        var input = request.Body(ThingTypeJson.Default.DeprecationDocument);
        return pages.ChangeAsync(() => { registry.Types.Deprecate(name, input.UndoDeprecate == true); });
    }

    private ValueTask<ApiResponse> DeleteAsync(ApiRequest request)
    {
        var name = Name(request);
        return pages.ChangeAsync(() => registry.Types.Delete(name));
    }

    private ThingTypeDocument Document(ThingType type, bool withId)
    {
        var properties = new ThingTypePropertiesDocument(
            type.Description,
            type.SearchableAttributes.IsEmpty ? null : type.SearchableAttributes,
            type.Mqtt5Configuration is { } text ? JsonSerializer.Deserialize(text, ThingTypeJson.Default.Mqtt5ConfigurationDocument) : null);
        var metadata = new ThingTypeMetadataDocument(type.DeprecatedAt is not null, type.DeprecatedAt / 1000.0, type.CreatedAt / 1000.0);
        return new ThingTypeDocument(type.Name, withId ? type.TypeId : null, registry.Types.ArnOf(type.Name), properties, metadata);
    }
}
