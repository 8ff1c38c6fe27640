using System.Text.Json.Nodes;

namespace Fairlead.Interop.Azure.Registry;

/// <summary>Identities over the HTTP API of services, with azure-iothub (spec/azure-gateway, sections 4.2 and 4.3).</summary>
public sealed class RegistryTests(RegistryHub hub) : IClassFixture<RegistryHub>
{
    private RegistryDriver Sdk => hub.Driver;

    private static string Text(JsonNode? node, params string[] path) => path.Aggregate(node, static (at, name) => at![name])!.GetValue<string>();

    [Fact]
    public async Task Azure_64_A_device_is_created_with_keys_of_the_hubs_making_read_updated_listed_and_deleted()
    {
        var made = await Sdk.RegistryAsync(hub.Owner, "create", new { deviceId = "reg-1" });
        Text(made, "deviceId").ShouldBe("reg-1");
        Text(made, "status").ShouldBe("enabled");
        Text(made, "connectionState").ShouldBe("Disconnected");
        Text(made, "authentication", "type").ShouldBe("sas");
        Convert.FromBase64String(Text(made, "authentication", "symmetricKey", "primaryKey")).Length.ShouldBe(32);
        var read = await Sdk.RegistryAsync(hub.Owner, "get", "reg-1");
        Text(read, "authentication", "symmetricKey", "secondaryKey").ShouldBe(Text(made, "authentication", "symmetricKey", "secondaryKey"));

        var updated = await Sdk.RegistryAsync(hub.Owner, "update", new { deviceId = "reg-1", status = "disabled", statusReason = "on the shelf" });
        Text(updated, "status").ShouldBe("disabled");
        Text(updated, "statusReason").ShouldBe("on the shelf");
        Text(updated, "etag").ShouldNotBe(Text(made, "etag"));
        Text(updated, "authentication", "symmetricKey", "primaryKey").ShouldBe(Text(made, "authentication", "symmetricKey", "primaryKey"));

        var list = await Sdk.RegistryAsync(hub.Owner, "list");
        list!.AsArray().Select(static device => Text(device, "deviceId")).ShouldContain("reg-1");
        await Sdk.RegistryAsync(hub.Owner, "delete", "reg-1");
        (await Sdk.RegistryFailsAsync(hub.Owner, "get", "reg-1")).ShouldStartWith("DeviceNotFoundError 404 DeviceNotFound");
    }

    [Fact]
    public async Task Azure_64_Keys_that_are_given_are_kept_and_empty_ones_are_generated()
    {
        string key = Convert.ToBase64String(new byte[32]);
        var made = await Sdk.RegistryAsync(hub.Owner, "create", new { deviceId = "reg-keys", authentication = new { symmetricKey = new { primaryKey = key, secondaryKey = "" } } });
        Text(made, "authentication", "symmetricKey", "primaryKey").ShouldBe(key);
        Convert.FromBase64String(Text(made, "authentication", "symmetricKey", "secondaryKey")).Length.ShouldBe(32);
        (await Sdk.RegistryFailsAsync(hub.Owner, "create", new { deviceId = "reg-bad-key", authentication = new { symmetricKey = new { primaryKey = "no base64", secondaryKey = "" } } }))
            .ShouldStartWith("ArgumentError 400 ArgumentInvalid");
    }

    [Fact]
    public async Task Azure_64_Creating_a_device_twice_is_a_409_and_a_wrong_etag_a_412()
    {
        await Sdk.RegistryAsync(hub.Owner, "create", new { deviceId = "reg-2" });
        (await Sdk.RegistryFailsAsync(hub.Owner, "create", new { deviceId = "reg-2" })).ShouldStartWith("DeviceAlreadyExistsError 409 DeviceAlreadyExists");

        var policy = RegistryHub.Field(hub.Owner, "SharedAccessKey");
        string token = RegistryHub.Token(hub.Address, policy, "iothubowner");
        var (status, body, _) = await hub.SendAsync(HttpMethod.Put, "/devices/reg-2?api-version=2021-04-12", token, """{"deviceId":"reg-2"}""", "\"AAAA\"");
        status.ShouldBe(412);
        Text(body, "Message").ShouldStartWith("ErrorCode:PreconditionFailed;");
        (status, body, _) = await hub.SendAsync(HttpMethod.Put, "/devices/reg-2?api-version=2021-04-12", token, """{"deviceId":"reg-2"}""", "\"*\"");
        status.ShouldBe(200, body?.ToJsonString());
        (status, _, _) = await hub.SendAsync(HttpMethod.Delete, "/devices/reg-2?api-version=any", token, ifMatch: $"\"{Text(body, "etag")}\"");
        status.ShouldBe(204);
    }

