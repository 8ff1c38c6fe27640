using System.Text.Json.Nodes;

namespace Fairlead.Interop.Azure.Registry;

/// <summary>Twins, with azure-iothub on one side and azure-iot-device and boto3 on the other (spec/azure-gateway, section 6).</summary>
public sealed class TwinTests(RegistryHub hub) : IClassFixture<RegistryHub>
{
    private RegistryDriver Sdk => hub.Driver;

    private static JsonNode Desired(JsonNode? twin) => twin!["properties"]!["desired"]!;

    private static long Version(JsonNode section) => section["$version"]!.GetValue<long>();

    private async Task<JsonNode> PatchAsync(string device, object patch, string etag = "*") => (await Sdk.RegistryAsync(hub.Owner, "updateTwin", device, patch, etag))!;

    private static object DesiredPatch(object desired) => new { properties = new { desired } };

    private async Task<JsonNode> NextDesiredAsync(string client) => JsonNode.Parse((await Sdk.NextAsync(client, "desired"))["delta"]!.GetValue<string>())!;

    [Fact]
    public async Task Azure_71_A_patch_merges_null_deletes_arrays_are_replaced_and_each_write_is_a_version()
    {
        await Sdk.RegistryAsync(hub.Owner, "create", new { deviceId = "twin-1" });
        var first = await Sdk.RegistryAsync(hub.Owner, "getTwin", "twin-1");
        Version(Desired(first)).ShouldBe(1);
        Version(first!["properties"]!["reported"]!).ShouldBe(1);

        var twin = await PatchAsync("twin-1", DesiredPatch(new { a = new { x = 1, y = 2 }, list = new[] { 1, 2, 3 } }));
        Version(Desired(twin)).ShouldBe(2);
        twin["etag"]!.GetValue<string>().ShouldNotBe(first["etag"]!.GetValue<string>());
        var next = await PatchAsync("twin-1", DesiredPatch(new { a = new { x = (int?)null, z = new { } }, list = new[] { 9 } }));
        Desired(next)["a"]!.ToJsonString().ShouldBe("""{"y":2,"z":{}}""");
        Desired(next)["list"]!.ToJsonString().ShouldBe("[9]");
        Version(Desired(next)).ShouldBe(3);
        // The same values again are a write as well.
        Version(Desired(await PatchAsync("twin-1", DesiredPatch(new { list = new[] { 9 } })))).ShouldBe(4);
        var cleared = await PatchAsync("twin-1", new { tags = new { t = 1 }, properties = new { desired = (object?)null } });
        Desired(cleared).AsObject().Select(static member => member.Key).ShouldBe(["$metadata", "$version"], ignoreOrder: true);
        cleared["version"]!.GetValue<long>().ShouldBeGreaterThan(next["version"]!.GetValue<long>());
    }

    [Fact]
    public async Task Azure_71_An_etag_that_is_stale_is_a_412_and_reported_does_not_change_it()
    {
        string device = await hub.DeviceAsync("twin-2", "mqtts");
        var twin = await Sdk.RegistryAsync(hub.Owner, "getTwin", "twin-2");
        string etag = twin!["etag"]!.GetValue<string>();
        await Sdk.DoAsync("open", new { client = "twin-2", connectionString = device, transport = "mqtt", twin = true });
        await Sdk.DoAsync("report", new { client = "twin-2", patch = new { up = true } });
        var patched = await PatchAsync("twin-2", DesiredPatch(new { a = 1 }), etag);
        (await Sdk.RegistryFailsAsync(hub.Owner, "updateTwin", "twin-2", DesiredPatch(new { a = 2 }), etag)).ShouldContain(" 412 PreconditionFailed");
        (await PatchAsync("twin-2", DesiredPatch(new { a = 3 }), patched["etag"]!.GetValue<string>()))["properties"]!["reported"]!["up"]!.GetValue<bool>().ShouldBeTrue();
        await Sdk.DoAsync("close", new { client = "twin-2" });
    }

