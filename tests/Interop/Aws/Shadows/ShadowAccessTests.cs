using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Shadows;

/// <summary>Who may do what: topics over MQTT, actions on things over HTTP (spec/aws-shadow, section 12, checklist 49 to 51).</summary>
public sealed class ShadowAccessTests(ShadowHub hub) : IClassFixture<ShadowHub>
{
    private const string Arn = "arn:aws:iot:us-east-1:123456789012:";

    [Fact]
    public async Task Shadow_49_MQTT_needs_topics_alone_and_HTTP_needs_actions_on_things_alone()
    {
        var room = await hub.OpenAsync();
        await using var device = await DeviceAsync(
            Allow("iot:Connect", "client/*"), Allow("iot:Publish", $"topic/$aws/things/{room.Thing}/shadow/*"),
            Allow("iot:Subscribe", $"topicfilter/$aws/things/{room.Thing}/shadow/*"), Allow("iot:Receive", $"topic/$aws/things/{room.Thing}/shadow/*"));
        var client = await device.Stage.ConnectAsync(new Peer(Foreign.MqttJs, 5, Route.Tls));
        (await client.SubscribeAsync($"$aws/things/{room.Thing}/shadow/update/accepted", 1)).ShouldBe(1);
        await client.PublishAsync($"$aws/things/{room.Thing}/shadow/update", """{"state":{"reported":{"a":1}}}""", 1);
        (await client.NextAsync()).Topic.ShouldEndWith("update/accepted");
        await room.ReadUpdateAsync();

        // The same certificate over HTTP: no statement speaks of iot:GetThingShadow.
        (await CurlAsync(device.Kit, $"things/{room.Thing}/shadow")).ShouldBe("""403 {"code":403,"message":"Forbidden"}""");

        // A key with the actions, and with no topic.
        await using var key = await KeyAsync(Allow("iot:*ThingShadow", $"thing/{room.Thing}"), Allow("iot:ListNamedShadowsForThing", $"thing/{room.Thing}"));
        ShadowRoom.Parse(await room.HttpGetAsync(key)).GetProperty("version").GetInt64().ShouldBe(1);
        await room.HttpUpdateAsync(key, """{"state":{}}""");
        await key.DataAsync("ListNamedShadowsForThing", new { thingName = room.Thing });
        await room.HttpDeleteAsync(key);
        await key.RefusedAsync("ForbiddenException", 403, "GetThingShadow", new { thingName = "somebody-else" }, "iot-data");
        await key.RefusedAsync("ForbiddenException", 403, "ListNamedShadowsForThing", new { thingName = "somebody-else" }, "iot-data");
    }

    [Fact]
    public async Task Shadow_49_a_certificate_with_the_actions_reads_over_HTTP()
    {
        var room = await hub.OpenAsync();
        await room.UpdateAsync("""{"state":{"reported":{"a":1}}}""");
        await using var device = await DeviceAsync(Allow("iot:GetThingShadow", $"thing/{room.Thing}"));
        (await CurlAsync(device.Kit, $"things/{room.Thing}/shadow")).ShouldStartWith("""200 {"state":{"reported":{"a":1}}""");
        (await CurlAsync(device.Kit, $"things/{room.Thing}/shadow", "--data", """{"state":{}}""")).ShouldBe("""403 {"code":403,"message":"Forbidden"}""");
    }

    [Fact]
    public async Task Shadow_50_a_thing_does_not_stand_for_its_named_shadows()
    {
        var room = await hub.OpenAsync();
        await using var classic = await KeyAsync(Allow("iot:*ThingShadow", $"thing/{room.Thing}"));
        await using var named = await KeyAsync(Allow("iot:*ThingShadow", $"thing/{room.Thing}/S"));
        await room.HttpUpdateAsync(classic, """{"state":{}}""");
        await room.HttpUpdateAsync(named, """{"state":{}}""", "S");
        foreach (string operation in (string[])["GetThingShadow", "UpdateThingShadow", "DeleteThingShadow"])
        {
            string? payload = operation == "UpdateThingShadow" ? """{"state":{}}""" : null;
            (await room.HttpRefusedAsync(classic, "ForbiddenException", 403, operation, payload, "S")).Message.ShouldBe("Forbidden");
            await room.HttpRefusedAsync(named, "ForbiddenException", 403, operation, payload);
            await room.HttpRefusedAsync(named, "ForbiddenException", 403, operation, payload, "T");
        }
    }