    [Fact]
    public async Task Azure_64_Modules_are_created_read_listed_updated_and_go_with_their_device()
    {
        await Sdk.RegistryAsync(hub.Owner, "create", new { deviceId = "reg-mod" });
        var made = await Sdk.RegistryAsync(hub.Owner, "addModule", new { deviceId = "reg-mod", moduleId = "m#1", managedBy = "someone" });
        Text(made, "moduleId").ShouldBe("m#1");
        Text(made, "managedBy").ShouldBe("someone");
        (await Sdk.RegistryAsync(hub.Owner, "getModulesOnDevice", "reg-mod"))!.AsArray().Count.ShouldBe(1);
        (await Sdk.RegistryFailsAsync(hub.Owner, "addModule", new { deviceId = "reg-mod", moduleId = "m#1" })).ShouldContain(" 409 ModuleAlreadyExistsOnDevice");
        (await Sdk.RegistryFailsAsync(hub.Owner, "getModule", "reg-mod", "m2")).ShouldContain(" 404 ModuleNotFound");
        (await Sdk.RegistryFailsAsync(hub.Owner, "addModule", new { deviceId = "reg-none", moduleId = "m" })).ShouldContain(" 404 DeviceNotFound");
        var read = await Sdk.RegistryAsync(hub.Owner, "getModule", "reg-mod", "m#1");
        await Sdk.RegistryAsync(hub.Owner, "updateModule", read);
        (await Sdk.RegistryFailsAsync(hub.Owner, "updateModule", read)).ShouldContain(" 412 PreconditionFailed");
        await Sdk.RegistryAsync(hub.Owner, "delete", "reg-mod");
        (await Sdk.RegistryFailsAsync(hub.Owner, "getModule", "reg-mod", "m#1")).ShouldContain(" 404 DeviceNotFound");
    }

    [Fact]
    public async Task Azure_64_Devices_are_created_updated_and_removed_in_bulk_and_those_that_cannot_be_are_named()
    {
        object[] devices = [new { deviceId = "bulk-1" }, new { deviceId = "bulk-2" }, new { deviceId = "bulk-3" }];
        var made = await Sdk.RegistryAsync(hub.Owner, "addDevices", [devices]);
        made!["isSuccessful"]!.GetValue<bool>().ShouldBeTrue();
        await Sdk.RegistryAsync(hub.Owner, "updateDevices", (object[])[new { deviceId = "bulk-1", status = "disabled" }], true);
        Text(await Sdk.RegistryAsync(hub.Owner, "get", "bulk-1"), "status").ShouldBe("disabled");

        string token = RegistryHub.Token(hub.Address, RegistryHub.Field(hub.Owner, "SharedAccessKey"), "iothubowner");
        var (status, body, _) = await hub.SendAsync(
            HttpMethod.Post, "/devices?api-version=2021-04-12", token, """[{"id":"bulk-2","importMode":"create"},{"id":"bulk-4","importMode":"create","tags":{"site":"a"}}]""");
        status.ShouldBe(400);
        body!["isSuccessful"]!.GetValue<bool>().ShouldBeFalse();
        var error = body["errors"]!.AsArray().ShouldHaveSingleItem()!;
        Text(error, "deviceId").ShouldBe("bulk-2");
        error["errorCode"]!.GetValue<int>().ShouldBe(409001);
        Text((await Sdk.RegistryAsync(hub.Owner, "getTwin", "bulk-4"))!["tags"], "site").ShouldBe("a");
        await Sdk.RegistryAsync(hub.Owner, "removeDevices", (object[])[new { deviceId = "bulk-1" }, new { deviceId = "bulk-2" }, new { deviceId = "bulk-3" }, new { deviceId = "bulk-4" }], true);
        (await Sdk.RegistryFailsAsync(hub.Owner, "get", "bulk-3")).ShouldStartWith("DeviceNotFoundError");
    }

    [Fact]
    public async Task Azure_64_A_query_finds_twins_by_tags_and_properties_page_by_page()
    {
        for (int i = 0; i < 5; i++)
        {
            await Sdk.RegistryAsync(hub.Owner, "create", new { deviceId = $"query-{i}" });
            await Sdk.RegistryAsync(hub.Owner, "updateTwin", $"query-{i}", new { tags = new { suite = "query", floor = i }, properties = new { desired = new { interval = i * 10 } } }, "*");
        }

        var (sizes, all) = await Sdk.QueryAsync(hub.Owner, "SELECT * FROM devices WHERE tags.suite = 'query'", 2);
        sizes.ShouldBe([2, 2, 1]);
        all.Select(static twin => Text(twin, "deviceId")).ShouldBe(["query-0", "query-1", "query-2", "query-3", "query-4"]);
        var (_, some) = await Sdk.QueryAsync(
            hub.Owner, "SELECT deviceId, properties.desired.interval AS wait FROM devices WHERE tags.suite = 'query' AND (tags.floor IN [1, 3] OR properties.desired.interval >= 40) AND NOT IS_DEFINED(tags.none)");
        some.ToJsonString().ShouldBe("""[{"deviceId":"query-1","wait":10},{"deviceId":"query-3","wait":30},{"deviceId":"query-4","wait":40}]""");
        var (_, count) = await Sdk.QueryAsync(hub.Owner, "SELECT COUNT() AS n FROM devices WHERE tags.suite = 'query' AND tags.floor != 0");
        count.ToJsonString().ShouldBe("""[{"n":4}]""");
        (await Sdk.FailAsync("query", new { connectionString = hub.Owner, query = "SELECT tags.floor, COUNT() AS n FROM devices GROUP BY tags.floor" })).ShouldContain("GROUP BY");
        (await Sdk.FailAsync("query", new { connectionString = hub.Owner, query = "SELECT * FROM devices.jobs" })).ShouldContain("devices.jobs is not offered");
    }

