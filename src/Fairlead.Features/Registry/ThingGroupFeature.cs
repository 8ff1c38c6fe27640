using Fairlead.Features.Api;
using Fairlead.Features.Tags;

namespace Fairlead.Features.Registry;

/// <summary>Operations on static thing groups (spec/aws-registry-and-policies, section 5).</summary>
internal sealed class ThingGroupFeature(HubRecords records, RegistryServices registry, TagService tags, RegistryPages pages, ResourceAccess access) : IFeature
{
    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Control("ListThingGroups", "GET", "/thing-groups", List),
        ApiOperation.Control("CreateThingGroup", "POST", "/thing-groups/{thingGroupName}", CreateAsync, Arn),
        ApiOperation.Control("DescribeThingGroup", "GET", "/thing-groups/{thingGroupName}", Describe, Arn),
        ApiOperation.Control("UpdateThingGroup", "PATCH", "/thing-groups/{thingGroupName}", UpdateAsync, Arn),
        ApiOperation.Control("DeleteThingGroup", "DELETE", "/thing-groups/{thingGroupName}", DeleteAsync, Arn),
    ];

    private static string Name(ApiRequest request) => RegistryValues.Name(request.Label(), "thingGroupName");

    private string Arn(ApiRequest request) => registry.Groups.ArnOf(request.Label());

    private ValueTask<ApiResponse> List(ApiRequest request)
    {
        var paging = Paging.Registry(request);
        var parent = RegistryValues.OptionalName(request.Query("parentGroup"), "parentGroup");
        var prefix = RegistryValues.OptionalName(request.Query("namePrefixFilter"), "namePrefixFilter") ?? "";
        var isRecursive = request.QueryBoolean("recursive") ?? true;
        if (parent is not null) registry.Groups.Get(parent);
        var page = pages.Take(
            paging, records.ThingGroups.After, static entry => entry.Key,
            entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal) && IsBelow(entry.Value, parent, isRecursive), out var next);
        var names = page.ConvertAll(entry => new GroupNameDocument(entry.Key, registry.Groups.ArnOf(entry.Key)));
        return new(ApiResponse.Json(new ThingGroupPageDocument(names, next), ThingGroupJson.Default.ThingGroupPageDocument));
    }

    // Without a parent the hub itself is it: its children are the roots.
    private bool IsBelow(ThingGroup group, string? parent, bool isRecursive)
    {
        if (!isRecursive) return group.ParentName == parent;
        if (parent is null) return true;
        for (var above = group.ParentName; above is not null; above = records.ThingGroups.Find(above)?.ParentName)
        {
            if (above == parent) return true;
        }

        return false;
    }

    private async ValueTask<ApiResponse> CreateAsync(ApiRequest request)
    {
        var input = request.Body(ThingGroupJson.Default.NewThingGroupDocument);
        // A child has the policies of its parent.
        if (input.ParentGroupName is { } parent) access.Require(request, registry.Groups.ArnOf(parent));
        TagService.Check(input.Tags);
        var properties = input.ThingGroupProperties;
        var created = new NewThingGroup(
            request.Label(), input.ParentGroupName, properties?.ThingGroupDescription, properties?.AttributePayload?.Attributes);
        var group = await pages.ChangeAsync(() =>
        {
            var isNew = records.ThingGroups.Find(created.Name) is null;
            var made = registry.Groups.Create(created);
            if (isNew) tags.Create(registry.Groups.ArnOf(made.Name), input.Tags);
            return made;
        }).ConfigureAwait(false);
        return ApiResponse.Json(
            new CreatedThingGroupDocument(group.Name, registry.Groups.ArnOf(group.Name), group.GroupId), ThingGroupJson.Default.CreatedThingGroupDocument);
    }

    private ValueTask<ApiResponse> Describe(ApiRequest request)
    {
        var group = registry.Groups.Get(Name(request));
        var above = registry.Groups.AncestorsOf(group);
        var document = new ThingGroupDocument(
            group.Name, group.GroupId, registry.Groups.ArnOf(group.Name), group.Version,
            new ThingGroupPropertiesDocument(group.Description, group.Attributes.IsEmpty ? null : new AttributePayloadDocument(group.Attributes)),
            new ThingGroupMetadataDocument(
                group.ParentName,
                above.Count == 0 ? null : [.. above.Select(ancestor => new GroupNameDocument(ancestor.Name, registry.Groups.ArnOf(ancestor.Name)))],
                group.CreatedAt / 1000.0));
        return new(ApiResponse.Json(document, ThingGroupJson.Default.ThingGroupDocument));
    }

    private async ValueTask<ApiResponse> UpdateAsync(ApiRequest request)
    {
        var name = Name(request);
        var input = request.Body(ThingGroupJson.Default.ThingGroupChangeDocument);
        var properties = input.ThingGroupProperties ?? throw ApiException.InvalidRequest("thingGroupProperties is missing");
        var payload = properties.AttributePayload;
        var attributes = payload is null ? null : payload.Attributes ?? AttributeRules.None;
        var change = new ThingGroupChange(properties.ThingGroupDescription, attributes, payload?.Merge == true, input.ExpectedVersion);
        var group = await pages.ChangeAsync(() => registry.Groups.Update(name, change)).ConfigureAwait(false);
        return ApiResponse.Json(new GroupVersionDocument(group.Version), ThingGroupJson.Default.GroupVersionDocument);
    }

    private ValueTask<ApiResponse> DeleteAsync(ApiRequest request)
    {
        var expected = request.QueryNumber("expectedVersion", 0, long.MaxValue);
        return pages.ChangeAsync(() => registry.Groups.Delete(request.Label(), expected));
    }
}
