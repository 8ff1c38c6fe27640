using System.Text.Json;
using Fairlead.Shared;

namespace Fairlead.Interop.Aws.Fleet;

/// <summary>Registry events on $aws/events/..., read by a plain MQTT client while boto3 changes the registry.</summary>
public sealed class RegistryEventTests(AwsHub hub) : IClassFixture<AwsHub>
{
    private static readonly string[] Kinds =
    [
        "CA_CERTIFICATE", "CERTIFICATE", "JOB", "JOB_EXECUTION", "POLICY", "THING", "THING_GROUP", "THING_GROUP_HIERARCHY", "THING_GROUP_MEMBERSHIP", "THING_TYPE",
        "THING_TYPE_ASSOCIATION",
    ];

    [Fact]
    public async Task Messaging_51_registry_events_appear_only_after_being_enabled()
    {
        await using var reader = await ReadAsync("$aws/events/#");
        var before = await hub.Boto3.IotAsync("DescribeEventConfigurations");
        before.GetProperty("eventConfigurations").EnumerateObject().ShouldAllBe(static one => !one.Value.GetProperty("Enabled").GetBoolean());
        before.GetProperty("eventConfigurations").EnumerateObject().Select(static one => one.Name).Order(StringComparer.Ordinal).ShouldBe(Kinds);
        await hub.Boto3.IotAsync("CreateThing", new { thingName = "e-silent" });

        await hub.Boto3.IotAsync("UpdateEventConfigurations", new { eventConfigurations = Kinds.ToDictionary(static kind => kind, static _ => new { Enabled = true }) });
        var after = await hub.JavaScript.IotAsync("DescribeEventConfigurations");
        after.GetProperty("eventConfigurations").EnumerateObject().ShouldAllBe(static one => one.Value.GetProperty("Enabled").GetBoolean());
        after.GetProperty("lastModifiedDate").GetDouble().ShouldBeGreaterThanOrEqualTo(after.GetProperty("creationDate").GetDouble());

        await hub.Boto3.IotAsync("CreateThingType", new { thingTypeName = "e-type", thingTypeProperties = new { thingTypeDescription = "d", searchableAttributes = new[] { "a" } } });
        var type = await NextAsync(reader, "thingType/e-type/created", "THING_TYPE_EVENT", "CREATED");
        type.GetProperty("isDeprecated").GetBoolean().ShouldBeFalse();
        type.GetProperty("deprecationDate").ValueKind.ShouldBe(JsonValueKind.Null);
        type.GetProperty("searchableAttributes")[0].GetString().ShouldBe("a");
        type.GetProperty("description").GetString().ShouldBe("d");

        await ThingsAsync(reader);
        await GroupsAsync(reader);

        await hub.JavaScript.IotAsync("DeprecateThingType", new { thingTypeName = "e-type" });
        (await NextAsync(reader, "thingType/e-type/updated", "THING_TYPE_EVENT", "UPDATED")).GetProperty("isDeprecated").GetBoolean().ShouldBeTrue();
        await hub.JavaScript.IotAsync("UpdateEventConfigurations", new { eventConfigurations = new { THING = new { Enabled = false } } });
        await hub.Boto3.IotAsync("CreateThing", new { thingName = "e-silent-again" });
        await hub.Boto3.IotAsync("DeleteThingType", new { thingTypeName = "e-type" });
        await NextAsync(reader, "thingType/e-type/deleted", "THING_TYPE_EVENT", "DELETED");
        await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "UpdateEventConfigurations", new { eventConfigurations = new { NOTHING = new { Enabled = true } } });
    }

    [Fact]
    public async Task Events_may_be_read_but_not_written()
    {
        await using var client = await RawMqttClient.OpenAsync(hub.Hub.Mqtt);
        await client.SendAsync(RawPackets.Connect(5, "e-writer"));
        RawAnswer.Read(5, await client.ReadAsync()).Code.ShouldBe(0);
        await client.SendAsync(RawPackets.Subscribe(5, 1, "$aws/events/nothing/of/this/name"));
        RawAnswer.Read(5, await client.ReadAsync()).Code.ShouldBe(0x8F);
        await client.SendAsync(RawPackets.Publish(5, "$aws/events/thing/x/created", "{}", 1, 2));
        RawAnswer.Read(5, await client.ReadAsync()).Code.ShouldBe(0x90);
    }

    private async Task ThingsAsync(RawMqttClient reader)
    {
        await hub.Boto3.IotAsync("CreateThing", new { thingName = "e-1", thingTypeName = "e-type", attributePayload = new { attributes = new { a = "1" } } });
        var created = await NextAsync(reader, "thing/e-1/created", "THING_EVENT", "CREATED");
        created.GetProperty("versionNumber").GetInt64().ShouldBe(1);
        created.GetProperty("thingTypeName").GetString().ShouldBe("e-type");
        created.GetProperty("attributes").GetProperty("a").GetString().ShouldBe("1");
        created.GetProperty("thingId").GetString().ShouldBe((await hub.Boto3.IotAsync("DescribeThing", new { thingName = "e-1" })).GetProperty("thingId").GetString());
        (await NextAsync(reader, "thingTypeAssociation/thing/e-1/e-type", "THING_TYPE_ASSOCIATION_EVENT", "CREATED")).GetProperty("thingTypeName").GetString().ShouldBe("e-type");

        await hub.Boto3.IotAsync("UpdateThing", new { thingName = "e-1", removeThingType = true });
        var updated = await NextAsync(reader, "thing/e-1/updated", "THING_EVENT", "UPDATED");
        updated.GetProperty("versionNumber").GetInt64().ShouldBe(2);
        updated.GetProperty("thingTypeName").ValueKind.ShouldBe(JsonValueKind.Null);
        await NextAsync(reader, "thingTypeAssociation/thing/e-1/e-type", "THING_TYPE_ASSOCIATION_EVENT", "DELETED");
    }

    private async Task GroupsAsync(RawMqttClient reader)
    {
        await hub.Boto3.IotAsync("CreateThingGroup", new { thingGroupName = "e-root" });
        var root = await NextAsync(reader, "thingGroup/e-root/created", "THING_GROUP_EVENT", "CREATED");
        root.GetProperty("parentGroupName").ValueKind.ShouldBe(JsonValueKind.Null);
        root.GetProperty("rootToParentThingGroups").GetArrayLength().ShouldBe(0);
        await hub.Boto3.IotAsync("CreateThingGroup", new { thingGroupName = "e-leaf", parentGroupName = "e-root" });
        var leaf = await NextAsync(reader, "thingGroup/e-leaf/created", "THING_GROUP_EVENT", "CREATED");
        leaf.GetProperty("parentGroupId").GetString().ShouldBe(root.GetProperty("thingGroupId").GetString());
        leaf.GetProperty("rootToParentThingGroups")[0].GetProperty("groupArn").GetString().ShouldBe("arn:aws:iot:us-east-1:123456789012:thinggroup/e-root");
        var hierarchy = await NextAsync(reader, "thingGroupHierarchy/thingGroup/e-root/childThingGroup/e-leaf/added", "THING_GROUP_HIERARCHY_EVENT", "ADDED");
        hierarchy.GetProperty("childGroupName").GetString().ShouldBe("e-leaf");

        await hub.Boto3.IotAsync("AddThingToThingGroup", new { thingGroupName = "e-leaf", thingName = "e-1" });
        var added = await NextAsync(reader, "thingGroupMembership/thingGroup/e-leaf/thing/e-1/added", "THING_GROUP_MEMBERSHIP_EVENT", "ADDED");
        added.GetProperty("thingArn").GetString().ShouldBe("arn:aws:iot:us-east-1:123456789012:thing/e-1");
        await hub.Boto3.IotAsync("DeleteThing", new { thingName = "e-1" });
        var removed = await NextAsync(reader, "thingGroupMembership/thingGroup/e-leaf/thing/e-1/removed", "THING_GROUP_MEMBERSHIP_EVENT", "REMOVED");
        removed.GetProperty("membershipId").GetString().ShouldBe(added.GetProperty("membershipId").GetString());
        await NextAsync(reader, "thing/e-1/deleted", "THING_EVENT", "DELETED");

        await hub.Boto3.IotAsync("DeleteThingGroup", new { thingGroupName = "e-leaf" });
        await NextAsync(reader, "thingGroup/e-leaf/deleted", "THING_GROUP_EVENT", "DELETED");
        await NextAsync(reader, "thingGroupHierarchy/thingGroup/e-root/childThingGroup/e-leaf/removed", "THING_GROUP_HIERARCHY_EVENT", "REMOVED");
    }

    private async Task<RawMqttClient> ReadAsync(string filter)
    {
        var client = await RawMqttClient.OpenAsync(hub.Hub.Mqtt);
        await client.SendAsync(RawPackets.Connect(4, "e-reader"));
        RawAnswer.Read(4, await client.ReadAsync()).Code.ShouldBe(0);
        await client.SendAsync(RawPackets.Subscribe(4, 1, filter));
        RawAnswer.Read(4, await client.ReadAsync()).Code.ShouldBe(0);
        return client;
    }

    private static async Task<JsonElement> NextAsync(RawMqttClient reader, string topic, string eventType, string operation)
    {
        RawPublish message;
        do message = RawPublish.Read(4, await reader.ReadAsync());
        while (message.Topic.StartsWith("$aws/events/presence/", StringComparison.Ordinal) || message.Topic.StartsWith("$aws/events/subscriptions/", StringComparison.Ordinal));
        message.Topic.ShouldBe("$aws/events/" + topic);
        var document = JsonDocument.Parse(message.Text).RootElement;
        document.GetProperty("eventType").GetString().ShouldBe(eventType);
        document.GetProperty("operation").GetString().ShouldBe(operation);
        document.GetProperty("accountId").GetString().ShouldBe("123456789012");
        Guid.TryParse(document.GetProperty("eventId").GetString(), out _).ShouldBeTrue();
        document.GetProperty("timestamp").GetInt64().ShouldBeGreaterThan(1_600_000_000_000);
        return document;
    }
}
