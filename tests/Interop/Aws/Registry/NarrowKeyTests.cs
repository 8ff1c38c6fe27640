using System.Net.Http.Json;
using System.Text.Json;

namespace Fairlead.Interop.Aws.Registry;

/// <summary>Keys whose policy names some resources: each operation is allowed on those alone.</summary>
public sealed class NarrowKeyTests(AwsHub hub) : IClassFixture<AwsHub>
{
    private const string Arn = "arn:aws:iot:us-east-1:123456789012:";

    [Fact]
    public async Task Registry_01_a_key_for_some_things_and_groups_does_nothing_to_others()
    {
        var name = $"narrow-{Guid.NewGuid():N}";
        await using var api = await KeyAsync(
            Allow("iot:*Thing", $"{Arn}thing/{name}-*"), Allow("iot:*ThingType", $"{Arn}thingtype/{name}-*"), Allow("iot:*ThingGroup", $"{Arn}thinggroup/{name}-*"),
            Allow("iot:*BillingGroup", $"{Arn}billinggroup/{name}-*"), Allow("iot:*TagsForResource", $"{Arn}thinggroup/{name}-*"), Allow("iot:ListThings", "*"));
        var (mine, other) = ($"{name}-1", "someone-elses");
        await hub.JavaScript.IotAsync("CreateThing", new { thingName = other });
        foreach (var (kind, member) in new[] { ("ThingType", "thingTypeName"), ("ThingGroup", "thingGroupName"), ("BillingGroup", "billingGroupName"), ("Thing", "thingName") })
        {
            foreach (var verb in new[] { "Create", "Describe" })
            {
                await api.IotAsync($"{verb}{kind}", new Dictionary<string, string> { [member] = mine });
                var error = await api.RefusedAsync("AccessDeniedException", 403, $"{verb}{kind}", new Dictionary<string, string> { [member] = other });
                error.Message!.ShouldContain($"iot:{verb}{kind}");
                error.Message!.ShouldContain($"/{other}");
            }
        }

        await api.IotAsync("ListThings");
        await api.IotAsync("ListTagsForResource", new { resourceArn = $"{Arn}thinggroup/{mine}" });
        await api.RefusedAsync("AccessDeniedException", 403, "ListTagsForResource", new { resourceArn = $"{Arn}thinggroup/{other}" });
        await api.RefusedAsync("AccessDeniedException", 403, "ListThingTypes");
        await api.RefusedAsync("AccessDeniedException", 403, "AttachThingPrincipal", new { thingName = mine, principal = $"us-east-1:{Guid.NewGuid()}" });
    }

    [Fact]
    public async Task Registry_01_membership_needs_both_the_thing_and_the_group()
    {
        var name = $"narrow-{Guid.NewGuid():N}";
        foreach (var suffix in new[] { "mine", "other" })
        {
            await hub.JavaScript.IotAsync("CreateThing", new { thingName = $"{name}-{suffix}" });
            await hub.JavaScript.IotAsync("CreateThingGroup", new { thingGroupName = $"{name}-{suffix}" });
            await hub.JavaScript.IotAsync("CreateBillingGroup", new { billingGroupName = $"{name}-{suffix}" });
        }

        await using var api = await KeyAsync(Allow("iot:*", $"{Arn}thing/{name}-mine"), Allow("iot:*", $"{Arn}thinggroup/{name}-mine*"), Allow("iot:*", $"{Arn}billinggroup/{name}-mine"));
        var (mine, other) = ($"{name}-mine", $"{name}-other");
        foreach (var (thing, group) in new[] { (mine, other), (other, mine) })
        {
            foreach (var verb in new[] { "Add", "Remove" })
            {
                var by = verb == "Add" ? "To" : "From";
                await api.RefusedAsync("AccessDeniedException", 403, $"{verb}Thing{by}ThingGroup", new { thingName = thing, thingGroupName = group });
                await api.RefusedAsync("AccessDeniedException", 403, $"{verb}Thing{by}BillingGroup", new { thingName = thing, billingGroupName = group });
            }
        }

        await api.RefusedAsync("AccessDeniedException", 403, "UpdateThingGroupsForThing", new { thingName = mine, thingGroupsToAdd = new[] { mine, other } });
        await api.RefusedAsync("AccessDeniedException", 403, "UpdateThingGroupsForThing", new { thingName = mine, thingGroupsToRemove = new[] { other } });
        await api.RefusedAsync("AccessDeniedException", 403, "CreateThingGroup", new { thingGroupName = $"{mine}-child", parentGroupName = other });
        await api.RefusedAsync("AccessDeniedException", 403, "CreateThing", new { thingName = mine, billingGroupName = other });
        await api.IotAsync("CreateThingGroup", new { thingGroupName = $"{mine}-child", parentGroupName = mine });
        await api.IotAsync("AddThingToThingGroup", new { thingName = mine, thingGroupName = mine });
        await api.IotAsync("UpdateThingGroupsForThing", new { thingName = mine, thingGroupsToAdd = new[] { $"{mine}-child" }, thingGroupsToRemove = new[] { mine } });
        await api.IotAsync("RemoveThingFromThingGroup", new { thingName = mine, thingGroupName = $"{mine}-child" });
        await api.IotAsync("AddThingToBillingGroup", new { thingName = mine, billingGroupName = mine });
        await api.IotAsync("RemoveThingFromBillingGroup", new { thingName = mine, billingGroupName = mine });
    }

    private static object Allow(string action, string resource) => new { Effect = "Allow", Action = action, Resource = resource };

    private async Task<AwsApi> KeyAsync(params object[] statements)
    {
        var policy = JsonSerializer.Serialize(new { Version = "2012-10-17", Statement = statements });
        using var answer = await hub.Administrator.PostAsJsonAsync("/v1/keys", new { policyDocument = policy }, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        var key = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return hub.Start(AwsTool.JavaScript, hub.Login with { AccessKey = key.Text("id"), SecretKey = key.Text("secret") });
    }
}
