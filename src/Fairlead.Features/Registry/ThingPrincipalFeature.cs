using System.Collections.Immutable;
using Fairlead.Features.Api;

namespace Fairlead.Features.Registry;

/// <summary>Operations on what belongs to whom: things and principals (spec/aws-registry-and-policies, section 8).</summary>
internal sealed class ThingPrincipalFeature(HubRecords records, RegistryServices registry, RegistryPages pages) : IFeature
{
    private const string PrincipalHeader = "x-amzn-principal";

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Control("AttachThingPrincipal", "PUT", "/things/{thingName}/principals", AttachAsync, Arn),
        ApiOperation.Control("DetachThingPrincipal", "DELETE", "/things/{thingName}/principals", DetachAsync, Arn),
        ApiOperation.Control("ListThingPrincipals", "GET", "/things/{thingName}/principals", ListPrincipals, Arn),
        ApiOperation.Control("ListThingPrincipalsV2", "GET", "/things/{thingName}/principals-v2", ListPrincipalsWithType, Arn),
        ApiOperation.Control("ListPrincipalThings", "GET", "/principals/things", ListThings),
        ApiOperation.Control("ListPrincipalThingsV2", "GET", "/principals/things-v2", ListThingsWithType),
    ];

    private static string Name(ApiRequest request) => RegistryValues.Name(request.Label(), "thingName");

    private static bool? IsExclusive(ApiRequest request) => request.Query("thingPrincipalType") switch
    {
        null => null,
        "EXCLUSIVE_THING" => true,
        "NON_EXCLUSIVE_THING" => false,
        var other => throw ApiException.InvalidRequest(
            $"thingPrincipalType must be one of EXCLUSIVE_THING, NON_EXCLUSIVE_THING, which {RegistryValues.Show(other)} is not"),
    };

    private static List<KeyValuePair<string, ThingPrincipal>> Page(
        ImmutableSortedDictionary<string, ThingPrincipal> links, ApiRequest request, bool? isExclusive, out string? next)
    {
        var paging = Paging.Registry(request);
        var behind = links.Where(link => string.CompareOrdinal(link.Key, paging.After) > 0 && (isExclusive is null || link.Value.IsExclusive == isExclusive));
        return paging.Take(behind, static link => link.Key, out next);
    }

    private string Arn(ApiRequest request) => registry.Things.ArnOf(request.Label());

    private ValueTask<ApiResponse> AttachAsync(ApiRequest request)
    {
        var thing = Name(request);
        var isExclusive = IsExclusive(request) ?? false;
        return pages.ChangeAsync(() => registry.Principals.Attach(thing, request.Header(PrincipalHeader) ?? "", isExclusive));
    }

    private ValueTask<ApiResponse> DetachAsync(ApiRequest request)
    {
        var thing = Name(request);
        return pages.ChangeAsync(() => registry.Principals.Detach(thing, request.Header(PrincipalHeader) ?? ""));
    }

    private ValueTask<ApiResponse> ListPrincipals(ApiRequest request)
    {
        var page = Page(PrincipalsOf(request), request, null, out var next);
        return new(ApiResponse.Json(
            new PrincipalPageDocument(page.ConvertAll(static link => link.Key), next), ThingPrincipalJson.Default.PrincipalPageDocument));
    }

    private ValueTask<ApiResponse> ListPrincipalsWithType(ApiRequest request)
    {
        var page = Page(PrincipalsOf(request), request, IsExclusive(request), out var next);
        var document = new ThingPrincipalPageDocument(
            page.ConvertAll(static link => new ThingPrincipalDocument(link.Key, ThingPrincipalService.NameOf(link.Value.IsExclusive))), next);
        return new(ApiResponse.Json(document, ThingPrincipalJson.Default.ThingPrincipalPageDocument));
    }

    private ImmutableSortedDictionary<string, ThingPrincipal> PrincipalsOf(ApiRequest request)
    {
        var thing = Name(request);
        return records.Things.Find(thing) is null
            ? throw ApiException.NotFound($"Failed to list principals for thing {thing} because the thing does not exist in your account")
            : records.ThingPrincipals.RightsOf(thing);
    }

    private ValueTask<ApiResponse> ListThings(ApiRequest request)
    {
        var page = Page(ThingsOf(request), request, null, out var next);
        return new(ApiResponse.Json(new ThingNamePageDocument(page.ConvertAll(static link => link.Key), next), ThingJson.Default.ThingNamePageDocument));
    }

    private ValueTask<ApiResponse> ListThingsWithType(ApiRequest request)
    {
        var page = Page(ThingsOf(request), request, IsExclusive(request), out var next);
        var document = new PrincipalThingPageDocument(
            page.ConvertAll(static link => new PrincipalThingDocument(link.Key, ThingPrincipalService.NameOf(link.Value.IsExclusive))), next);
        return new(ApiResponse.Json(document, ThingPrincipalJson.Default.PrincipalThingPageDocument));
    }

    private ImmutableSortedDictionary<string, ThingPrincipal> ThingsOf(ApiRequest request) =>
        records.ThingPrincipals.LeftsOf(registry.Principals.Normalise(request.Header(PrincipalHeader)));
}
