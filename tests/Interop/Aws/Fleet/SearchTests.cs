namespace Fairlead.Interop.Aws.Fleet;

/// <summary>Search and counts with both SDKs.</summary>
public sealed class SearchTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Fact]
    public async Task Things_are_found_by_name_type_group_and_attribute_at_once_and_in_pages()
    {
        await hub.Boto3.IotAsync("CreateThingType", new { thingTypeName = "s-type" });
        await hub.Boto3.IotAsync("CreateThingGroup", new { thingGroupName = "s-group" });
        for (var i = 0; i < 7; i++)
        {
            await hub.Boto3.IotAsync("CreateThing", new { thingName = $"s-{i}", thingTypeName = "s-type", attributePayload = new { attributes = new { floor = $"{i}" } } });
            if (i < 3) await hub.Boto3.IotAsync("AddThingToThingGroup", new { thingGroupName = "s-group", thingName = $"s-{i}" });
        }

        foreach (var api in new[] { hub.Boto3, hub.JavaScript })
        {
            (await NamesAsync(api, "thingName:s-*")).ShouldBe(["s-0", "s-1", "s-2", "s-3", "s-4", "s-5", "s-6"]);
            (await NamesAsync(api, "thingTypeName:S-TYPE AND attributes.floor:[2 TO 3]")).ShouldBe(["s-2", "s-3"]);
            (await NamesAsync(api, "thingGroupNames:s-group AND NOT thingName:s-1")).ShouldBe(["s-0", "s-2"]);
            (await NamesAsync(api, "thingName:s-* attributes.floor>=5")).ShouldBe(["s-5", "s-6"]);
            (await NamesAsync(api, "thingName:nothing")).ShouldBeEmpty();
        }

        var thing = (await hub.JavaScript.IotAsync("SearchIndex", new { queryString = "thingName:s-1" })).GetProperty("things")[0];
        thing.GetProperty("thingTypeName").GetString().ShouldBe("s-type");
        thing.GetProperty("thingGroupNames")[0].GetString().ShouldBe("s-group");
        thing.GetProperty("attributes").GetProperty("floor").GetString().ShouldBe("1");
        thing.GetProperty("thingId").GetString().ShouldNotBeNullOrEmpty();
        thing.GetProperty("connectivity").GetProperty("connected").GetBoolean().ShouldBeFalse();

        await hub.Boto3.IotAsync("DeleteThing", new { thingName = "s-6" });
        (await NamesAsync(hub.Boto3, "thingName:s-6")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Groups_are_found_in_their_own_index()
    {
        await hub.Boto3.IotAsync("CreateThingGroup", new { thingGroupName = "g-root" });
        await hub.Boto3.IotAsync("CreateThingGroup", new { thingGroupName = "g-leaf", parentGroupName = "g-root", thingGroupProperties = new { thingGroupDescription = "below" } });
        var found = await hub.JavaScript.IotAsync("SearchIndex", new { indexName = "AWS_ThingGroups", queryString = "parentGroupNames:g-root" });
        var group = found.GetProperty("thingGroups")[0];
        group.GetProperty("thingGroupName").GetString().ShouldBe("g-leaf");
        group.GetProperty("thingGroupDescription").GetString().ShouldBe("below");
        group.GetProperty("parentGroupNames")[0].GetString().ShouldBe("g-root");
    }

    [Fact]
    public async Task Numbers_over_what_a_query_finds()
    {
        for (var i = 1; i <= 4; i++)
            await hub.Boto3.IotAsync("CreateThing", new { thingName = $"n-{i}", attributePayload = new { attributes = new { level = $"{i}", kind = i < 4 ? "a" : "b" } } });
        foreach (var api in new[] { hub.Boto3, hub.JavaScript })
        {
            var statistics = (await api.IotAsync("GetStatistics", new { queryString = "thingName:n-*", aggregationField = "attributes.level" })).GetProperty("statistics");
            statistics.GetProperty("count").GetInt32().ShouldBe(4);
            statistics.GetProperty("average").GetDouble().ShouldBe(2.5);
            statistics.GetProperty("sumOfSquares").GetDouble().ShouldBe(30);
            (await api.IotAsync("GetStatistics", new { queryString = "thingName:n-*" })).GetProperty("statistics").GetProperty("count").GetInt32().ShouldBe(4);
            (await api.IotAsync("GetCardinality", new { queryString = "thingName:n-*", aggregationField = "attributes.kind" })).GetProperty("cardinality").GetInt32().ShouldBe(2);
            var percentiles = (await api.IotAsync("GetPercentiles", new { queryString = "thingName:n-*", aggregationField = "attributes.level", percents = new[] { 50.0, 100.0 } })).GetProperty("percentiles");
            percentiles.EnumerateArray().Select(static one => one.GetProperty("value").GetDouble()).ShouldBe([2.5, 4]);
            var buckets = await api.IotAsync("GetBucketsAggregation", new
            {
                queryString = "thingName:n-*",
                aggregationField = "attributes.kind",
                bucketsAggregationType = new { termsAggregation = new { maxBuckets = 5 } },
            });
            buckets.GetProperty("totalCount").GetInt32().ShouldBe(4);
            buckets.GetProperty("buckets").EnumerateArray().Select(static one => (one.GetProperty("keyValue").GetString(), one.GetProperty("count").GetInt32())).ShouldBe([("a", 3), ("b", 1)]);
        }
    }

    [Fact]
    public async Task Registry_01_malformed_queries_are_typed_errors_with_their_position()
    {
        foreach (var api in new[] { hub.Boto3, hub.JavaScript })
        {
            var error = await api.RefusedAsync("InvalidQueryException", 400, "SearchIndex", new { queryString = "thingName:a AND (" });
            error.Typed.ShouldBe("InvalidQueryException");
            error.Message.ShouldBe("position 17: expected a term, found the end of the query");
            (await api.RefusedAsync("InvalidAggregationException", 400, "GetStatistics", new { queryString = "*", aggregationField = "nothing" })).Typed.ShouldBe("InvalidAggregationException");
            await api.RefusedAsync("ResourceNotFoundException", 404, "SearchIndex", new { indexName = "other", queryString = "*" });
            await api.RefusedAsync("InvalidRequestException", 400, "SearchIndex", new { queryString = "*", nextToken = "%%" });
            await api.RefusedAsync("InvalidRequestException", 400, "SearchIndex", new { queryString = "*", maxResults = 501 });
            await api.RefusedAsync("InvalidRequestException", 400, "SearchIndex", new { queryString = "*", queryVersion = "2030-01-01" });
            await api.RefusedAsync("ResourceNotFoundException", 404, "DescribeIndex", new { indexName = "other" });
        }
    }

    [Fact]
    public async Task Indices_and_their_configuration_are_told()
    {
        foreach (var api in new[] { hub.Boto3, hub.JavaScript })
        {
            (await api.IotAsync("ListIndices")).GetProperty("indexNames").EnumerateArray().Select(static name => name.GetString()).ShouldBe(["AWS_ThingGroups", "AWS_Things"]);
            (await api.IotAsync("DescribeIndex", new { indexName = "AWS_Things" })).GetProperty("indexStatus").GetString().ShouldBe("ACTIVE");
        }

        (await hub.Boto3.IotAsync("GetIndexingConfiguration")).GetProperty("thingIndexingConfiguration").GetProperty("thingIndexingMode").GetString().ShouldBe("REGISTRY_AND_SHADOW");
        await hub.Boto3.IotAsync("UpdateIndexingConfiguration", new
        {
            thingIndexingConfiguration = new { thingIndexingMode = "REGISTRY", thingConnectivityIndexingMode = "STATUS", customFields = new[] { new { name = "attributes.level", type = "Number" } } },
        });
        var things = (await hub.JavaScript.IotAsync("GetIndexingConfiguration")).GetProperty("thingIndexingConfiguration");
        things.GetProperty("thingIndexingMode").GetString().ShouldBe("REGISTRY");
        things.GetProperty("customFields")[0].GetProperty("name").GetString().ShouldBe("attributes.level");
        things.GetProperty("managedFields").GetArrayLength().ShouldBeGreaterThan(5);
        await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "UpdateIndexingConfiguration", new { thingIndexingConfiguration = new { thingIndexingMode = "SOME" } });
        await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "UpdateIndexingConfiguration", new { thingIndexingConfiguration = new { thingIndexingMode = "OFF", thingConnectivityIndexingMode = "STATUS" } });
        await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "UpdateIndexingConfiguration", new { thingIndexingConfiguration = new { thingIndexingMode = "REGISTRY", deviceDefenderIndexingMode = "VIOLATIONS" } });
    }

    private static async Task<IReadOnlyList<string?>> NamesAsync(AwsApi api, string query)
    {
        var names = new List<string?>();
        string? token = null;
        do
        {
            object parameters = token is null ? new { queryString = query, maxResults = 2 } : new { queryString = query, maxResults = 2, nextToken = token };
            var page = await api.IotAsync("SearchIndex", parameters);
            names.AddRange(page.GetProperty("things").EnumerateArray().Select(static thing => thing.GetProperty("thingName").GetString()));
            token = page.TryGetProperty("nextToken", out var next) ? next.GetString() : null;
        }
        while (token is not null);
        return names;
    }
}
