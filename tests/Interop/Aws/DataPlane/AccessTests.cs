using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.DataPlane;

/// <summary>Who may call the data plane, proven by signature or certificate, and who may receive direct messages.</summary>
public sealed class AccessTests(AwsHub hub) : IClassFixture<AwsHub>, IDisposable
{
    private const string Arn = Identities.Arn;
    private readonly Identities _identities = new(hub);

    public void Dispose() => _identities.Dispose();

    [Fact]
    public async Task Messaging_56_a_denied_publish_raises_a_typed_exception()
    {
        await using var stage = new Stage(hub.Hub);
        var login = await _identities.KeyAsync(("Allow", "iot:Publish", $"{Arn}:topic/{stage.Topic("mine/*")}", null));
        foreach (var tool in new[] { AwsTool.Boto3, AwsTool.JavaScript })
        {
            await using var api = hub.Start(tool, login);
            await api.DataAsync("Publish", new { topic = stage.Topic("mine/a"), payload = DataPlaneStage.Bytes("x") });
            var error = await api.RefusedAsync("ForbiddenException", 403, "Publish", new { topic = stage.Topic("yours/a") }, "iot-data");
            error.Message.ShouldBe("Forbidden");
            if (tool == AwsTool.JavaScript) error.Typed.ShouldBe("ForbiddenException");
            // RETAIN needs an action of its own.
            await api.RefusedAsync("ForbiddenException", 403, "Publish", new { topic = stage.Topic("mine/a"), retain = true }, "iot-data");
            await api.RefusedAsync("ForbiddenException", 403, "GetRetainedMessage", new { topic = stage.Topic("mine/a") }, "iot-data");
            await api.RefusedAsync("ForbiddenException", 403, "ListRetainedMessages", null, "iot-data");
        }
    }

    [Fact]
    public async Task Messaging_59_sockets_may_be_denied_and_connections_too()
    {
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("c");
        await stage.ConnectAsync(new Peer(Foreign.Paho, 4), new ConnectSettings { ClientId = clientId });
        var login = await _identities.KeyAsync(
            ("Allow", "iot:GetConnection", $"{Arn}:client/{clientId}", new { Bool = new Dictionary<string, string> { ["iot:IncludeSocketInformation"] = "false" } }),
            ("Allow", "iot:ListSubscriptions", $"{Arn}:client/{clientId}", null));
        await using var api = hub.Start(AwsTool.JavaScript, login);

        (await api.DataAsync("GetConnection", new { clientId })).TryGetProperty("sourceIp", out _).ShouldBeFalse();
        await api.DataAsync("ListSubscriptions", new { clientId });
        await api.RefusedAsync("ForbiddenException", 403, "GetConnection", new { clientId, includeSocketInformation = true }, "iot-data");
        await api.RefusedAsync("ForbiddenException", 403, "GetConnection", new { clientId = stage.ClientId("other") }, "iot-data");
        await api.RefusedAsync("ForbiddenException", 403, "DeleteConnection", new { clientId }, "iot-data");
    }

    [Fact]
    public async Task Messaging_70_who_may_not_send_learns_nothing_of_the_target()
    {
        await using var stage = new Stage(hub.Hub);
        await stage.ConnectAsync(new Peer(Foreign.Paho, 4), new ConnectSettings { ClientId = stage.ClientId("online") });
        await using var api = hub.Start(AwsTool.JavaScript, await _identities.KeyAsync(("Allow", "iot:Publish", "*", null)));

        foreach (var target in new[] { "online", "offline" })
        {
            var error = await api.RefusedAsync(
                "ForbiddenException", 403, "SendDirectMessage", new { clientId = stage.ClientId(target), topic = "t", payload = DataPlaneStage.Bytes("x") }, "iot-data");
            error.Message.ShouldBe("Forbidden");
        }
    }

    [Fact]
    public async Task Messaging_71_conditions_restrict_the_topics_of_direct_messages()
    {
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("d");
        var client = await stage.ConnectAsync(new Peer(Foreign.Paho, 4), new ConnectSettings { ClientId = clientId });
        var login = await _identities.KeyAsync(
            ("Allow", "iot:SendDirectMessage", $"{Arn}:client/{clientId}", new { StringEquals = new Dictionary<string, string[]> { ["iot:Topic"] = ["cmd/reboot", "cmd/update"] } }),
            ("Allow", "iot:SendDirectMessage", $"{Arn}:client/*", new { StringLike = new Dictionary<string, string> { ["iot:Topic"] = "open/*" } }));
        await using var api = hub.Start(AwsTool.JavaScript, login);

        foreach (var topic in new[] { "cmd/reboot", "cmd/update", "open/door" })
        {
            await api.DataAsync("SendDirectMessage", new { clientId, topic, confirmation = true });
            (await client.NextAsync()).Topic.ShouldBe(topic);
        }

        foreach (var topic in new[] { "cmd/other", "cmd/reboot/now", "closed" })
            await api.RefusedAsync("ForbiddenException", 403, "SendDirectMessage", new { clientId, topic }, "iot-data");
    }

    [Fact]
    public async Task Messaging_72_a_receiver_needs_iot_Receive_and_no_iot_Subscribe()
    {
        var clientId = $"dp-{Guid.NewGuid():N}";
        var kit = await _identities.CertificateAsync(("iot:Connect", $"{Arn}:client/{clientId}"), ("iot:Receive", $"{Arn}:topic/allowed/*"));
        await using var stage = new Stage(hub.Hub, kit);
        var client = await stage.ConnectAsync(new Peer(Foreign.MqttJs, 5, Route.Tls), new ConnectSettings { ClientId = clientId });

        var error = await hub.JavaScript.RefusedAsync("ForbiddenException", 403, "SendDirectMessage", new { clientId, topic = "denied/x", confirmation = true }, "iot-data");
        await hub.JavaScript.DataAsync("SendDirectMessage", new { clientId, topic = "allowed/x", confirmation = true });

        error.Message.ShouldNotBeNull().ShouldContain(clientId);
        (await client.NextAsync()).Topic.ShouldBe("allowed/x");
        var logged = (await hub.LogAsync($"client={clientId}")).Single(entry => entry.GetProperty("eventType").GetString() == "SendDirectMessage");
        logged.GetProperty("reason").GetString().ShouldBe("RECEIVE_AUTHORIZATION_FAILURE");
    }

    [Fact]
    public async Task Messaging_81_a_client_certificate_calls_the_data_plane()
    {
        Requirements.NeedProgram("curl");
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("d");
        var client = await stage.ConnectAsync(new Peer(Foreign.Paho, 5), new ConnectSettings { ClientId = clientId });
        await client.SubscribeAsync(stage.Topic("#"), 1);
        var kit = await _identities.CertificateAsync(
            ("iot:Publish", $"{Arn}:topic/{stage.Topic("*")}"), ("iot:SendDirectMessage", $"{Arn}:client/{clientId}"), ("iot:GetConnection", $"{Arn}:client/*"));

        (await _identities.CurlAsync(kit, $"topics/{stage.Topic("a")}?qos=1", "--data", "over X.509")).Body.ShouldContain("\"message\":\"OK\"");
        (await client.NextAsync()).Text.ShouldBe("over X.509");
        (await _identities.CurlAsync(kit, $"connections/{clientId}/messages?topic=t&confirmation=true", "--data", "direct")).Body.ShouldContain("\"message\":\"OK\"");
        (await client.NextAsync()).Text.ShouldBe("direct");
        (await _identities.CurlAsync(kit, $"connections/{clientId}")).Body.ShouldContain("\"connected\":true");
        (await _identities.CurlAsync(kit, "topics/elsewhere", "--data", "x")).Body.ShouldContain("Forbidden");
        (await _identities.CurlAsync(null, $"topics/{stage.Topic("a")}", "--data", "x")).Body.ShouldContain("not signed");
    }

    [Fact]
    public async Task Messaging_47_a_deactivated_certificate_ends_its_connection_with_FORBIDDEN_ACCESS_and_its_will()
    {
        var clientId = $"dp-{Guid.NewGuid():N}";
        var kit = await _identities.CertificateAsync(("iot:Connect", $"{Arn}:client/{clientId}"), ("iot:Publish", $"{Arn}:topic/will/{clientId}"));
        await using var stage = new Stage(hub.Hub, kit);
        var watcher = await stage.ConnectAsync(new Peer(Foreign.Paho, 5));
        await watcher.SubscribeAsync($"$aws/events/presence/disconnected/{clientId}", 1);
        await watcher.SubscribeAsync($"will/{clientId}", 1);
        await stage.ConnectAsync(
            new Peer(Foreign.MqttJs, 5, Route.Tls), new ConnectSettings { ClientId = clientId, Will = new Will($"will/{clientId}", "gone"u8.ToArray()) });

        await hub.JavaScript.IotAsync("UpdateCertificate", new { certificateId = kit.CertificateId, newStatus = "INACTIVE" });

        var seen = await watcher.NextAsync(2);
        seen.Single(delivery => delivery.Topic[0] == '$').Text.ShouldContain("FORBIDDEN_ACCESS");
        seen.Single(delivery => delivery.Topic[0] != '$').Text.ShouldBe("gone");
    }

    [Fact]
    public async Task Messaging_12_47_denied_clients_are_told_of_in_connect_failed_and_AUTH_ERROR()
    {
        var clientId = $"dp-{Guid.NewGuid():N}";
        var kit = await _identities.CertificateAsync(("iot:Connect", $"{Arn}:client/{clientId}"));
        await using var stage = new Stage(hub.Hub, kit);
        var watcher = await stage.ConnectAsync(new Peer(Foreign.Paho, 5));
        await watcher.SubscribeAsync($"$aws/events/presence/+/{clientId}", 1);
        await watcher.SubscribeAsync($"$aws/events/presence/+/{clientId}-other", 1);

        (await stage.TryConnectAsync(new Peer(Foreign.Paho, 4, Route.Tls), new ConnectSettings { ClientId = clientId + "-other" })).Connected.Ok.ShouldBeFalse();
        var failed = await watcher.NextJsonAsync();
        failed.Members().Order().ShouldBe(
            ["clientId", "connectFailureReason", "eventType", "ipAddress", "principalIdentifier", "sessionIdentifier", "timestamp"]);
        failed.GetProperty("eventType").GetString().ShouldBe("connect_failed");
        failed.GetProperty("connectFailureReason").GetString().ShouldBe("AUTHORIZATION_FAILED");
        failed.GetProperty("principalIdentifier").GetString().ShouldBe(kit.CertificateId);

        var client = await stage.ConnectAsync(new Peer(Foreign.Paho, 4, Route.Tls), new ConnectSettings { ClientId = clientId });
        (await watcher.NextJsonAsync()).GetProperty("eventType").GetString().ShouldBe("connected");
        _ = await client.TryPublishAsync("not/allowed", "x", 0);
        (await watcher.NextJsonAsync()).GetProperty("disconnectReason").GetString().ShouldBe("AUTH_ERROR");
    }

    [Fact]
    public async Task Messaging_45_the_thing_is_named_when_its_certificate_is_its_alone()
    {
        var name = $"thing-{Guid.NewGuid():N}";
        var kit = await _identities.CertificateAsync(("iot:*", "*"));
        await hub.JavaScript.IotAsync("CreateThing", new { thingName = name });
        await hub.JavaScript.IotAsync(
            "AttachThingPrincipal", new { thingName = name, principal = $"{Arn}:cert/{kit.CertificateId}", thingPrincipalType = "EXCLUSIVE_THING" });
        await using var stage = new Stage(hub.Hub, kit);
        var clientId = stage.ClientId("d");
        var watcher = await stage.ConnectAsync(new Peer(Foreign.Paho, 5));
        await watcher.SubscribeAsync($"$aws/events/presence/connected/{clientId}", 1);

        await stage.ConnectAsync(new Peer(Foreign.Paho, 4, Route.Tls), new ConnectSettings { ClientId = clientId });

        var connected = await watcher.NextJsonAsync();
        connected.GetProperty("thingName").GetString().ShouldBe(name);
        connected.GetProperty("principalIdentifier").GetString().ShouldBe(kit.CertificateId);
        (await hub.JavaScript.DataAsync("GetConnection", new { clientId })).GetProperty("thingName").GetString().ShouldBe(name);
    }
}
