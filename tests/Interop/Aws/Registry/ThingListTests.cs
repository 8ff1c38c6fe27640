namespace Fairlead.Interop.Aws.Registry;

/// <summary>ListThings: filters and pages.</summary>
public sealed class ThingListTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Fact]
    public Task Registry_11_list_things_filters_by_attribute_prefix_and_type_all_at_once() => Both.Run(hub, async (api, name) =>
    {
        await api.IotAsync("CreateThingType", new { thingTypeName = name });
        await CreateAsync("1", name, "red-dark", "paris");
        await CreateAsync("2", null, "red-light", "paris");
        await CreateAsync("3", name, "red", "rome");
        await CreateAsync("4", name, "blue", "paris");
        var colour = $"colour-{name}";

        (await ListAsync(new { thingTypeName = name })).ShouldBe("1 3 4");
        (await ListAsync(new { attributeName = colour, attributeValue = "red" })).ShouldBe("3");
        (await ListAsync(new { attributeName = colour, attributeValue = "red", usePrefixAttributeValue = true })).ShouldBe("3 1 2", "by value");
        (await ListAsync(new { attributeName = colour, attributeValue = "red", usePrefixAttributeValue = true, thingTypeName = name })).ShouldBe("3 1");
        (await ListAsync(new { attributeName = colour, attributeValue = "blue", thingTypeName = name })).ShouldBe("4");
        (await ListAsync(new { attributeName = colour })).ShouldBe("4 3 1 2");
        (await ListAsync(new { attributeName = colour, attributeValue = "green" })).ShouldBe("");
        (await ListAsync(new { thingTypeName = $"{name}-none" })).ShouldBe("");

        await api.IotAsync("UpdateThing", new { thingName = $"{name}-3", removeThingType = true, attributePayload = new { attributes = new { other = "x" } } });
        await api.IotAsync("DeleteThing", new { thingName = $"{name}-4" });
        (await ListAsync(new { thingTypeName = name })).ShouldBe("1");
        (await ListAsync(new { attributeName = colour })).ShouldBe("1 2");

        Task CreateAsync(string suffix, string? type, string value, string city) => api.IotAsync("CreateThing", type is null
            ? new { thingName = $"{name}-{suffix}", attributePayload = new { attributes = new Dictionary<string, string> { [$"colour-{name}"] = value, ["city"] = city } } }
            : new { thingName = $"{name}-{suffix}", thingTypeName = type, attributePayload = new { attributes = new Dictionary<string, string> { [$"colour-{name}"] = value, ["city"] = city } } });

        async Task<string> ListAsync(object filter) => string.Join(' ', (await api.IotAsync("ListThings", filter)).Texts("things", "thingName").Select(found => found[(name.Length + 1)..]));
    });

    [Fact]
    public Task Registry_11_list_things_tells_type_attributes_and_version() => Both.Run(hub, async (api, name) =>
    {
        await api.IotAsync("CreateThingType", new { thingTypeName = name });
        await api.IotAsync("CreateThing", new { thingName = name, thingTypeName = name, attributePayload = new { attributes = new { a = "1" } } });
        await api.IotAsync("CreateThing", new { thingName = $"{name}-2", attributePayload = new { attributes = new Dictionary<string, string> { [name] = "here" } } });
        var typed = (await api.IotAsync("ListThings", new { thingTypeName = name })).GetProperty("things")[0];
        typed.Text("thingTypeName").ShouldBe(name);
        typed.Text("thingArn").ShouldEndWith($":thing/{name}");
        typed.Map("attributes").ShouldBe("a=1");
        typed.Number("version").ShouldBe(1);
        var bare = (await api.IotAsync("ListThings", new { attributeName = name, attributeValue = "here" })).GetProperty("things")[0];
        bare.Text("thingName").ShouldBe($"{name}-2");
        bare.Has("thingTypeName").ShouldBeFalse();
    });

    [Fact]
    public async Task Registry_05_list_things_pages_to_the_end_in_the_order_of_names()
    {
        var type = $"page-{Guid.NewGuid():N}";
        await hub.Boto3.IotAsync("CreateThingType", new { thingTypeName = type });
        var names = Enumerable.Range(0, 61).Select(i => $"{type}-{i:00}").ToArray();
        foreach (var name in names)
            await hub.JavaScript.IotAsync("CreateThing", new { thingName = name, thingTypeName = type, attributePayload = new { attributes = new Dictionary<string, string> { [type] = $"v{name[^1]}" } } });

        foreach (var size in new[] { 7, 61, 250 })
            (await hub.Boto3.PagesAsync("ListThings", "things", size, new { thingTypeName = type })).Select(static thing => thing.Text("thingName")).ShouldBe(names);
        var byValue = await hub.Boto3.PagesAsync("ListThings", "things", 4, new { attributeName = type, attributeValue = "v", usePrefixAttributeValue = true });
        byValue.Select(static thing => thing.Text("thingName")).Order(StringComparer.Ordinal).ShouldBe(names);
        (await hub.Boto3.PagesAsync("ListThings", "things", 250)).Select(static thing => thing.Text("thingName")).ShouldBeInOrder(SortDirection.Ascending, StringComparer.Ordinal);

        var first = await hub.JavaScript.IotAsync("ListThings", new { thingTypeName = type });
        first.GetProperty("things").GetArrayLength().ShouldBe(50, "without maxResults");
        var rest = await hub.JavaScript.IotAsync("ListThings", new { thingTypeName = type, nextToken = first.Text("nextToken") });
        rest.GetProperty("things").GetArrayLength().ShouldBe(11);
        rest.Has("nextToken").ShouldBeFalse();
        (await hub.JavaScript.IotAsync("ListThings", new { thingTypeName = type, maxResults = 61 })).Has("nextToken").ShouldBeFalse();
    }

    [Fact]
    public Task Registry_05_bad_tokens_are_refused() => Both.Run(hub, async (api, name) =>
    {
        await api.IotAsync("CreateThing", new { thingName = name, attributePayload = new { attributes = new Dictionary<string, string> { [name] = "1" } } });
        await api.IotAsync("CreateThing", new { thingName = $"{name}-2", attributePayload = new { attributes = new Dictionary<string, string> { [name] = "2" } } });
        await api.IotAsync("CreateThingGroup", new { thingGroupName = name });
        foreach (var (operation, member) in new[] { ("ListThings", ""), ("ListThingTypes", ""), ("ListThingGroups", ""), ("ListBillingGroups", ""), ("ListThingsInThingGroup", "thingGroupName"), ("ListThingGroupsForThing", "thingName"), ("ListThingPrincipals", "thingName") })
        {
            foreach (var token in new[] { "!", "not base64", "//79" })
            {
                var parameters = new Dictionary<string, string> { ["nextToken"] = token };
                if (member.Length > 0) parameters.Add(member, name);
                (await api.RefusedAsync("InvalidRequestException", 400, operation, parameters)).Message!.ShouldContain("nextToken");
            }
        }

        var ofValues = (await api.IotAsync("ListThings", new { attributeName = name, maxResults = 1 })).Text("nextToken");
        await api.RefusedAsync("InvalidRequestException", 400, "ListThings", new { nextToken = ofValues });
        var ofNames = (await api.IotAsync("ListThings", new { maxResults = 1 })).Text("nextToken");
        await api.RefusedAsync("InvalidRequestException", 400, "ListThings", new { nextToken = ofNames, attributeName = name });
    });
}
