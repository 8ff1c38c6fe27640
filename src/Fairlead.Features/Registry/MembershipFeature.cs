using Fairlead.Features.Api;

namespace Fairlead.Features.Registry;

/// <summary>Operations on memberships in thing groups (spec/aws-registry-and-policies, section 5).</summary>
internal sealed class MembershipFeature(FeatureContext context, HubRecords records, RegistryServices registry, RegistryPages pages, ResourceAccess access) : IFeature
{
    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Control("AddThingToThingGroup", "PUT", "/thing-groups/addThingToThingGroup", AddAsync, GroupArn),
        ApiOperation.Control("RemoveThingFromThingGroup", "PUT", "/thing-groups/removeThingFromThingGroup", RemoveAsync, GroupArn),
        ApiOperation.Control("UpdateThingGroupsForThing", "PUT", "/thing-groups/updateThingGroupsForThing", UpdateAsync, ThingArn),
        ApiOperation.Control("ListThingsInThingGroup", "GET", "/thing-groups/{thingGroupName}/things", ListThings, request => registry.Groups.ArnOf(request.Label())),
        ApiOperation.Control("ListThingGroupsForThing", "GET", "/things/{thingName}/thing-groups", ListGroups, request => registry.Things.ArnOf(request.Label())),
    ];

    private (string Group, string Thing) Sides(ApiRequest request)
    {
        var input = request.Body(ThingGroupJson.Default.MembershipDocument);
        return (
            ResourceName.Resolve(context.Scope, input.ThingGroupName, input.ThingGroupArn, "thinggroup", "thingGroupName"),
            ResourceName.Resolve(context.Scope, input.ThingName, input.ThingArn, "thing", "thingName"));
    }

    private string GroupArn(ApiRequest request) => registry.Groups.ArnOf(Sides(request).Group);

    private string ThingArn(ApiRequest request) =>
        registry.Things.ArnOf(RegistryValues.Name(request.Body(ThingGroupJson.Default.MembershipChangeDocument).ThingName, "thingName"));

    private ValueTask<ApiResponse> AddAsync(ApiRequest request)
    {
        var (group, thing) = Sides(request);
        access.Require(request, registry.Things.ArnOf(thing));
        return pages.ChangeAsync(() => registry.Memberships.Add(group, thing));
    }

    private ValueTask<ApiResponse> RemoveAsync(ApiRequest request)
    {
        var (group, thing) = Sides(request);
        access.Require(request, registry.Things.ArnOf(thing));
        return pages.ChangeAsync(() => registry.Memberships.Remove(group, thing));
    }

    private ValueTask<ApiResponse> UpdateAsync(ApiRequest request)
    {
        var input = request.Body(ThingGroupJson.Default.MembershipChangeDocument);
        var thing = RegistryValues.Name(input.ThingName, "thingName");
        var add = Names(input.ThingGroupsToAdd, "thingGroupsToAdd");
        var remove = Names(input.ThingGroupsToRemove, "thingGroupsToRemove");
        foreach (var group in add.Concat(remove)) access.Require(request, registry.Groups.ArnOf(group));
        return pages.ChangeAsync(() => registry.Memberships.Update(thing, add, remove));
    }

    private static string[] Names(IReadOnlyList<string>? names, string member) => [.. (names ?? []).Select(name => RegistryValues.Name(name, member))];

    private ValueTask<ApiResponse> ListThings(ApiRequest request)
    {
        var paging = Paging.Registry(request);
        var group = RegistryValues.Name(request.Label(), "thingGroupName");
        var isRecursive = request.QueryBoolean("recursive") == true;
        registry.Groups.Get(group);
        var page = pages.Take(
            paging,
            after => isRecursive ? MembersBelow(group, after) : registry.Index.ThingsByGroup.After(group, after),
            static name => name, static _ => true, out var next);
        return new(ApiResponse.Json(new ThingNamePageDocument(page, next), ThingJson.Default.ThingNamePageDocument));
    }

    // A thing is in one group of a hierarchy at most, so none comes twice.
    private IEnumerable<string> MembersBelow(string group, string? after)
    {
        var heads = new PriorityQueue<IEnumerator<string>, string>(StringComparer.Ordinal);
        foreach (var name in registry.Groups.WithDescendants(group))
        {
            var members = registry.Index.ThingsByGroup.After(name, after).GetEnumerator();
            if (members.MoveNext()) heads.Enqueue(members, members.Current);
        }

        while (heads.TryDequeue(out var members, out var thing))
        {
            yield return thing;
            if (members.MoveNext()) heads.Enqueue(members, members.Current);
        }
    }

    private ValueTask<ApiResponse> ListGroups(ApiRequest request)
    {
        var paging = Paging.Registry(request);
        var thing = registry.Things.Get(RegistryValues.Name(request.Label(), "thingName"));
        var names = records.GroupMemberships.LeftsOf(thing.Name).Keys.Where(name => string.CompareOrdinal(name, paging.After) > 0);
        var page = paging.Take(names, static name => name, out var next).ConvertAll(name => new GroupNameDocument(name, registry.Groups.ArnOf(name)));
        return new(ApiResponse.Json(new ThingGroupPageDocument(page, next), ThingGroupJson.Default.ThingGroupPageDocument));
    }
}
