using Fairlead.Features.Api;
using Fairlead.Features.Fleet.Queries;

namespace Fairlead.Features.Fleet;

/// <summary>Search and counts over the fleet (spec/aws-registry-and-policies, section 12).</summary>
internal sealed class SearchFeature(FeatureContext context, FleetIndex index) : IFeature
{
    /// <summary>The index of things.</summary>
    public const string Things = "AWS_Things";

    /// <summary>The index of thing groups.</summary>
    public const string Groups = "AWS_ThingGroups";

    private const string QueryVersion = "2017-09-30";
    private const int LargestPage = 500;
    private const int UsualPage = 100;

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Control("SearchIndex", "POST", "/indices/search", Search, IndexArn),
        ApiOperation.Control("GetStatistics", "POST", "/indices/statistics", Statistics, IndexArn),
        ApiOperation.Control("GetCardinality", "POST", "/indices/cardinality", Cardinality, IndexArn),
        ApiOperation.Control("GetPercentiles", "POST", "/indices/percentiles", Percentiles, IndexArn),
        ApiOperation.Control("GetBucketsAggregation", "POST", "/indices/buckets", Buckets, IndexArn),
        ApiOperation.Control("ListIndices", "GET", "/indices", List),
        ApiOperation.Control("DescribeIndex", "GET", "/indices/{indexName}", Describe, request => context.Scope.Arn("index", request.Label())),
    ];

    private static ApiException UnknownIndex(string name) => ApiException.NotFound($"there is no index {name}: {Things} and {Groups} are there");

    private static ThingDocument Describe(ThingView view)
    {
        var thing = view.Thing;
        var connectivity = view.Connection is { } connection
            ? new ConnectivityDocument(
                connection.IsConnected, connection.Timestamp, connection.DisconnectReason, connection.KeepAlive, connection.SessionExpiry == 0, connection.SessionExpiry,
                connection.ClientId)
            : new ConnectivityDocument(false);
        return new ThingDocument(thing.Name, thing.ThingId, thing.TypeName, [.. view.Groups], thing.Attributes, view.Shadow.Write(), connectivity);
    }

    private static GroupDocument Describe(GroupView view) =>
        new(view.Group.Name, view.Group.GroupId, view.Group.Description, view.Group.Attributes, [.. view.Parents]);

    private static Query Parse(QueryDocument input, out bool isGroups)
    {
        var name = input.IndexName ?? Things;
        isGroups = name == Groups;
        if (!isGroups && name != Things) throw UnknownIndex(name);
        if (string.IsNullOrEmpty(input.QueryString)) throw ApiException.InvalidRequest("queryString is missing; * stands for everything");
        if (input.QueryVersion is { } version && version != QueryVersion) throw ApiException.InvalidRequest($"queryVersion must be {QueryVersion}");
        return QueryParser.Parse(input.QueryString, isGroups ? FleetFields.Groups : FleetFields.Things);
    }

    private string IndexArn(ApiRequest request) => context.Scope.Arn("index", request.Body(FleetJson.Default.QueryDocument).IndexName ?? Things);

    private IEnumerable<IFleetDocument> Find(ApiRequest request, QueryDocument input, out string? field)
    {
        var query = Parse(input, out var isGroups);
        field = input.AggregationField;
        if (field is not null && (isGroups ? FleetFields.Groups : FleetFields.Things).Problem(field) is { } expected)
            throw new ApiException(400, "InvalidAggregationException", $"aggregationField '{field}' is not {expected}");
        return isGroups ? index.Groups(query, null, request.Aborted) : index.Things(query, null, request.Aborted);
    }

    private IEnumerable<IFleetDocument> Find(ApiRequest request, QueryDocument input, out string field, string usual)
    {
        var found = Find(request, input, out var given);
        field = given ?? (input.IndexName == Groups ? "thingGroupName" : usual);
        return found;
    }

    private ValueTask<ApiResponse> Search(ApiRequest request)
    {
        var input = request.Body(FleetJson.Default.QueryDocument);
        var query = Parse(input, out var isGroups);
        if (input.MaxResults is < 1 or > LargestPage) throw ApiException.InvalidRequest($"maxResults must be 1 to {LargestPage}");
        var paging = new Paging(Paging.Decode(input.NextToken, "nextToken"), input.MaxResults ?? UsualPage);
        string? next;
        var answer = isGroups
            ? new SearchDocument(null, [.. paging.Take(index.Groups(query, paging.After, request.Aborted), static view => view.Group.Name, out next).Select(Describe)], next)
            : new SearchDocument([.. paging.Take(index.Things(query, paging.After, request.Aborted), static view => view.Thing.Name, out next).Select(Describe)], null, next);
        return new(ApiResponse.Json(answer, FleetJson.Default.SearchDocument));
    }

    private ValueTask<ApiResponse> Statistics(ApiRequest request)
    {
        // Without a field it is the documents that are counted; a version is what each has.
        var found = Find(request, request.Body(FleetJson.Default.QueryDocument), out var field);
        var statistics = field is null ? new StatisticsDocument(found.Count()) : FleetNumbers.Statistics(found, field);
        return new(ApiResponse.Json(new StatisticsAnswer(statistics), FleetJson.Default.StatisticsAnswer));
    }

    private ValueTask<ApiResponse> Cardinality(ApiRequest request)
    {
        var found = Find(request, request.Body(FleetJson.Default.QueryDocument), out var field, "thingName");
        return new(ApiResponse.Json(new CardinalityDocument(FleetNumbers.Cardinality(found, field)), FleetJson.Default.CardinalityDocument));
    }

    private ValueTask<ApiResponse> Percentiles(ApiRequest request)
    {
        var input = request.Body(FleetJson.Default.QueryDocument);
        if (input.Percents is { } percents && percents.Any(static percent => percent is not (>= 0 and <= 100))) throw ApiException.InvalidRequest("each of percents must be 0 to 100");
        var found = Find(request, input, out var field, "registry.version");
        return new(ApiResponse.Json(new PercentilesDocument(FleetNumbers.Percentiles(found, field, input.Percents)), FleetJson.Default.PercentilesDocument));
    }

    private ValueTask<ApiResponse> Buckets(ApiRequest request)
    {
        var input = request.Body(FleetJson.Default.QueryDocument);
        if (input.BucketsAggregationType?.TermsAggregation is not { } terms) throw ApiException.InvalidRequest("bucketsAggregationType needs termsAggregation");
        if (terms.MaxBuckets is < 1 or > 10_000) throw ApiException.InvalidRequest("maxBuckets must be 1 to 10000");
        var found = Find(request, input, out var field);
        if (field is null) throw ApiException.InvalidRequest("aggregationField is missing");
        return new(ApiResponse.Json(FleetNumbers.Buckets(found, field, terms.MaxBuckets ?? 10), FleetJson.Default.BucketsDocument));
    }

    private ValueTask<ApiResponse> List(ApiRequest request)
    {
        var paging = new Paging(Paging.Decode(request.Query("nextToken"), "nextToken"), (int)(request.QueryNumber("maxResults", 1, LargestPage) ?? UsualPage));
        string[] names = [Groups, Things];
        var page = paging.Take(names.Where(name => paging.After is null || string.CompareOrdinal(name, paging.After) > 0), static name => name, out var next);
        return new(ApiResponse.Json(new IndexListDocument(page, next), FleetJson.Default.IndexListDocument));
    }

    private ValueTask<ApiResponse> Describe(ApiRequest request)
    {
        var schema = request.Label() switch
        {
            Things => "REGISTRY_AND_SHADOW_AND_CONNECTIVITY_STATUS",
            Groups => "REGISTRY",
            var name => throw UnknownIndex(name),
        };
        return new(ApiResponse.Json(new IndexDocument(request.Label(), "ACTIVE", schema), FleetJson.Default.IndexDocument));
    }
}
