namespace Fairlead.Interop.Aws.Registry;

/// <summary>Static thing groups and their hierarchy.</summary>
public sealed class ThingGroupTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Fact]
    public Task Registry_13_create_is_idempotent_by_properties() => Both.Run(hub, async (api, name) =>
    {
        var input = new
        {
            thingGroupName = name,
            thingGroupProperties = new { thingGroupDescription = "All lamps", attributePayload = new { attributes = new { floor = "2" } } },
        };
        var first = await api.IotAsync("CreateThingGroup", input);
        first.Text("thingGroupName").ShouldBe(name);
        first.Text("thingGroupArn").ShouldBe($"arn:aws:iot:us-east-1:123456789012:thinggroup/{name}");
        (await api.IotAsync("CreateThingGroup", input)).Text("thingGroupId").ShouldBe(first.Text("thingGroupId"));
        var error = await api.RefusedAsync("ResourceAlreadyExistsException", 409, "CreateThingGroup", new { thingGroupName = name });
        error.Message.ShouldBe($"Thing Group {name} already exists in current account with different properties");
        error.Members.Text("resourceId").ShouldBe(first.Text("thingGroupId"));
        error.Members.Text("resourceArn").ShouldBe(first.Text("thingGroupArn"));
        await api.RefusedAsync("InvalidRequestException", 400, "CreateThingGroup", new { thingGroupName = $"{name}-child", parentGroupName = $"{name}-none" });
    });

    [Fact]
    public Task Registry_13_describe_tells_the_hierarchy_root_first_and_delete_minds_children() => Both.Run(hub, async (api, name) =>
    {
        var (root, middle, leaf) = ($"{name}-z", $"{name}-m", $"{name}-a");
        await api.IotAsync("CreateThingGroup", new { thingGroupName = root });
        await api.IotAsync("CreateThingGroup", new { thingGroupName = middle, parentGroupName = root });
        await api.IotAsync("CreateThingGroup", new { thingGroupName = leaf, parentGroupName = middle });

        var top = await api.IotAsync("DescribeThingGroup", new { thingGroupName = root });
        top.GetProperty("thingGroupMetadata").EnumerateObject().Select(static member => member.Name).ShouldBe(["creationDate"]);
        top.GetProperty("thingGroupProperties").EnumerateObject().ShouldBeEmpty();
        top.Number("version").ShouldBe(1);
        foreach (var absent in new[] { "indexName", "queryString", "queryVersion", "status" }) top.Has(absent).ShouldBeFalse();
        var metadata = (await api.IotAsync("DescribeThingGroup", new { thingGroupName = leaf })).GetProperty("thingGroupMetadata");
        metadata.Text("parentGroupName").ShouldBe(middle);
        metadata.Texts("rootToParentThingGroups", "groupName").ShouldBe([root, middle]);
        metadata.Texts("rootToParentThingGroups", "groupArn")[0].ShouldBe($"arn:aws:iot:us-east-1:123456789012:thinggroup/{root}");

        var error = await api.RefusedAsync("InvalidRequestException", 400, "DeleteThingGroup", new { thingGroupName = middle });
        error.Message.ShouldBe($"Cannot delete thing group : {middle} when there are still child groups attached to it");
        foreach (var group in new[] { leaf, middle, root, root }) await api.IotAsync("DeleteThingGroup", new { thingGroupName = group });
        await api.RefusedAsync("ResourceNotFoundException", 404, "DescribeThingGroup", new { thingGroupName = root });
    });

    [Fact]
    public Task Registry_08_groups_have_versions_too() => Both.Run(hub, async (api, name) =>
    {
        await api.IotAsync("CreateThingGroup", new { thingGroupName = name, thingGroupProperties = new { attributePayload = new { attributes = new { a = "1", b = "2" } } } });
        var properties = new { thingGroupDescription = "new", attributePayload = new { merge = true, attributes = new { b = "", c = "3" } } };
        (await api.IotAsync("UpdateThingGroup", new { thingGroupName = name, expectedVersion = 1, thingGroupProperties = properties })).Number("version").ShouldBe(2);
        (await api.IotAsync("UpdateThingGroup", new { thingGroupName = name, thingGroupProperties = properties })).Number("version").ShouldBe(2);
        var described = (await api.IotAsync("DescribeThingGroup", new { thingGroupName = name })).GetProperty("thingGroupProperties");
        described.Text("thingGroupDescription").ShouldBe("new");
        described.GetProperty("attributePayload").Map("attributes").ShouldBe("a=1 c=3");
        await api.IotAsync("UpdateThingGroup", new { thingGroupName = name, thingGroupProperties = new { attributePayload = new { attributes = new { d = "4" } } } });
        var replaced = (await api.IotAsync("DescribeThingGroup", new { thingGroupName = name })).GetProperty("thingGroupProperties");
        replaced.Text("thingGroupDescription").ShouldBe("new");
        replaced.GetProperty("attributePayload").Map("attributes").ShouldBe("d=4");

        await api.RefusedAsync("VersionConflictException", 409, "UpdateThingGroup", new { thingGroupName = name, expectedVersion = 1, thingGroupProperties = properties });
        await api.RefusedAsync("VersionConflictException", 409, "DeleteThingGroup", new { thingGroupName = name, expectedVersion = 1 });
        await api.RefusedAsync("ResourceNotFoundException", 404, "UpdateThingGroup", new { thingGroupName = $"{name}-none", thingGroupProperties = properties });
        await api.IotAsync("DeleteThingGroup", new { thingGroupName = name, expectedVersion = 3 });
    });

    [Fact]
    public Task Registry_14_list_thing_groups_by_parent_and_prefix_recursive_by_default() => Both.Run(hub, async (api, name) =>
    {
        foreach (var (group, parent) in new[] { ("r", null), ("r-a", "r"), ("r-b", "r"), ("r-a-x", "r-a"), ("s", null) })
        {
            await api.IotAsync("CreateThingGroup", parent is null
                ? new { thingGroupName = $"{name}-{group}" }
                : new { thingGroupName = $"{name}-{group}", parentGroupName = $"{name}-{parent}" });
        }

        (await ListAsync(new { namePrefixFilter = name })).ShouldBe("r r-a r-a-x r-b s");
        (await ListAsync(new { namePrefixFilter = name, recursive = true })).ShouldBe("r r-a r-a-x r-b s");
        (await ListAsync(new { namePrefixFilter = name, recursive = false })).ShouldBe("r s");
        (await ListAsync(new { parentGroup = $"{name}-r" })).ShouldBe("r-a r-a-x r-b");
        (await ListAsync(new { parentGroup = $"{name}-r", recursive = false })).ShouldBe("r-a r-b");
        (await ListAsync(new { parentGroup = $"{name}-r", namePrefixFilter = $"{name}-r-a" })).ShouldBe("r-a r-a-x");
        (await ListAsync(new { parentGroup = $"{name}-s" })).ShouldBe("");
        var error = await api.RefusedAsync("ResourceNotFoundException", 404, "ListThingGroups", new { parentGroup = $"{name}-none" });
        error.Typed.ShouldBe("ResourceNotFoundException");
        var pages = await hub.Boto3.PagesAsync("ListThingGroups", "thingGroups", 2, new { namePrefixFilter = name });
        pages.Select(static group => group.Text("groupName")[^1]).ShouldBe("raxbs");
        pages[0].Text("groupArn").ShouldEndWith($":thinggroup/{name}-r");

        async Task<string> ListAsync(object filter) =>
            string.Join(' ', (await api.IotAsync("ListThingGroups", filter)).Texts("thingGroups", "groupName").Select(found => found[(name.Length + 1)..]));
    });

    [Fact]
    public async Task Registry_13_hierarchies_are_seven_groups_deep_and_a_hundred_wide()
    {
        var name = $"deep-{Guid.NewGuid():N}";
        await hub.JavaScript.IotAsync("CreateThingGroup", new { thingGroupName = $"{name}-1" });
        for (var depth = 2; depth <= 7; depth++) await ChildAsync($"{name}-{depth}", $"{name}-{depth - 1}");
        (await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "CreateThingGroup", new { thingGroupName = $"{name}-8", parentGroupName = $"{name}-7" })).Message!.ShouldContain("7");
        for (var child = 0; child < 99; child++) await ChildAsync($"{name}-2-{child}", $"{name}-1");
        (await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "CreateThingGroup", new { thingGroupName = $"{name}-2-99", parentGroupName = $"{name}-1" })).Message!.ShouldContain("100");
        var attributes = Enumerable.Range(0, 51).ToDictionary(static i => $"a{i}", static i => $"{i}");
        await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "CreateThingGroup", new { thingGroupName = name, thingGroupProperties = new { attributePayload = new { attributes } } });
        attributes.Remove("a50");
        await hub.JavaScript.IotAsync("CreateThingGroup", new { thingGroupName = name, thingGroupProperties = new { attributePayload = new { attributes } } });

        Task ChildAsync(string group, string parent) => hub.JavaScript.IotAsync("CreateThingGroup", new { thingGroupName = group, parentGroupName = parent });
    }
}
