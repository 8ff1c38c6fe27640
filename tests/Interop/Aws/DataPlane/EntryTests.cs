using System.Globalization;
using System.Text.Json;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.DataPlane;

/// <summary>Fields of the entries that calls over HTTP, shadows and provisioning leave in the structured log (spec/aws-messaging, section 5.2), and what is counted.</summary>
public sealed class EntryTests(AwsHub hub) : IClassFixture<AwsHub>, IDisposable
{
    private static readonly string[] Common = ["accountId", "eventType", "logLevel", "status", "timestamp", "traceId"];
    private static readonly string[] Caller = [.. Common, "principalId", "protocol", "sourceIp", "sourcePort"];
    private readonly Identities _identities = new(hub);

    public void Dispose() => _identities.Dispose();

    [Fact]
    public async Task Messaging_82_88_calls_over_HTTP_leave_their_entries()
    {
        await LevelAsync("INFO");
        await using var stage = new Stage(hub.Hub);
        var (clientId, topic) = (stage.ClientId("d"), stage.Topic("kept"));
        await stage.ConnectAsync(new Peer(Foreign.Paho, 5), new ConnectSettings { ClientId = clientId });
        await using var api = hub.Start(AwsTool.JavaScript, await _identities.KeyAsync(Authorizers.Policies.All));
        await api.DataAsync("Publish", new { topic, qos = 1, retain = true, payload = DataPlaneStage.Bytes("x") });
        await api.DataAsync("GetRetainedMessage", new { topic });
        await api.DataAsync("ListRetainedMessages");
        await api.DataAsync("GetConnection", new { clientId });
        await api.DataAsync("ListSubscriptions", new { clientId, maxResults = 7 });
        await api.DataAsync("DeleteConnection", new { clientId });
        await api.RefusedAsync("ResourceNotFoundException", 404, "GetConnection", new { clientId = stage.ClientId("nobody") }, "iot-data");

        var entries = await EntriesAsync(entry => Text(entry, "principalId") == api.Login.AccessKey);
        entries.Select(static entry => Text(entry, "eventType")).ShouldBe(
            ["Publish-In", "GetRetainedMessage", "ListRetainedMessage", "GetConnection", "ListSubscriptions", "DeleteConnection", "GetConnection"]);
        entries[0].Members().Order().ShouldBe([.. Caller.Concat(["clientId", "retain", "topicName"]).Order()]);
        (Text(entries[0], "clientId"), Text(entries[0], "retain"), Text(entries[0], "topicName")).ShouldBe(("N/A", "True", topic));
        entries[1].Members().Order().ShouldBe([.. Caller.Concat(["lastModifiedDate", "qos", "topicName"]).Order()]);
        Text(entries[1], "qos").ShouldBe("1");
        entries[2].Members().Order().ShouldBe([.. Caller.Order()]);
        entries[3].Members().Order().ShouldBe([.. Caller.Append("clientId").Order()]);
        entries[4].GetProperty("maxResults").GetInt32().ShouldBe(7);
        entries.Take(6).ShouldAllBe(static entry => Text(entry, "protocol") == "HTTP" && Text(entry, "status") == "Success");
        (Text(entries[6], "status"), Text(entries[6], "reason"), Text(entries[6], "logLevel")).ShouldBe(("Failure", "RESOURCE_NOT_FOUND", "ERROR"));
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("s", "name/s/")]
    public async Task Messaging_88_shadows_leave_their_entries_over_both_doors(string? name, string path)
    {
        await LevelAsync("INFO");
        await using var stage = new Stage(hub.Hub);
        var thing = stage.ClientId("thing");
        var client = await stage.ConnectAsync(new Peer(Foreign.MqttJs, 5));
        await client.SubscribeAsync($"$aws/things/{thing}/shadow/#", 1);
        await client.PublishAsync($"$aws/things/{thing}/shadow/{path}update", """{"state":{}}""", 1);
        await client.NextAsync(3);
        await hub.JavaScript.DataAsync("GetThingShadow", new { thingName = thing, shadowName = name });
        await hub.JavaScript.DataAsync("DeleteThingShadow", new { thingName = thing, shadowName = name });
        await hub.JavaScript.RefusedAsync("ResourceNotFoundException", 404, "GetThingShadow", new { thingName = thing, shadowName = name }, "iot-data");

        var entries = await EntriesAsync(entry => Text(entry, "topicName")?.StartsWith($"$aws/things/{thing}/", StringComparison.Ordinal) == true
            && Text(entry, "eventType")!.EndsWith("ThingShadow", StringComparison.Ordinal));
        entries.Select(static entry => (Text(entry, "eventType"), Text(entry, "protocol"), Text(entry, "status"))).ShouldBe(
        [
            ("UpdateThingShadow", "MQTT", "Success"), ("GetThingShadow", "HTTP", "Success"), ("DeleteThingShadow", "HTTP", "Success"), ("GetThingShadow", "HTTP", "Failure"),
        ]);
        entries.ShouldAllBe(entry => Text(entry, "deviceShadowName") == (name ?? thing));
        entries[0].Members().Order().ShouldBe([.. Common.Concat(["deviceShadowName", "protocol", "topicName"]).Order()]);
        Text(entries[0], "topicName").ShouldBe($"$aws/things/{thing}/shadow/{path}update");
    }

