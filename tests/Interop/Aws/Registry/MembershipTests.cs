namespace Fairlead.Interop.Aws.Registry;

/// <summary>Things in thing groups.</summary>
public sealed class MembershipTests(AwsHub hub) : IClassFixture<AwsHub>
{
    private const string Arn = "arn:aws:iot:us-east-1:123456789012:";

    [Fact]
    public Task Registry_13_things_are_added_and_removed_by_name_or_arn_any_number_of_times() => Both.Run(hub, async (api, name) =>
    {
        await api.IotAsync("CreateThing", new { thingName = name });
        await api.IotAsync("CreateThingGroup", new { thingGroupName = name });
        object byName = new { thingGroupName = name, thingName = name };
        object byArn = new { thingGroupArn = $"{Arn}thinggroup/{name}", thingArn = $"{Arn}thing/{name}" };
        object byBoth = new { thingGroupName = name, thingGroupArn = $"{Arn}thinggroup/{name}", thingName = name, overrideDynamicGroups = true };
        foreach (var input in new[] { byName, byArn, byBoth }) await api.IotAsync("AddThingToThingGroup", input);
        (await api.IotAsync("ListThingsInThingGroup", new { thingGroupName = name })).Texts("things").ShouldBe([name]);
        var groups = await api.IotAsync("ListThingGroupsForThing", new { thingName = name });
        groups.Texts("thingGroups", "groupName").ShouldBe([name]);
        groups.Texts("thingGroups", "groupArn").ShouldBe([$"{Arn}thinggroup/{name}"]);
        foreach (var input in new[] { byArn, byName }) await api.IotAsync("RemoveThingFromThingGroup", input);
        (await api.IotAsync("ListThingsInThingGroup", new { thingGroupName = name })).Texts("things").ShouldBeEmpty();

        foreach (var operation in new[] { "AddThingToThingGroup", "RemoveThingFromThingGroup" })
        {
            await api.RefusedAsync("ResourceNotFoundException", 404, operation, new { thingGroupName = name, thingName = $"{name}-none" });
            await api.RefusedAsync("ResourceNotFoundException", 404, operation, new { thingGroupName = $"{name}-none", thingName = name });
            await api.RefusedAsync("InvalidRequestException", 400, operation, new { thingGroupName = name });
            await api.RefusedAsync("InvalidRequestException", 400, operation, new { thingGroupName = name, thingName = name, thingArn = $"{Arn}thing/other" });
            await api.RefusedAsync("InvalidRequestException", 400, operation, new { thingGroupArn = "arn:aws:iot:eu-west-1:999999999999:thinggroup/x", thingName = name });
        }

        await api.RefusedAsync("ResourceNotFoundException", 404, "ListThingsInThingGroup", new { thingGroupName = $"{name}-none" });
        await api.RefusedAsync("ResourceNotFoundException", 404, "ListThingGroupsForThing", new { thingName = $"{name}-none" });
    });

    [Fact]
    public Task Registry_13_a_thing_is_in_one_group_of_a_hierarchy_and_in_ten_in_all() => Both.Run(hub, async (api, name) =>
    {
        await api.IotAsync("CreateThing", new { thingName = name });
        await api.IotAsync("CreateThingGroup", new { thingGroupName = $"{name}-0" });
        foreach (var child in new[] { "a", "b" }) await api.IotAsync("CreateThingGroup", new { thingGroupName = $"{name}-0-{child}", parentGroupName = $"{name}-0" });
        await api.IotAsync("AddThingToThingGroup", new { thingGroupName = $"{name}-0-a", thingName = name });
        foreach (var related in new[] { "0", "0-b" })
            (await api.RefusedAsync("InvalidRequestException", 400, "AddThingToThingGroup", new { thingGroupName = $"{name}-{related}", thingName = name })).Message!.ShouldContain("hierarchy");

        for (var i = 1; i <= 10; i++) await api.IotAsync("CreateThingGroup", new { thingGroupName = $"{name}-{i}" });
        for (var i = 1; i <= 9; i++) await api.IotAsync("AddThingToThingGroup", new { thingGroupName = $"{name}-{i}", thingName = name });
        (await api.RefusedAsync("InvalidRequestException", 400, "AddThingToThingGroup", new { thingGroupName = $"{name}-10", thingName = name })).Message!.ShouldContain("10");
        await api.IotAsync("AddThingToThingGroup", new { thingGroupName = $"{name}-9", thingName = name });
    });