    [Fact]
    public async Task Azure_64_Statistics_count_devices()
    {
        await Sdk.RegistryAsync(hub.Owner, "create", new { deviceId = "count-1", status = "disabled" });
        var counts = await Sdk.RegistryAsync(hub.Owner, "getRegistryStatistics");
        counts!["totalDeviceCount"]!.GetValue<int>().ShouldBe(counts["enabledDeviceCount"]!.GetValue<int>() + counts["disabledDeviceCount"]!.GetValue<int>());
        counts["disabledDeviceCount"]!.GetValue<int>().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Azure_64_A_device_is_a_thing_and_goes_with_it_and_a_thing_that_was_there_stays()
    {
        await hub.Aws.IotAsync("CreateThing", new { thingName = "both-1" });
        await Sdk.RegistryAsync(hub.Owner, "create", new { deviceId = "both-1" });
        (await hub.Aws.RefusedAsync("InvalidRequestException", 400, "DeleteThing", new { thingName = "both-1" })).Message.ShouldNotBeNull().ShouldContain("fairlead iothub device rm");
        await Sdk.RegistryAsync(hub.Owner, "delete", "both-1");
        await hub.Aws.IotAsync("DescribeThing", new { thingName = "both-1" });

        await Sdk.RegistryAsync(hub.Owner, "create", new { deviceId = "both-2" });
        await hub.Aws.IotAsync("DescribeThing", new { thingName = "both-2" });
        await Sdk.RegistryAsync(hub.Owner, "delete", "both-2");
        await hub.Aws.RefusedAsync("ResourceNotFoundException", 404, "DescribeThing", new { thingName = "both-2" });

        // An id that is no name of a thing has a thing all the same.
        await Sdk.RegistryAsync(hub.Owner, "create", new { deviceId = "both@3.x" });
        await hub.Aws.IotAsync("DescribeThing", new { thingName = "az:both:403:2Ex" });
    }

    [Fact]
    public async Task Azure_65_Refusals_have_the_header_and_the_text_from_which_SDKs_make_their_errors()
    {
        string token = RegistryHub.Token(hub.Address, RegistryHub.Field(hub.Owner, "SharedAccessKey"), "iothubowner");
        var (status, body, answer) = await hub.SendAsync(HttpMethod.Get, "/devices/nobody?api-version=2021-04-12", token);
        status.ShouldBe(404);
        answer.Headers.GetValues("iothub-errorcode").ShouldBe(["DeviceNotFound"]);
        Text(body, "Message").ShouldBe("ErrorCode:DeviceNotFound;there is no device nobody");
        Text(body, "ExceptionMessage").ShouldStartWith("Tracking ID:");
        (status, body, answer) = await hub.SendAsync(HttpMethod.Get, "/devices/nobody?api-version=2021-04-12", "SharedAccessSignature sr=a&sig=b&se=1");
        status.ShouldBe(401);
        answer.Headers.GetValues("iothub-errorcode").ShouldBe(["IotHubUnauthorized"]);
        (status, _, _) = await hub.SendAsync(HttpMethod.Get, "/devices/nobody?api-version=2021-04-12", null);
        status.ShouldBe(401);
        (status, body, _) = await hub.SendAsync(HttpMethod.Post, "/jobs/create?api-version=2021-04-12", token, "{}");
        status.ShouldBe(501);
        (await Sdk.RegistryFailsAsync(hub.Owner, "getTwin", "nobody")).ShouldStartWith("DeviceNotFoundError 404");
    }

    [Theory]
    [InlineData("registryRead", "get", null)]
    [InlineData("registryRead", "delete", "401 IotHubUnauthorizedAccess")]
    [InlineData("registryReadWrite", "update", null)]
    [InlineData("registryReadWrite", "getTwin", "401 IotHubUnauthorizedAccess")]
    [InlineData("service", "getTwin", null)]
    [InlineData("service", "get", "401 IotHubUnauthorizedAccess")]
    [InlineData("device", "get", "401 IotHubUnauthorizedAccess")]
    public async Task Azure_69_A_policy_allows_what_it_names_and_nothing_else(string policy, string method, string? refusal)
    {
        string device = $"policy-{policy}-{method}";
        await Sdk.RegistryAsync(hub.Owner, "create", new { deviceId = device });
        string connection = await hub.PolicyAsync(policy);
        object argument = method == "update" ? new { deviceId = device, status = "enabled" } : device;
        if (refusal is null) await Sdk.RegistryAsync(connection, method, argument);
        else (await Sdk.RegistryFailsAsync(connection, method, argument)).ShouldStartWith($"UnauthorizedError {refusal}");
    }
}