    [Fact]
    public async Task Messaging_88_provisioning_by_claim_leaves_its_entries()
    {
        await LevelAsync("INFO");
        await Provisioning.Fleet.CreateTemplateAsync(hub, "told");
        await Provisioning.Fleet.CreateTemplateAsync(hub, "told-disabled", enabled: false);
        var claim = await Provisioning.Fleet.ClaimAsync(hub, "claims-told");
        await using var sdk = DriverProcess.Start(Foreign.AwsSdk);
        var done = await Provisioning.Fleet.ProvisionAsync(sdk, hub, claim, "told-device", "told", new { Serial = "77", Room = "attic" });
        done.GetProperty("stage").GetString().ShouldBe("done", done.ToString());
        await Provisioning.Fleet.ProvisionAsync(sdk, hub, claim, "told-device", "told-disabled", new { Serial = "78" });

        var entries = await EntriesAsync(static entry => Text(entry, "clientId") == "told-device" && Text(entry, "eventType") is "GetDeviceCredentials" or "ProvisionDevice");
        entries = [.. entries.Where(static entry => Text(entry, "clientId") == "told-device")];
        entries.Select(static entry => (Text(entry, "eventType"), Text(entry, "status"), Text(entry, "provisioningTemplateName"))).ShouldBe(
        [
            ("GetDeviceCredentials", "Success", null), ("ProvisionDevice", "Success", "told"), ("GetDeviceCredentials", "Success", null),
            ("ProvisionDevice", "Failure", "told-disabled"),
        ]);
        entries[0].GetProperty("deviceCertificateId").GetString().ShouldBe(done.GetProperty("certificateId").GetString());
        entries[1].GetProperty("deviceCertificateId").GetString().ShouldBe(done.GetProperty("certificateId").GetString());
        Text(entries[3], "details").ShouldNotBeNull().ShouldContain("not enabled");
    }

    [Fact]
    public async Task Messaging_92_metrics_of_connections_messages_and_shadows_move()
    {
        await using var stage = new Stage(hub.Hub);
        var before = await MetricsAsync();
        var client = await stage.ConnectAsync(new Peer(Foreign.Paho, 5));
        await client.SubscribeAsync(stage.Topic("#"), 1);
        await client.PublishAsync(stage.Topic("a"), "x", 1, retain: true);
        await client.NextAsync();
        var thing = stage.ClientId("thing");
        await hub.JavaScript.DataAsync("UpdateThingShadow", new { thingName = thing, payload = DataPlaneStage.Bytes("""{"state":{}}""") });
        await hub.JavaScript.DataAsync("GetThingShadow", new { thingName = thing });
        await hub.JavaScript.DataAsync("ListNamedShadowsForThing", new { thingName = thing });
        await hub.JavaScript.DataAsync("DeleteThingShadow", new { thingName = thing });
        await hub.JavaScript.RefusedAsync("ResourceNotFoundException", 404, "GetThingShadow", new { thingName = thing }, "iot-data");
        await using (var mayNot = hub.Start(AwsTool.JavaScript, await _identities.KeyAsync(Identities.Policy(("iot:Connect", "*")))))
            await mayNot.RefusedAsync("ForbiddenException", 403, "GetThingShadow", new { thingName = thing }, "iot-data");
        var after = await MetricsAsync();

        foreach (var name in new[]
        {
            "fairlead_mqtt_connections", "fairlead_mqtt_subscriptions", "fairlead_mqtt_retained_messages",
            "fairlead_mqtt_messages_total{direction=\"in\",qos=\"1\"}", "fairlead_mqtt_messages_total{direction=\"out\",qos=\"1\"}",
            "fairlead_shadow_requests_total{operation=\"update\",result=\"accepted\",via=\"http\"}", "fairlead_shadow_requests_total{operation=\"get\",result=\"accepted\",via=\"http\"}",
            "fairlead_shadow_requests_total{operation=\"delete\",result=\"accepted\",via=\"http\"}", "fairlead_shadow_requests_total{operation=\"list\",result=\"accepted\",via=\"http\"}",
            "fairlead_shadow_requests_total{operation=\"get\",result=\"404\",via=\"http\"}", "fairlead_shadow_requests_total{operation=\"get\",result=\"403\",via=\"http\"}",
        })
        {
            after.ShouldContainKey(name);
            (after[name] - before.GetValueOrDefault(name)).ShouldBeGreaterThanOrEqualTo(1, name);
        }
    }

    private static string? Text(JsonElement entry, string member) => entry.TryGetProperty(member, out var value) ? value.GetString() : null;

    private async Task<Dictionary<string, double>> MetricsAsync()
    {
        using var answer = await hub.GetAsync("/metrics");
        return (await answer.TextAsync()).Split('\n').Where(static line => line.Length > 0 && line[0] != '#')
            .ToDictionary(static line => line[..line.LastIndexOf(' ')], static line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    private Task LevelAsync(string level) => hub.JavaScript.IotAsync("SetV2LoggingOptions", new { roleArn = "arn:aws:iam::123456789012:role/logs", defaultLogLevel = level });

    private async Task<IReadOnlyList<JsonElement>> EntriesAsync(Func<JsonElement, bool> isWanted) => [.. (await hub.LogAsync("limit=10000")).Where(isWanted)];
}