    [Fact]
    public async Task Azure_71_A_put_replaces_tags_and_desired_and_leaves_reported()
    {
        string device = await hub.DeviceAsync("twin-put", "mqtts");
        await PatchAsync("twin-put", new { tags = new { a = 1 }, properties = new { desired = new { one = 1, two = 2 } } });
        await Sdk.DoAsync("open", new { client = "twin-put", connectionString = device, transport = "mqtt", twin = true });
        await Sdk.DoAsync("report", new { client = "twin-put", patch = new { up = true } });
        (await NextDesiredAsync("twin-put"))["one"]!.GetValue<int>().ShouldBe(1);
        string token = RegistryHub.Token(hub.Address, RegistryHub.Field(hub.Owner, "SharedAccessKey"), "iothubowner");
        var (status, twin, _) = await hub.SendAsync(
            HttpMethod.Put, "/twins/twin-put?api-version=2021-04-12", token, """{"tags":{"b":2},"properties":{"desired":{"two":2,"gone":null}}}""", "\"*\"");
        status.ShouldBe(200, twin?.ToJsonString());
        twin!["tags"]!.ToJsonString().ShouldBe("""{"b":2}""");
        Desired(twin).AsObject().Select(static member => member.Key).ShouldBe(["two", "$metadata", "$version"], ignoreOrder: true);
        twin["properties"]!["reported"]!["up"]!.GetValue<bool>().ShouldBeTrue();
        // The device is told all of desired (section 10).
        (await NextDesiredAsync("twin-put")).ToJsonString().ShouldBe($$"""{"two":2,"$version":{{Version(Desired(twin))}}}""");
        await Sdk.DoAsync("close", new { client = "twin-put" });
    }

    public static TheoryData<string, string> BeyondLimits => new()
    {
        { "a dot in a name", """{"properties":{"desired":{"a.b":1}}}""" },
        { "a dollar in a name", """{"properties":{"desired":{"$a":1}}}""" },
        { "a space in a name", """{"tags":{"a b":1}}""" },
        { "a control character in a name", """{"tags":{"a\u0007b":1}}""" },
        { "a control character of C1 in a name", """{"tags":{"a\u0085b":1}}""" },
        { "an integer too large", """{"properties":{"desired":{"a":4503599627370496}}}""" },
        { "an integer too small", """{"properties":{"desired":{"a":-4503599627370497}}}""" },
        { "eleven levels", """{"properties":{"desired":{"1":{"2":{"3":{"4":{"5":{"6":{"7":{"8":{"9":{"10":{"11":1}}}}}}}}}}}}}""" },
        { "a text of more than 4 KB", $$$$$$"""{"properties":{"desired":{"a":"{{{{{{new string('x', 4097)}}}}}}"}}}""" },
        { "a name of more than 1 KB", $$$$$$"""{"properties":{"desired":{"{{{{{{new string('n', 1025)}}}}}}":1}}}""" },
        { "tags of more than 8 KB", $$$$$$"""{"tags":{"a":"{{{{{{new string('x', 4000)}}}}}}","b":"{{{{{{new string('x', 4000)}}}}}}","c":"{{{{{{new string('x', 300)}}}}}}"}}""" },
        { "desired of more than 32 KB", $$$$$$"""{"properties":{"desired":{{{{{{{string.Join(',', Enumerable.Range(0, 9).Select(static i => $"\"k{i}\":\"{new string('x', 4000)}\""))}}}}}}}}}""" },
        { "no object", """{"properties":{"desired":[1]}}""" },
        { "no JSON", """{"properties":{"desired":{"a":1}},"tags":{}}}""" },
    };

