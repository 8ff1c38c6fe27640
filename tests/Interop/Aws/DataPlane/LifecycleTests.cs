using System.Text.Json;
using Fairlead.Interop.Drivers;
using Fairlead.Shared;

namespace Fairlead.Interop.Aws.DataPlane;

/// <summary>Presence and subscription events, as an MQTT client sees them.</summary>
public sealed class LifecycleTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Fact]
    public async Task Messaging_45_46_events_have_the_documented_members_and_share_identifier_and_number()
    {
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("d");
        var watcher = await WatchAsync(stage, clientId);
        var first = await stage.ConnectAsync(new Peer(Foreign.Paho, 4), new ConnectSettings { ClientId = clientId });
        var connected = await watcher.NextJsonAsync();
        await first.DisconnectAsync();
        var disconnected = await watcher.NextJsonAsync();
        await stage.ConnectAsync(new Peer(Foreign.Paho, 4), new ConnectSettings { ClientId = clientId });
        var again = await watcher.NextJsonAsync();

        connected.Members().Order().ShouldBe(
            ["clientId", "eventType", "ipAddress", "principalIdentifier", "sessionIdentifier", "timestamp", "versionNumber"]);
        disconnected.Members().Order().ShouldBe(
        [
            "clientId", "clientInitiatedDisconnect", "disconnectReason", "eventType", "principalIdentifier", "sessionIdentifier", "timestamp", "versionNumber",
        ]);
        connected.GetProperty("clientId").GetString().ShouldBe(clientId);
        connected.GetProperty("eventType").GetString().ShouldBe("connected");
        connected.GetProperty("ipAddress").GetString().ShouldBe("127.0.0.1");
        connected.GetProperty("timestamp").GetInt64().ShouldBeGreaterThan(1_600_000_000_000);
        connected.GetProperty("versionNumber").GetInt64().ShouldBe(0);
        Guid.TryParse(connected.GetProperty("sessionIdentifier").GetString(), out _).ShouldBeTrue();
        disconnected.GetProperty("eventType").GetString().ShouldBe("disconnected");
        disconnected.GetProperty("clientInitiatedDisconnect").GetBoolean().ShouldBeTrue();
        disconnected.GetProperty("disconnectReason").GetString().ShouldBe("CLIENT_INITIATED_DISCONNECT");
        foreach (var shared in new[] { "sessionIdentifier", "versionNumber", "principalIdentifier" })
            disconnected.GetProperty(shared).GetRawText().ShouldBe(connected.GetProperty(shared).GetRawText());
        again.GetProperty("versionNumber").GetInt64().ShouldBe(1);
        again.GetProperty("sessionIdentifier").GetString().ShouldNotBe(connected.GetProperty("sessionIdentifier").GetString());
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Messaging_47_what_the_client_does_has_its_reason_and_the_right_will(int level)
    {
        await using var stage = new Stage(hub.Hub);
        await EndsAsync(stage, level, "CLIENT_INITIATED_DISCONNECT", isClients: true, will: false, static client => client.SendAsync(RawPackets.Disconnect()));
        await EndsAsync(stage, level, "CONNECTION_LOST", isClients: false, will: true, static client =>
        {
            client.Close();
            return Task.CompletedTask;
        });
        await EndsAsync(stage, level, "CLIENT_ERROR", isClients: false, will: true, client => client.SendAsync(RawPackets.Connect(level, "again")));
        await EndsAsync(stage, level, "CLIENT_ERROR", isClients: false, will: true, static client => client.SendAsync(0xF0, 0x00));
        // Silence for one and a half seconds.
        await EndsAsync(stage, level, "MQTT_KEEP_ALIVE_TIMEOUT", isClients: false, will: true, static _ => Task.CompletedTask, keepAlive: 1);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Messaging_47_what_the_hub_does_has_its_reason_and_the_right_will(int level)
    {
        await using var stage = new Stage(hub.Hub);
        RawMqttClient? newcomer = null;
        await EndsAsync(stage, level, "DUPLICATE_CLIENTID", isClients: false, will: true, async _ => newcomer = await hub.Hub.ConnectRawAsync(level, stage.ClientId("DUPLICATE_CLIENTID")));
        await newcomer!.DisposeAsync();
        await EndsAsync(
            stage, level, "API_INITIATED_DISCONNECT", isClients: false, will: true,
            _ => hub.JavaScript.DataAsync("DeleteConnection", new { clientId = stage.ClientId("API_INITIATED_DISCONNECT") }));
    }

    [Fact]
    public async Task Messaging_48_a_WebSocket_Close_frame_is_the_clients_own_end()
    {
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("d");
        var watcher = await WatchAsync(stage, clientId);
        var client = await stage.ConnectAsync(new Peer(Foreign.MqttJs, 5, Route.Ws), new ConnectSettings { ClientId = clientId });
        (await watcher.NextJsonAsync()).GetProperty("eventType").GetString().ShouldBe("connected");
        await client.DisconnectAsync();
        (await watcher.NextJsonAsync()).GetProperty("disconnectReason").GetString().ShouldBe("CLIENT_INITIATED_DISCONNECT");
    }

    [Fact]
    public async Task Messaging_49_subscription_events_list_the_filters_of_a_packet()
    {
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("d");
        var watcher = await stage.ConnectAsync(new Peer(Foreign.Paho, 5));
        await watcher.SubscribeAsync($"$aws/events/subscriptions/+/{clientId}", 1);
        await using var client = await hub.Hub.ConnectRawAsync(5, clientId);
        await client.SendAsync(RawPackets.Subscribe(5, 1, [(stage.Topic("a"), 0), ("wrong/#/filter", 0), (stage.Topic("b/+"), 1)]));
        await client.SendAsync(RawPackets.Unsubscribe(5, 2, stage.Topic("a"), stage.Topic("b/+")));

        var subscribed = await watcher.NextJsonAsync();
        var unsubscribed = await watcher.NextJsonAsync();

        subscribed.Members().Order().ShouldBe(["clientId", "eventType", "principalIdentifier", "sessionIdentifier", "timestamp", "topics"]);
        subscribed.GetProperty("eventType").GetString().ShouldBe("subscribed");
        subscribed.GetProperty("topics").EnumerateArray().Select(topic => topic.GetString()).ShouldBe([stage.Topic("a"), stage.Topic("b/+")]);
        unsubscribed.GetProperty("eventType").GetString().ShouldBe("unsubscribed");
        unsubscribed.GetProperty("topics").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Messaging_50_client_ids_with_wildcards_have_no_events()
    {
        await using var stage = new Stage(hub.Hub);
        var watcher = await stage.ConnectAsync(new Peer(Foreign.Paho, 5));
        await watcher.SubscribeAsync("$aws/events/presence/connected/#", 1);
        foreach (var odd in new[] { stage.ClientId("a#"), stage.ClientId("a+b") })
        {
            await using var client = await hub.Hub.ConnectRawAsync(5, odd);
            (await hub.JavaScript.DataAsync("GetConnection", new { clientId = odd })).GetProperty("connected").GetBoolean().ShouldBeTrue();
        }

        await using var fence = await hub.Hub.ConnectRawAsync(5, stage.ClientId("fence"));
        var seen = new List<string>();
        while (seen.Count == 0 || seen[^1] != stage.ClientId("fence")) seen.Add((await watcher.NextJsonAsync()).GetProperty("clientId").GetString()!);
        seen.ShouldNotContain(clientId => clientId.Contains('#', StringComparison.Ordinal) || clientId.Contains('+', StringComparison.Ordinal));
    }

    [Fact]
    public async Task Messaging_51_nobody_but_the_hub_publishes_events()
    {
        await using var stage = new Stage(hub.Hub);
        var topic = $"$aws/events/presence/connected/{stage.ClientId("x")}";
        await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "Publish", new { topic, payload = DataPlaneStage.Bytes("{}") }, "iot-data");
        await using var client = await hub.Hub.ConnectRawAsync(5, stage.ClientId("d"));
        await client.SendAsync(RawPackets.Publish(5, topic, "{}", 1, 7));
        (await client.ReadAsync()).Body[2].ShouldBe((byte)0x90);
    }

    [Fact]
    public async Task Messaging_47_clients_have_their_last_events_for_administrators()
    {
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("a/b");
        await using (var client = await hub.Hub.ConnectRawAsync(5, clientId))
        {
            await client.SendAsync(RawPackets.Subscribe(5, 1, stage.Topic("x")));
            await client.ReadAsync();
        }

        await hub.DescribedAsLeftAsync(clientId);
        using var answer = await hub.GetAsync($"/v1/clients/{Uri.EscapeDataString(clientId)}/events");
        using var body = JsonDocument.Parse(await answer.TextAsync());
        body.RootElement.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("event").GetString()).ShouldBe(["connected", "subscribed", "disconnected"]);
    }

    [Fact]
    public async Task Messaging_47_76_rates_that_are_set_discard_then_disconnect_and_refuse_direct_messages()
    {
        await using var own = await HubProcess.StartAsync(new HubSettings
        {
            Listen = ["mqtt://127.0.0.1:0", "http://127.0.0.1:0"],
            Arguments = ["--set", "Limits:MessageRate=5", "--set", "Limits:DirectMessageRate=3"],
        });
        await using var client = await own.ConnectRawAsync(5, "chatty");
        for (var i = 0; i < 30; i++) await client.SendUnlessClosedAsync(RawPackets.Publish(5, "a", "x"));
        var goodbye = await client.ReadAsync();
        (goodbye.Type, goodbye.Body[0]).ShouldBe(((int)RawType.Disconnect, (byte)0x96));
        using var http = new HttpClient();
        (await own.GetAsync(http, "/connections/chatty")).ShouldContain("THROTTLED");

        await using var receiver = await own.ConnectRawAsync(4, "d");
        var statuses = new List<int>();
        for (var i = 0; i < 30; i++) statuses.Add(await own.SendDirectAsync(http, "nobody"));
        statuses.Distinct().Order().ShouldBe([404, 429]);
    }

    private static async Task<ForeignClient> WatchAsync(Stage stage, string clientId)
    {
        var watcher = await stage.ConnectAsync(new Peer(Foreign.Paho, 5));
        await watcher.SubscribeAsync($"$aws/events/presence/+/{clientId}", 1);
        return watcher;
    }

    private async Task EndsAsync(
        Stage stage, int level, string reason, bool isClients, bool will, Func<RawMqttClient, Task> end, int keepAlive = 60)
    {
        var clientId = stage.ClientId(reason);
        var topic = stage.Topic("will/" + reason);
        var watcher = await stage.ConnectAsync(new Peer(Foreign.Paho, 5));
        await watcher.SubscribeAsync($"$aws/events/presence/disconnected/{clientId}", 1);
        await watcher.SubscribeAsync(topic, 1);
        await using var client = await hub.Hub.ConnectRawAsync(level, clientId, will: new RawWill(topic, "gone", 1), keepAlive: keepAlive);

        await end(client);

        var seen = await watcher.NextAsync(will ? 2 : 1);
        var told = JsonDocument.Parse(seen.Single(delivery => delivery.Topic[0] == '$').Payload).RootElement;
        told.GetProperty("disconnectReason").GetString().ShouldBe(reason);
        told.GetProperty("clientInitiatedDisconnect").GetBoolean().ShouldBe(isClients);
        if (will) return;
        await watcher.PublishAsync(topic, "fence", 1);
        (await watcher.NextAsync()).Text.ShouldBe("fence");
    }
}
