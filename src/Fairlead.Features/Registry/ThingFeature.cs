using Fairlead.Features.Api;

namespace Fairlead.Features.Registry;

/// <summary>Operations on things (spec/aws-registry-and-policies, section 3).</summary>
internal sealed class ThingFeature(RegistryServices registry, ThingSearch search, RegistryPages pages, ResourceAccess access) : IFeature
{
    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Control("ListThings", "GET", "/things", List),
        ApiOperation.Control("CreateThing", "POST", "/things/{thingName}", CreateAsync, Arn),
        ApiOperation.Control("DescribeThing", "GET", "/things/{thingName}", Describe, Arn),
        ApiOperation.Control("UpdateThing", "PATCH", "/things/{thingName}", UpdateAsync, Arn),
        ApiOperation.Control("DeleteThing", "DELETE", "/things/{thingName}", DeleteAsync, Arn),
    ];

    private static string Name(ApiRequest request) => RegistryValues.Name(request.Label(), "thingName");

    private string Arn(ApiRequest request) => registry.Things.ArnOf(request.Label());

    private ValueTask<ApiResponse> List(ApiRequest request)
    {
        var paging = Paging.Registry(request);
        var type = RegistryValues.OptionalName(request.Query("thingTypeName"), "thingTypeName");
        var attribute = request.Query("attributeName");
        if (attribute is not null) RegistryValues.AttributeName(attribute, "attributeName");
        var value = request.Query("attributeValue");
        if (value is not null) RegistryValues.AttributeValue(value, "attributeValue");
        if (value is not null && attribute is null) throw ApiException.InvalidRequest("attributeValue must come together with attributeName");
        var filter = new ThingFilter(type, attribute, value, request.QueryBoolean("usePrefixAttributeValue") == true);
        var page = search.Find(filter, paging, out var next);
        var entries = page.ConvertAll(thing => new ThingEntryDocument(thing.Name, thing.TypeName, registry.Things.ArnOf(thing.Name), thing.Attributes, thing.Version));
        return new(ApiResponse.Json(new ThingPageDocument(entries, next), ThingJson.Default.ThingPageDocument));
    }

    private async ValueTask<ApiResponse> CreateAsync(ApiRequest request)
    {
        var input = request.Body(ThingJson.Default.NewThingDocument);
        if (input.BillingGroupName is { } billingGroup) access.Require(request, registry.BillingGroups.ArnOf(billingGroup));
        var thing = await pages.ChangeAsync(() => registry.Things.Create(
            new NewThing(request.Label(), input.ThingTypeName, input.BillingGroupName, input.AttributePayload?.Attributes))).ConfigureAwait(false);
        return ApiResponse.Json(new CreatedThingDocument(thing.Name, registry.Things.ArnOf(thing.Name), thing.ThingId), ThingJson.Default.CreatedThingDocument);
    }

    private ValueTask<ApiResponse> Describe(ApiRequest request)
    {
        var thing = registry.Things.Get(Name(request));
        var document = new ThingDocument(
            thing.Name, thing.Name, thing.ThingId, registry.Things.ArnOf(thing.Name), thing.TypeName, thing.Attributes, thing.Version, thing.BillingGroupName);
        return new(ApiResponse.Json(document, ThingJson.Default.ThingDocument));
    }

    private ValueTask<ApiResponse> UpdateAsync(ApiRequest request)
    {
        var name = Name(request);
        var input = request.Body(ThingJson.Default.ThingChangeDocument);
        var payload = input.AttributePayload;
        // A payload without attributes replaces them by none, unless it merges.
        var attributes = payload is null ? null : payload.Attributes ?? AttributeRules.None;
        var change = new ThingChange(input.ThingTypeName, input.RemoveThingType == true, attributes, payload?.Merge == true, input.ExpectedVersion);
        return pages.ChangeAsync(() => { registry.Things.Update(name, change); });
    }

    private ValueTask<ApiResponse> DeleteAsync(ApiRequest request)
    {
        var expected = request.QueryNumber("expectedVersion", 0, long.MaxValue);
        return pages.ChangeAsync(() => registry.Things.Delete(request.Label(), expected));
    }
}