    [Theory]
    [MemberData(nameof(BeyondLimits))]
    public async Task Azure_72_What_breaks_a_limit_is_a_400_and_leaves_the_twin_as_it_was(string what, string document)
    {
        string device = $"limit-{Guid.NewGuid():N}";
        await Sdk.RegistryAsync(hub.Owner, "create", new { deviceId = device });
        await PatchAsync(device, new { tags = new { t = 1 }, properties = new { desired = new { d = 1 } } });
        string token = RegistryHub.Token(hub.Address, RegistryHub.Field(hub.Owner, "SharedAccessKey"), "iothubowner");
        var before = (await hub.SendAsync(HttpMethod.Get, $"/twins/{device}?api-version=2021-04-12", token)).Body!.ToJsonString();
        var (status, body, _) = await hub.SendAsync(HttpMethod.Patch, $"/twins/{device}?api-version=2021-04-12", token, document);
        status.ShouldBe(400, $"{what}: {body?.ToJsonString()}");
        (await hub.SendAsync(HttpMethod.Get, $"/twins/{device}?api-version=2021-04-12", token)).Body!.ToJsonString().ShouldBe(before);
    }

    [Fact]
    public async Task Azure_72_What_is_just_within_the_limits_is_taken()
    {
        await Sdk.RegistryAsync(hub.Owner, "create", new { deviceId = "limit-within" });
        var twin = await PatchAsync("limit-within", DesiredPatch(new Dictionary<string, object> { ["a"] = 4503599627370495, ["s"] = new string('x', 4096), ["b"] = -4503599627370496 }));
        Desired(twin)["a"]!.GetValue<long>().ShouldBe(4503599627370495);
        string token = RegistryHub.Token(hub.Address, RegistryHub.Field(hub.Owner, "SharedAccessKey"), "iothubowner");
        var (status, body, _) = await hub.SendAsync(
            HttpMethod.Patch, "/twins/limit-within?api-version=2021-04-12", token,
            """{"properties":{"desired":{"1":{"2":{"3":{"4":{"5":{"6":{"7":{"8":{"9":{"10":1}}}}}}}}},"$version":7,"$metadata":{"x":1}}}}""");
        status.ShouldBe(200, body?.ToJsonString());
        // Beyond what the other dialect lets in, but readable there (section 6.3).
        await PatchAsync("limit-within", DesiredPatch(Enumerable.Range(0, 6).ToDictionary(static i => $"k{i}", static _ => new string('x', 4000))));
        var shadow = await hub.Aws.DataAsync("GetThingShadow", new { thingName = "limit-within" });
        shadow.GetProperty("payload").ToString().Length.ShouldBeGreaterThan(24_000);
    }

