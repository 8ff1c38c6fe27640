using Fairlead.Features.Api;
using Fairlead.Features.Tags;

namespace Fairlead.Features.Registry;

/// <summary>Operations on billing groups.</summary>
internal sealed class BillingGroupFeature(FeatureContext context, RegistryServices registry, TagService tags, RegistryPages pages, ResourceAccess access)
    : IFeature
{
    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Control("ListBillingGroups", "GET", "/billing-groups", List),
        ApiOperation.Control("CreateBillingGroup", "POST", "/billing-groups/{billingGroupName}", CreateAsync, Arn),
        ApiOperation.Control("DescribeBillingGroup", "GET", "/billing-groups/{billingGroupName}", Describe, Arn),
        ApiOperation.Control("UpdateBillingGroup", "PATCH", "/billing-groups/{billingGroupName}", UpdateAsync, Arn),
        ApiOperation.Control("DeleteBillingGroup", "DELETE", "/billing-groups/{billingGroupName}", DeleteAsync, Arn),
        ApiOperation.Control("AddThingToBillingGroup", "PUT", "/billing-groups/addThingToBillingGroup", AddAsync, MembershipArn),
        ApiOperation.Control("RemoveThingFromBillingGroup", "PUT", "/billing-groups/removeThingFromBillingGroup", RemoveAsync, MembershipArn),
        ApiOperation.Control("ListThingsInBillingGroup", "GET", "/billing-groups/{billingGroupName}/things", ListThings, Arn),
    ];

    private BillingGroupService Groups => registry.BillingGroups;

    private static string Name(ApiRequest request) => RegistryValues.Name(request.Label(), "billingGroupName");

    private string Arn(ApiRequest request) => Groups.ArnOf(request.Label());

    private string MembershipArn(ApiRequest request) => Groups.ArnOf(Sides(request).Group);

    private (string Group, string Thing) Sides(ApiRequest request)
    {
        var input = request.Body(BillingGroupJson.Default.BillingMembershipDocument);
        return (
            ResourceName.Resolve(context.Scope, input.BillingGroupName, input.BillingGroupArn, "billinggroup", "billingGroupName"),
            ResourceName.Resolve(context.Scope, input.ThingName, input.ThingArn, "thing", "thingName"));
    }

    private ValueTask<ApiResponse> List(ApiRequest request)
    {
        var prefix = RegistryValues.OptionalName(request.Query("namePrefixFilter"), "namePrefixFilter") ?? "";
        var page = pages.Take(
            Paging.Registry(request), Groups.Groups.After, static entry => entry.Key,
            entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal), out var next);
        var names = page.ConvertAll(entry => new GroupNameDocument(entry.Key, Groups.ArnOf(entry.Key)));
        return new(ApiResponse.Json(new BillingGroupPageDocument(names, next), BillingGroupJson.Default.BillingGroupPageDocument));
    }

    private async ValueTask<ApiResponse> CreateAsync(ApiRequest request)
    {
        var input = request.Body(BillingGroupJson.Default.NewBillingGroupDocument);
        TagService.Check(input.Tags);
        var group = await pages.ChangeAsync(() =>
        {
            var isNew = Groups.Groups.Find(request.Label()) is null;
            var made = Groups.Create(request.Label(), input.BillingGroupProperties?.BillingGroupDescription);
            if (isNew) tags.Create(Groups.ArnOf(made.Name), input.Tags);
            return made;
        }).ConfigureAwait(false);
        return ApiResponse.Json(
            new CreatedBillingGroupDocument(group.Name, Groups.ArnOf(group.Name), group.GroupId), BillingGroupJson.Default.CreatedBillingGroupDocument);
    }

    private ValueTask<ApiResponse> Describe(ApiRequest request)
    {
        var group = Groups.Get(Name(request));
        var document = new BillingGroupDocument(
            group.Name, group.GroupId, Groups.ArnOf(group.Name), group.Version,
            new BillingGroupPropertiesDocument(group.Description), new BillingGroupMetadataDocument(group.CreatedAt / 1000.0));
        return new(ApiResponse.Json(document, BillingGroupJson.Default.BillingGroupDocument));
    }

    private async ValueTask<ApiResponse> UpdateAsync(ApiRequest request)
    {
        var name = Name(request);
        var input = request.Body(BillingGroupJson.Default.BillingGroupChangeDocument);
        var properties = input.BillingGroupProperties ?? throw ApiException.InvalidRequest("billingGroupProperties is missing");
        var group = await pages.ChangeAsync(() => Groups.Update(name, properties.BillingGroupDescription, input.ExpectedVersion)).ConfigureAwait(false);
        return ApiResponse.Json(new GroupVersionDocument(group.Version), ThingGroupJson.Default.GroupVersionDocument);
    }

    private ValueTask<ApiResponse> DeleteAsync(ApiRequest request)
    {
        var expected = request.QueryNumber("expectedVersion", 0, long.MaxValue);
        return pages.ChangeAsync(() => Groups.Delete(request.Label(), expected));
    }

    private ValueTask<ApiResponse> AddAsync(ApiRequest request)
    {
        var (group, thing) = Sides(request);
        access.Require(request, registry.Things.ArnOf(thing));
        return pages.ChangeAsync(() => Groups.Add(group, thing));
    }

    private ValueTask<ApiResponse> RemoveAsync(ApiRequest request)
    {
        var (group, thing) = Sides(request);
        access.Require(request, registry.Things.ArnOf(thing));
        return pages.ChangeAsync(() => Groups.Remove(group, thing));
    }

    private ValueTask<ApiResponse> ListThings(ApiRequest request)
    {
        var paging = Paging.Registry(request);
        var group = Groups.Get(Name(request)).Name;
        var page = pages.Take(
            paging, after => registry.Index.ThingsByBillingGroup.After(group, after), static name => name, static _ => true, out var next);
        return new(ApiResponse.Json(new ThingNamePageDocument(page, next), ThingJson.Default.ThingNamePageDocument));
    }
}