    [Fact]
    public async Task Shadow_51_a_denied_publication_gives_no_rejected_message()
    {
        var room = await hub.OpenAsync();
        await using var device = await DeviceAsync(Allow("iot:Connect", "client/*"));
        var client = await device.Stage.ConnectAsync(new Peer(Foreign.MqttJs, 5, Route.Tls));
        (await client.TryPublishAsync($"$aws/things/{room.Thing}/shadow/update", """{"state":{}}""", 1)).ReasonCode.ShouldBe(0x87);
        (await client.SubscribeAsync($"$aws/things/{room.Thing}/shadow/update/accepted", 1)).ShouldBe(0x87);
        await room.QuietAsync();
        await room.AskAsync("get", "", "rejected");
    }

    [Fact]
    public async Task A_client_that_may_not_receive_sees_no_answer_but_its_update_happened()
    {
        var room = await hub.OpenAsync();
        string topic = $"$aws/things/{room.Thing}/shadow/";
        await using var device = await DeviceAsync(
            Allow("iot:Connect", "client/*"), Allow("iot:Publish", $"topic/{topic}*"), Allow("iot:Subscribe", $"topicfilter/{topic}*"),
            Allow("iot:Receive", $"topic/{topic}get/*"));
        var client = await device.Stage.ConnectAsync(new Peer(Foreign.MqttJs, 5, Route.Tls));
        (await client.SubscribeAsync($"{topic}+/accepted", 1)).ShouldBe(1);
        await client.PublishAsync($"{topic}update", """{"state":{"reported":{"a":1}}}""", 1);
        await room.ReadUpdateAsync();
        await client.PublishAsync($"{topic}get", "", 1);
        (await client.NextAsync()).Topic.ShouldBe($"{topic}get/accepted");
    }

    private static object Allow(string action, string resource) => new { Effect = "Allow", Action = action, Resource = Arn + resource };

    private static string Document(object[] statements) => JsonSerializer.Serialize(new { Version = "2012-10-17", Statement = statements });

    private async Task<AwsApi> KeyAsync(params object[] statements)
    {
        using var answer = await hub.Aws.Administrator.PostAsJsonAsync("/v1/keys", new { policyDocument = Document(statements) });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        using var key = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var login = hub.Aws.Login with { AccessKey = key.RootElement.GetProperty("id").GetString()!, SecretKey = key.RootElement.GetProperty("secret").GetString()! };
        return hub.Aws.Start(AwsTool.JavaScript, login);
    }

    private async Task<Device> DeviceAsync(params object[] statements)
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-kit-");
        var kit = await DeviceKit.IssueAsync("device", hub.Aws.Hub, folder.FullName, mayEverything: false);
        string policyName = $"shadow-{Guid.NewGuid():N}";
        await hub.Aws.Boto3.IotAsync("CreatePolicy", new { policyName, policyDocument = Document(statements) });
        await hub.Aws.Boto3.IotAsync("AttachPolicy", new { policyName, target = $"{Arn}cert/{kit.CertificateId}" });
        return new Device(kit, new Stage(hub.Aws.Hub, kit), folder);
    }

    /// <summary>Status and body of an HTTP request with a client certificate.</summary>
    private async Task<string> CurlAsync(DeviceKit kit, string target, params string[] more)
    {
        Requirements.NeedProgram("curl");
        string[] arguments =
        [
            "--silent", "--show-error", "--no-alpn", "--cacert", kit.RootCa, "--cert", kit.Certificate, "--key", kit.PrivateKey, "--write-out", "\n%{http_code}",
            .. more, new Uri(hub.Aws.Https, target).ToString(),
        ];
        using var process = Process.Start(new ProcessStartInfo("curl", arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await errors);
        int line = output.LastIndexOf('\n');
        return $"{output[(line + 1)..]} {output[..line]}";
    }

    private sealed record Device(DeviceKit Kit, Stage Stage, DirectoryInfo Folder) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Stage.DisposeAsync();
            Folder.Delete(recursive: true);
        }
    }
}
