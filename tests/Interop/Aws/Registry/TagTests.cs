namespace Fairlead.Interop.Aws.Registry;

/// <summary>Tags of types, groups and billing groups.</summary>
public sealed class TagTests(AwsHub hub) : IClassFixture<AwsHub>
{
    private const string Arn = "arn:aws:iot:us-east-1:123456789012:";

    [Fact]
    public Task Registry_01_resources_are_created_with_tags_and_get_more_of_them_later() => Both.Run(hub, async (api, name) =>
    {
        var tags = new object[] { new { Key = "team", Value = "lamps" }, new { Key = "site", Value = "" } };
        await api.IotAsync("CreateThingType", new { thingTypeName = name, tags });
        await api.IotAsync("CreateThingGroup", new { thingGroupName = name, tags });
        await api.IotAsync("CreateBillingGroup", new { billingGroupName = name, tags });
        foreach (var type in new[] { "thingtype", "thinggroup", "billinggroup" })
        {
            var arn = $"{Arn}{type}/{name}";
            (await TagsAsync(api, arn)).ShouldBe("site= team=lamps");
            await api.IotAsync("TagResource", new { resourceArn = arn, tags = new[] { new { Key = "team", Value = "lights" }, new { Key = "a b", Value = "ü" } } });
            (await TagsAsync(api, arn)).ShouldBe("a b=ü site= team=lights");
            await api.IotAsync("UntagResource", new { resourceArn = arn, tagKeys = new[] { "site", "never" } });
            (await TagsAsync(api, arn)).ShouldBe("a b=ü team=lights");
        }

        await api.IotAsync("DeleteThingGroup", new { thingGroupName = name });
        await api.RefusedAsync("ResourceNotFoundException", 404, "ListTagsForResource", new { resourceArn = $"{Arn}thinggroup/{name}" });
        await api.IotAsync("CreateThingGroup", new { thingGroupName = name });
        (await TagsAsync(api, $"{Arn}thinggroup/{name}")).ShouldBe("", "tags go with their resource");
        await api.IotAsync("UntagResource", new { resourceArn = $"{Arn}thinggroup/{name}", tagKeys = new[] { "team" } });
    });

    [Fact]
    public Task Registry_01_tags_that_may_not_be_are_refused() => Both.Run(hub, async (api, name) =>
    {
        await api.IotAsync("CreateThing", new { thingName = name });
        await api.IotAsync("CreateThingGroup", new { thingGroupName = name });
        var arn = $"{Arn}thinggroup/{name}";
        foreach (var key in new[] { "aws:mine", "AWS:mine" })
        {
            await api.RefusedAsync("InvalidRequestException", 400, "TagResource", new { resourceArn = arn, tags = new[] { new { Key = key, Value = "1" } } });
            await api.RefusedAsync("InvalidRequestException", 400, "CreateThingGroup", new { thingGroupName = $"{name}-2", tags = new[] { new { Key = key, Value = "1" } } });
        }

        await api.RefusedAsync("InvalidRequestException", 400, "TagResource", new { resourceArn = arn, tags = new[] { new { Key = "a", Value = "1" }, new { Key = "a", Value = "2" } } });
        await api.IotAsync("TagResource", new { resourceArn = arn, tags = Tags(0, 50) });
        var error = await api.RefusedAsync("LimitExceededException", 410, "TagResource", new { resourceArn = arn, tags = Tags(50, 1) });
        error.Typed.ShouldBe("LimitExceededException");
        await api.IotAsync("TagResource", new { resourceArn = arn, tags = Tags(49, 1) });
        (await api.IotAsync("ListTagsForResource", new { resourceArn = arn })).Texts("tags", "Key").Length.ShouldBe(50);

        foreach (var not in new[] { $"{Arn}thing/{name}", $"{Arn}cert/{new string('a', 64)}", "arn:aws:iot:eu-west-1:123456789012:thinggroup/x", "nonsense" })
        {
            await api.RefusedAsync("InvalidRequestException", 400, "TagResource", new { resourceArn = not, tags = Tags(0, 1) });
            await api.RefusedAsync("InvalidRequestException", 400, "UntagResource", new { resourceArn = not, tagKeys = new[] { "a" } });
            await api.RefusedAsync("InvalidRequestException", 400, "ListTagsForResource", new { resourceArn = not });
        }

        await api.RefusedAsync("ResourceNotFoundException", 404, "TagResource", new { resourceArn = $"{arn}-none", tags = Tags(0, 1) });
        await api.RefusedAsync("ResourceNotFoundException", 404, "UntagResource", new { resourceArn = $"{arn}-none", tagKeys = new[] { "a" } });
        await api.RefusedAsync("InvalidRequestException", 400, "ListTagsForResource", new { resourceArn = arn, nextToken = "eA==" });

        static object[] Tags(int first, int count) => [.. Enumerable.Range(first, count).Select(static i => new { Key = $"k{i}", Value = $"{i}" })];
    });

    [Fact]
    public async Task Registry_01_keys_and_values_of_tags_have_limits()
    {
        var name = $"js-{Guid.NewGuid():N}";
        await hub.JavaScript.IotAsync("CreateThingType", new { thingTypeName = name });
        foreach (var (key, value) in new[] { ("", "1"), (new string('k', 129), "1"), ("k", new string('v', 257)), ("k*", "1") })
            await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "TagResource", new { resourceArn = $"{Arn}thingtype/{name}", tags = new[] { new { Key = key, Value = value } } });
        await hub.JavaScript.IotAsync("TagResource", new { resourceArn = $"{Arn}thingtype/{name}", tags = new[] { new { Key = new string('k', 128), Value = new string('v', 256) } } });
    }

    private static async Task<string> TagsAsync(AwsApi api, string arn) => string.Join(
        ' ', (await api.IotAsync("ListTagsForResource", new { resourceArn = arn })).GetProperty("tags").EnumerateArray().Select(static tag => $"{tag.Text("Key")}={tag.Text("Value")}"));
}
