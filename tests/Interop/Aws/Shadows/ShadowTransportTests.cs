using System.Diagnostics;

namespace Fairlead.Interop.Aws.Shadows;

/// <summary>Existence and transport: spec/aws-shadow, checklist 1 to 9.</summary>
public sealed class ShadowTransportTests(ShadowHub hub) : IClassFixture<ShadowHub>
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shadow_01_get_of_a_shadow_that_never_was_is_404()
    {
        var room = await hub.OpenAsync();
        foreach (var sdk in room.Sdks)
        {
            var error = await room.HttpRefusedAsync(sdk, "ResourceNotFoundException", 404, "GetThingShadow");
            error.Message.ShouldBe($"No shadow exists with name: '{room.Thing}'");
            error = await room.HttpRefusedAsync(sdk, "ResourceNotFoundException", 404, "GetThingShadow", shadow: "config");
            error.Message.ShouldBe("No shadow exists with name: 'config'");
        }

        (await room.AskAsync("get", "", "rejected")).ShouldBe($$"""{"code":404,"message":"No shadow exists with name: '{{room.Thing}}'"}""");
    }

    [Fact]
    public async Task Shadow_02_creating_a_thing_creates_no_shadow()
    {
        var room = await hub.OpenAsync();
        await hub.Aws.Boto3.IotAsync("CreateThing", new { thingName = room.Thing });
        await room.HttpRefusedAsync(hub.Aws.Boto3, "ResourceNotFoundException", 404, "GetThingShadow");
        (await hub.Aws.Boto3.DataAsync("ListNamedShadowsForThing", new { thingName = room.Thing })).GetProperty("results").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Shadow_03_the_first_update_creates_version_1_over_MQTT_and_over_HTTP()
    {
        var room = await hub.OpenAsync();
        (await room.UpdateAsync("""{"state":{"reported":{"a":1}}}"""))[0].Json.GetProperty("version").GetInt64().ShouldBe(1);
        foreach (var sdk in room.Sdks)
        {
            var other = await hub.OpenAsync();
            ShadowRoom.Parse(await other.HttpUpdateAsync(sdk, """{"state":{"reported":{"a":1}}}""")).GetProperty("version").GetInt64().ShouldBe(1);
        }
    }

    [Fact]
    public async Task Shadow_04_classic_and_named_shadows_are_independent()
    {
        var room = await hub.OpenAsync();
        await room.UpdateAsync("""{"state":{"reported":{"a":1}}}""");
        await room.UpdateAsync("""{"state":{"reported":{"a":2}}}""");
        var named = await room.UpdateAsync("""{"state":{"desired":{"b":1}}}""", "one");
        named.Select(message => message.Suffix).ShouldBe(["name/one/update/accepted", "name/one/update/delta", "name/one/update/documents"]);
        named[0].Json.GetProperty("version").GetInt64().ShouldBe(1);
        await room.UpdateAsync("""{"state":{"desired":{"b":2}}}""", "two");
        await room.AskAsync("delete", "", "accepted", "one");
        await room.AskAsync("get", "", "rejected", "one");
        (await room.StateAsync()).ShouldBe("""{"reported":{"a":2}}""");
        (await room.StateAsync("two")).ShouldBe("""{"desired":{"b":2},"delta":{"b":2}}""");
        await room.AskAsync("delete", "", "accepted");
        (await room.GetAsync("two")).GetProperty("version").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task Shadow_05_the_query_parameter_name_addresses_the_named_shadow()
    {
        var room = await hub.OpenAsync();
        await room.UpdateAsync("""{"state":{"reported":{"a":1}}}""", "$S:x_1-y");
        foreach (var sdk in room.Sdks)
            ShadowRoom.Parse(await room.HttpGetAsync(sdk, "$S:x_1-y")).GetProperty("state").GetRawText().ShouldBe("""{"reported":{"a":1}}""");
        using var empty = await hub.Aws.Administrator.GetAsync($"/things/{room.Thing}/shadow?name=", Cancelled);
        ((int)empty.StatusCode).ShouldBe(404); // the classic one
    }

    [Fact]
    public async Task Shadow_06_an_update_over_HTTP_is_told_over_MQTT_and_a_rejected_one_is_not()
    {
        var room = await hub.OpenAsync();
        foreach (var sdk in room.Sdks)
        {
            string answer = await room.HttpUpdateAsync(sdk, """{"state":{"desired":{"a":1}},"clientToken":"h-1"}""");
            var messages = await room.ReadUpdateAsync();
            messages.Select(message => message.Suffix).ShouldBe(["update/accepted", "update/delta", "update/documents"]);
            messages[0].Text.ShouldBe(answer);
            await room.HttpRefusedAsync(sdk, "ConflictException", 409, "UpdateThingShadow", """{"state":{},"version":99}""");
            await room.HttpRefusedAsync(sdk, "InvalidRequestException", 400, "UpdateThingShadow", "{");
            await room.QuietAsync();
        }

        string deleted = await room.HttpDeleteAsync(hub.Aws.Boto3);
        (await room.NextAsync()).ShouldBe(new ShadowMessage("delete/accepted", deleted));
        await room.HttpRefusedAsync(hub.Aws.Boto3, "ResourceNotFoundException", 404, "DeleteThingShadow");
        await room.QuietAsync();
    }

    [Fact]
    public async Task Shadow_07_a_get_over_HTTP_is_not_told_over_MQTT()
    {
        var room = await hub.OpenAsync();
        await room.UpdateAsync("""{"state":{"desired":{"a":1}}}""");
        foreach (var sdk in room.Sdks) await room.HttpGetAsync(sdk);
        await room.QuietAsync();
    }

    [Theory]
    [InlineData("iotdata")]
    [InlineData("iotdevicegateway")]
    public async Task Shadow_08_requests_are_signed_for_iotdata_or_iotdevicegateway(string service)
    {
        Requirements.NeedProgram("curl");
        var room = await hub.OpenAsync();
        var login = hub.Aws.Login;
        string answer = await RunAsync(
            "curl", [], "--silent", "--show-error", "--cacert", login.Ca!, "--user", $"{login.AccessKey}:{login.SecretKey}", "--aws-sigv4", $"aws:amz:{login.Region}:{service}",
            "--data", """{"state":{"reported":{"a":1}}}""", "--header", "Content-Type: application/json", $"{login.Endpoint}/things/{room.Thing}/shadow");
        ShadowRoom.Timeless(answer).ShouldBe("""{"state":{"reported":{"a":1}},"metadata":{"reported":{"a":{"timestamp":T}}},"version":1,"timestamp":T}""");
        foreach (var sdk in room.Sdks)
        {
            ShadowRoom.Parse(await room.HttpGetAsync(sdk)).GetProperty("version").GetInt64().ShouldBeGreaterThan(0);
            await room.HttpUpdateAsync(sdk, """{"state":{"reported":{"a":2}}}""");
            await room.HttpUpdateAsync(sdk, """{"state":{}}""", "named");
            (await sdk.DataAsync("ListNamedShadowsForThing", new { thingName = room.Thing })).GetProperty("results").EnumerateArray().Single().GetString().ShouldBe("named");
            ShadowRoom.Parse(await room.HttpDeleteAsync(sdk, "named")).TryGetProperty("version", out _).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Shadow_09_the_AWS_CLI_writes_the_accepted_document_unchanged()
    {
        Requirements.NeedProgram("aws");
        var room = await hub.OpenAsync();
        var login = hub.Aws.Login;
        string file = Path.Combine(hub.Aws.Hub.DataDirectory, $"{room.Thing}.json");
        string request = Path.Combine(hub.Aws.Hub.DataDirectory, $"{room.Thing}.request.json");
        await File.WriteAllTextAsync(request, """{"state":{"desired":{"on":true}},"clientToken":"cli"}""", TestContext.Current.CancellationToken);
        await RunAsync(
            "aws", [("AWS_ACCESS_KEY_ID", login.AccessKey), ("AWS_SECRET_ACCESS_KEY", login.SecretKey), ("AWS_DEFAULT_REGION", login.Region), ("AWS_CA_BUNDLE", login.Ca!)],
            "iot-data", "update-thing-shadow", "--endpoint-url", login.Endpoint, "--thing-name", room.Thing, "--payload", $"fileb://{request}", file);
        var accepted = (await room.ReadUpdateAsync())[0];
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldBe(accepted.Text);
    }

    [Fact]
    public async Task Shadow_56_lists_of_named_shadows_omit_classic_and_deleted_ones_and_come_in_pages()
    {
        var room = await hub.OpenAsync();
        var api = hub.Aws.JavaScript;
        await room.HttpUpdateAsync(api, """{"state":{}}""");
        var names = Enumerable.Range(10, 30).Select(i => $"s{i}").ToList();
        foreach (string name in names) await room.HttpUpdateAsync(api, """{"state":{}}""", name);
        await room.HttpUpdateAsync(api, """{"state":{}}""", "gone");
        await room.HttpDeleteAsync(api, "gone");

        foreach (var sdk in room.Sdks)
        {
            var first = await sdk.DataAsync("ListNamedShadowsForThing", new { thingName = room.Thing });
            first.GetProperty("results").EnumerateArray().Select(static name => name.GetString()).ShouldBe(names.Take(25));
            first.GetProperty("timestamp").GetInt64().ShouldBeGreaterThan(1_600_000_000);
            var second = await sdk.DataAsync("ListNamedShadowsForThing", new { thingName = room.Thing, nextToken = first.GetProperty("nextToken").GetString() });
            second.GetProperty("results").EnumerateArray().Select(static name => name.GetString()).ShouldBe(names.Skip(25));
            second.TryGetProperty("nextToken", out _).ShouldBeFalse();
            var all = await sdk.DataAsync("ListNamedShadowsForThing", new { thingName = room.Thing, pageSize = 100 });
            all.GetProperty("results").GetArrayLength().ShouldBe(30);
            all.TryGetProperty("nextToken", out _).ShouldBeFalse();
            (await sdk.DataAsync("ListNamedShadowsForThing", new { thingName = "nobody-knows-it" })).GetProperty("results").GetArrayLength().ShouldBe(0);
            await sdk.RefusedAsync("InvalidRequestException", 400, "ListNamedShadowsForThing", new { thingName = room.Thing, nextToken = "!" }, "iot-data");
        }

        // boto3 checks the range itself.
        await api.RefusedAsync("InvalidRequestException", 400, "ListNamedShadowsForThing", new { thingName = room.Thing, pageSize = 101 }, "iot-data");
        await api.RefusedAsync("InvalidRequestException", 400, "ListNamedShadowsForThing", new { thingName = room.Thing, pageSize = 0 }, "iot-data");
        await api.RefusedAsync("InvalidRequestException", 400, "ListNamedShadowsForThing", new { thingName = "a b" }, "iot-data");
    }

    [Fact]
    public async Task Other_methods_are_not_allowed_and_names_are_checked()
    {
        using var put = await hub.Aws.Administrator.PutAsync("/things/t/shadow", new StringContent("{}"), Cancelled);
        ((int)put.StatusCode).ShouldBe(405);
        put.Headers.GetValues("x-amzn-ErrorType").Single().ShouldBe("MethodNotAllowedException");
        using var thing = await hub.Aws.Administrator.GetAsync("/things/a%20b/shadow", Cancelled);
        ((int)thing.StatusCode).ShouldBe(400);
        (await thing.Content.ReadAsStringAsync(Cancelled)).ShouldBe("""{"code":400,"message":"Invalid thing name"}""");
        using var shadow = await hub.Aws.Administrator.GetAsync("/things/t/shadow?name=a%2Fb", Cancelled);
        ((int)shadow.StatusCode).ShouldBe(400);
        shadow.Headers.GetValues("x-amzn-ErrorType").Single().ShouldBe("InvalidRequestException");
    }

    private static async Task<string> RunAsync(string program, (string Name, string Value)[] environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await errors);
        return output;
    }
}