    [Fact]
    public async Task Azure_73_Tags_and_metadata_never_reach_a_device_and_services_see_when_each_level_was_written()
    {
        string device = await hub.DeviceAsync("meta-1", "mqtts");
        var twin = await PatchAsync("meta-1", new { tags = new { secret = 1 }, properties = new { desired = new { a = new { b = 1 }, c = 2 } } });
        var metadata = Desired(twin)["$metadata"]!;
        foreach (var level in (JsonNode?[])[metadata, metadata["a"], metadata["a"]!["b"], metadata["c"]])
            DateTimeOffset.Parse(level!["$lastUpdated"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture).Year.ShouldBeGreaterThan(2000);
        metadata["$lastUpdatedVersion"]!.GetValue<long>().ShouldBe(Version(Desired(twin)));
        var opened = await Sdk.DoAsync("open", new { client = "meta-1", connectionString = device, transport = "mqtt", twin = true });
        opened["twin"]!.GetValue<string>().ShouldNotContain("$metadata");
        opened["twin"]!.GetValue<string>().ShouldNotContain("secret");
        await NextDesiredAsync("meta-1");
        await PatchAsync("meta-1", new { tags = new { secret = 2 } });
        await PatchAsync("meta-1", DesiredPatch(new { c = 3 }));
        // Nothing of the tags came between.
        (await NextDesiredAsync("meta-1")).ToJsonString().ShouldBe($$"""{"c":3,"$version":3}""");
        await Sdk.DoAsync("close", new { client = "meta-1" });
    }

    [Fact]
    public async Task Azure_74_One_store_has_both_faces_a_service_of_one_dialect_reaches_a_device_of_the_other()
    {
        string device = await hub.DeviceAsync("both-twin", "mqtts");
        await Sdk.DoAsync("open", new { client = "both-twin", connectionString = device, transport = "mqtt", twin = true });
        await NextDesiredAsync("both-twin");

        // Azure service -> AWS: a delta where reported differs.
        await PatchAsync("both-twin", DesiredPatch(new { colour = "red", level = 1 }));
        (await NextDesiredAsync("both-twin")).ToJsonString().ShouldBe("""{"colour":"red","level":1,"$version":2}""");
        var shadow = Shadow(await hub.Aws.DataAsync("GetThingShadow", new { thingName = "both-twin" }));
        shadow["state"]!["delta"]!.ToJsonString().ShouldBe("""{"colour":"red","level":1}""");
        long version = shadow["version"]!.GetValue<long>();

        // Azure device -> AWS: what it reports stands in the shadow, and the delta goes.
        await Sdk.DoAsync("report", new { client = "both-twin", patch = new { colour = "red", level = 1 } });
        shadow = Shadow(await hub.Aws.DataAsync("GetThingShadow", new { thingName = "both-twin" }));
        shadow["state"]!["reported"]!.ToJsonString().ShouldBe("""{"colour":"red","level":1}""");
        shadow["state"]!.AsObject().ContainsKey("delta").ShouldBeFalse();
        shadow["version"]!.GetValue<long>().ShouldBe(version + 1);

        // AWS service -> Azure device: the patch as it was written, nulls included.
        await hub.Aws.DataAsync("UpdateThingShadow", new { thingName = "both-twin", payload = new { base64 = Base64("""{"state":{"desired":{"colour":null,"level":2}}}""") } });
        (await NextDesiredAsync("both-twin")).ToJsonString().ShouldBe("""{"colour":null,"level":2,"$version":3}""");
        var twin = await Sdk.RegistryAsync(hub.Owner, "getTwin", "both-twin");
        Desired(twin).AsObject().ContainsKey("colour").ShouldBeFalse();
        Version(Desired(twin)).ShouldBe(3);
        Version(twin!["properties"]!["reported"]!).ShouldBe(2);

        // Deleting the shadow empties the twin; its versions go on.
        await hub.Aws.DataAsync("DeleteThingShadow", new { thingName = "both-twin" });
        (await NextDesiredAsync("both-twin")).ToJsonString().ShouldBe("""{"level":null,"$version":4}""");
        Version(Desired(await Sdk.RegistryAsync(hub.Owner, "getTwin", "both-twin"))).ShouldBe(4);
        await Sdk.DoAsync("close", new { client = "both-twin" });
    }

    [Fact]
    public async Task Azure_74_The_twin_of_a_module_is_the_named_shadow_of_its_name()
    {
        await Sdk.RegistryAsync(hub.Owner, "create", new { deviceId = "mod-twin" });
        await Sdk.RegistryAsync(hub.Owner, "addModule", new { deviceId = "mod-twin", moduleId = "pump" });
        await Sdk.RegistryAsync(hub.Owner, "updateModuleTwin", "mod-twin", "pump", DesiredPatch(new { speed = 3 }), "*");
        var shadow = Shadow(await hub.Aws.DataAsync("GetThingShadow", new { thingName = "mod-twin", shadowName = "pump" }));
        shadow["state"]!["desired"]!.ToJsonString().ShouldBe("""{"speed":3}""");
        await hub.Aws.DataAsync("UpdateThingShadow", new { thingName = "mod-twin", shadowName = "pump", payload = new { base64 = Base64("""{"state":{"reported":{"speed":3}}}""") } });
        var twin = await Sdk.RegistryAsync(hub.Owner, "getModuleTwin", "mod-twin", "pump");
        twin!["properties"]!["reported"]!["speed"]!.GetValue<int>().ShouldBe(3);
        twin["moduleId"]!.GetValue<string>().ShouldBe("pump");
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

    private static JsonNode Shadow(System.Text.Json.JsonElement answer) =>
        JsonNode.Parse(Convert.FromBase64String(answer.GetProperty("payload").GetProperty("base64").GetString()!))!;
}
