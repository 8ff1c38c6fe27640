namespace Fairlead.Interop.Aws.Registry;

/// <summary>Billing groups and the things in them.</summary>
public sealed class BillingGroupTests(AwsHub hub) : IClassFixture<AwsHub>
{
    private const string Arn = "arn:aws:iot:us-east-1:123456789012:";

    [Fact]
    public Task Registry_13_billing_groups_are_created_described_updated_and_deleted() => Both.Run(hub, async (api, name) =>
    {
        var input = new { billingGroupName = name, billingGroupProperties = new { billingGroupDescription = "North" } };
        var first = await api.IotAsync("CreateBillingGroup", input);
        first.Text("billingGroupArn").ShouldBe($"{Arn}billinggroup/{name}");
        (await api.IotAsync("CreateBillingGroup", input)).Text("billingGroupId").ShouldBe(first.Text("billingGroupId"));
        var error = await api.RefusedAsync("ResourceAlreadyExistsException", 409, "CreateBillingGroup", new { billingGroupName = name });
        error.Members.Text("resourceId").ShouldBe(first.Text("billingGroupId"));
        error.Members.Text("resourceArn").ShouldBe(first.Text("billingGroupArn"));

        var change = new { billingGroupDescription = "South" };
        (await api.IotAsync("UpdateBillingGroup", new { billingGroupName = name, billingGroupProperties = change, expectedVersion = 1 })).Number("version").ShouldBe(2);
        (await api.IotAsync("UpdateBillingGroup", new { billingGroupName = name, billingGroupProperties = change })).Number("version").ShouldBe(2);
        await api.RefusedAsync("VersionConflictException", 409, "UpdateBillingGroup", new { billingGroupName = name, billingGroupProperties = change, expectedVersion = 1 });
        var described = await api.IotAsync("DescribeBillingGroup", new { billingGroupName = name });
        described.Text("billingGroupId").ShouldBe(first.Text("billingGroupId"));
        described.Number("version").ShouldBe(2);
        described.GetProperty("billingGroupProperties").Text("billingGroupDescription").ShouldBe("South");
        described.GetProperty("billingGroupMetadata").Has("creationDate").ShouldBeTrue();

        await api.RefusedAsync("VersionConflictException", 409, "DeleteBillingGroup", new { billingGroupName = name, expectedVersion = 1 });
        await api.IotAsync("DeleteBillingGroup", new { billingGroupName = name, expectedVersion = 2 });
        await api.IotAsync("DeleteBillingGroup", new { billingGroupName = name });
        await api.RefusedAsync("ResourceNotFoundException", 404, "DescribeBillingGroup", new { billingGroupName = name });
        await api.RefusedAsync("ResourceNotFoundException", 404, "UpdateBillingGroup", new { billingGroupName = name, billingGroupProperties = change });
    });

    [Fact]
    public Task Registry_13_a_thing_is_in_one_billing_group_at_most() => Both.Run(hub, async (api, name) =>
    {
        foreach (var suffix in new[] { "a", "b" }) await api.IotAsync("CreateBillingGroup", new { billingGroupName = $"{name}-{suffix}" });
        foreach (var i in new[] { 1, 2, 3 }) await api.IotAsync("CreateThing", new { thingName = $"{name}-{i}", billingGroupName = $"{name}-a" });
        (await hub.Boto3.PagesAsync("ListThingsInBillingGroup", "things", 2, new { billingGroupName = $"{name}-a" })).Select(static thing => thing.GetString())
            .ShouldBe([$"{name}-1", $"{name}-2", $"{name}-3"]);

        await api.IotAsync("AddThingToBillingGroup", new { billingGroupArn = $"{Arn}billinggroup/{name}-b", thingArn = $"{Arn}thing/{name}-1" });
        (await ThingsAsync("a")).ShouldBe([$"{name}-2", $"{name}-3"]);
        (await ThingsAsync("b")).ShouldBe([$"{name}-1"]);
        await api.IotAsync("RemoveThingFromBillingGroup", new { billingGroupName = $"{name}-b", thingName = $"{name}-2" });
        (await ThingsAsync("a")).ShouldBe([$"{name}-2", $"{name}-3"], "it was not in b");
        await api.IotAsync("RemoveThingFromBillingGroup", new { billingGroupName = $"{name}-a", thingName = $"{name}-2" });
        (await api.IotAsync("DescribeThing", new { thingName = $"{name}-2" })).Has("billingGroupName").ShouldBeFalse();
        await api.IotAsync("DeleteBillingGroup", new { billingGroupName = $"{name}-a" });
        (await api.IotAsync("DescribeThing", new { thingName = $"{name}-3" })).Has("billingGroupName").ShouldBeFalse();

        foreach (var operation in new[] { "AddThingToBillingGroup", "RemoveThingFromBillingGroup" })
        {
            await api.RefusedAsync("ResourceNotFoundException", 404, operation, new { billingGroupName = $"{name}-a", thingName = $"{name}-1" });
            await api.RefusedAsync("ResourceNotFoundException", 404, operation, new { billingGroupName = $"{name}-b", thingName = $"{name}-none" });
            await api.RefusedAsync("InvalidRequestException", 400, operation, new { thingName = $"{name}-1" });
        }

        await api.RefusedAsync("ResourceNotFoundException", 404, "ListThingsInBillingGroup", new { billingGroupName = $"{name}-a" });

        async Task<string[]> ThingsAsync(string suffix) => (await api.IotAsync("ListThingsInBillingGroup", new { billingGroupName = $"{name}-{suffix}" })).Texts("things");
    });

    [Fact]
    public Task Registry_05_list_billing_groups_pages_and_filters_by_prefix() => Both.Run(hub, async (api, name) =>
    {
        foreach (var i in new[] { 1, 2, 3 }) await api.IotAsync("CreateBillingGroup", new { billingGroupName = $"{name}-{i}" });
        var pages = await hub.Boto3.PagesAsync("ListBillingGroups", "billingGroups", 2, new { namePrefixFilter = name });
        pages.Select(static group => group.Text("groupName")).ShouldBe([$"{name}-1", $"{name}-2", $"{name}-3"]);
        pages[0].Text("groupArn").ShouldBe($"{Arn}billinggroup/{name}-1");
        (await api.IotAsync("ListBillingGroups", new { namePrefixFilter = $"{name}-3" })).Texts("billingGroups", "groupName").ShouldBe([$"{name}-3"]);
    });
}