    [Fact]
    public Task Registry_13_update_thing_groups_for_thing_moves_it_all_or_nothing() => Both.Run(hub, async (api, name) =>
    {
        await api.IotAsync("CreateThing", new { thingName = name });
        await api.IotAsync("CreateThingGroup", new { thingGroupName = $"{name}-r" });
        foreach (var child in new[] { "a", "b" }) await api.IotAsync("CreateThingGroup", new { thingGroupName = $"{name}-{child}", parentGroupName = $"{name}-r" });
        await api.IotAsync("CreateThingGroup", new { thingGroupName = $"{name}-s" });
        await api.IotAsync("UpdateThingGroupsForThing", new { thingName = name, thingGroupsToAdd = new[] { $"{name}-a" } });
        await api.IotAsync("UpdateThingGroupsForThing", new { thingName = name, thingGroupsToAdd = new[] { $"{name}-b", $"{name}-s" }, thingGroupsToRemove = new[] { $"{name}-a" } });
        (await GroupsAsync()).ShouldBe([$"{name}-b", $"{name}-s"]);

        await api.RefusedAsync("InvalidRequestException", 400, "UpdateThingGroupsForThing", new { thingName = name, thingGroupsToAdd = new[] { $"{name}-a" }, thingGroupsToRemove = new[] { $"{name}-s" } });
        await api.RefusedAsync("ResourceNotFoundException", 404, "UpdateThingGroupsForThing", new { thingName = name, thingGroupsToAdd = new[] { $"{name}-none" }, thingGroupsToRemove = new[] { $"{name}-s" } });
        await api.RefusedAsync("ResourceNotFoundException", 404, "UpdateThingGroupsForThing", new { thingName = $"{name}-none", thingGroupsToAdd = new[] { $"{name}-a" } });
        await api.RefusedAsync("InvalidRequestException", 400, "UpdateThingGroupsForThing", new { thingGroupsToAdd = new[] { $"{name}-a" } });
        (await GroupsAsync()).ShouldBe([$"{name}-b", $"{name}-s"]);

        async Task<string[]> GroupsAsync() => (await api.IotAsync("ListThingGroupsForThing", new { thingName = name })).Texts("thingGroups", "groupName");
    });

    [Fact]
    public async Task Registry_05_members_and_groups_page_to_the_end_and_recursion_merges_by_name()
    {
        var name = $"page-{Guid.NewGuid():N}";
        var api = hub.JavaScript;
        await api.IotAsync("CreateThingGroup", new { thingGroupName = name });
        foreach (var child in new[] { "x", "y" }) await api.IotAsync("CreateThingGroup", new { thingGroupName = $"{name}-{child}", parentGroupName = name });
        var things = Enumerable.Range(0, 12).Select(i => $"{name}-{i:00}").ToArray();
        foreach (var (i, thing) in things.Index())
        {
            await api.IotAsync("CreateThing", new { thingName = thing });
            await api.IotAsync("AddThingToThingGroup", new { thingName = thing, thingGroupName = (i % 3) switch { 0 => name, 1 => $"{name}-x", _ => $"{name}-y" } });
        }

        (await NamesAsync(new { thingGroupName = name })).ShouldBe(things.Where(static (_, i) => i % 3 == 0));
        (await NamesAsync(new { thingGroupName = name, recursive = true })).ShouldBe(things);
        (await NamesAsync(new { thingGroupName = $"{name}-x", recursive = true })).ShouldBe(things.Where(static (_, i) => i % 3 == 1));

        for (var i = 0; i < 5; i++)
        {
            await api.IotAsync("CreateThingGroup", new { thingGroupName = $"{name}-g{i}" });
            await api.IotAsync("AddThingToThingGroup", new { thingName = things[0], thingGroupName = $"{name}-g{i}" });
        }

        (await hub.Boto3.PagesAsync("ListThingGroupsForThing", "thingGroups", 2, new { thingName = things[0] })).Select(static group => group.Text("groupName"))
            .ShouldBe([name, .. Enumerable.Range(0, 5).Select(i => $"{name}-g{i}")]);

        async Task<IEnumerable<string>> NamesAsync(object parameters) =>
            (await hub.Boto3.PagesAsync("ListThingsInThingGroup", "things", 5, parameters)).Select(static thing => thing.GetString()!);
    }
}
