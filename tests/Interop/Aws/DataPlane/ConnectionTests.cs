using Fairlead.Interop.Drivers;
using Fairlead.Shared;

namespace Fairlead.Interop.Aws.DataPlane;

/// <summary>GetConnection, DeleteConnection and ListSubscriptions.</summary>
public sealed class ConnectionTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Messaging_58_a_connection_is_described_connected_and_a_while_after(int version)
    {
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("c");
        var client = await stage.ConnectAsync(new Peer(Foreign.Paho, version), new ConnectSettings { ClientId = clientId, KeepAlive = 77 });

        var connected = await hub.JavaScript.DataAsync("GetConnection", new { clientId });
        connected.Members().Order().ShouldBe(["cleanSession", "clientId", "connected", "connectedSince", "keepAliveDuration", "sessionExpiry"]);
        connected.GetProperty("clientId").GetString().ShouldBe(clientId);
        connected.GetProperty("connected").GetBoolean().ShouldBeTrue();
        connected.GetProperty("cleanSession").GetBoolean().ShouldBeTrue();
        connected.GetProperty("keepAliveDuration").GetInt32().ShouldBe(77);
        connected.GetProperty("sessionExpiry").GetInt32().ShouldBe(0);
        connected.GetProperty("connectedSince").GetInt64().ShouldBeGreaterThan(1_600_000_000_000);

        await client.DisconnectAsync();
        var left = await hub.DescribedAsLeftAsync(clientId);
        left.Members().Order().ShouldBe(["cleanSession", "clientId", "connected", "disconnectReason", "disconnectedSince", "keepAliveDuration", "sessionExpiry"]);
        left.GetProperty("disconnectReason").GetString().ShouldBe("CLIENT_INITIATED_DISCONNECT");
        left.GetProperty("keepAliveDuration").GetInt32().ShouldBe(77);
        left.GetProperty("disconnectedSince").GetInt64().ShouldBeGreaterThanOrEqualTo(connected.GetProperty("connectedSince").GetInt64());
    }

    [Fact]
    public async Task Messaging_58_persistent_sessions_say_so_and_unknown_clients_answer_404()
    {
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("c");
        var client = await stage.ConnectAsync(
            new Peer(Foreign.MqttJs, 5), new ConnectSettings { ClientId = clientId, Clean = false, SessionExpiry = 600 });
        var connected = await hub.JavaScript.DataAsync("GetConnection", new { clientId });
        (connected.GetProperty("cleanSession").GetBoolean(), connected.GetProperty("sessionExpiry").GetInt32()).ShouldBe((false, 600));

        await client.DestroyAsync();
        var left = await hub.DescribedAsLeftAsync(clientId);
        left.GetProperty("disconnectReason").GetString().ShouldBe("CONNECTION_LOST");
        (left.GetProperty("cleanSession").GetBoolean(), left.GetProperty("sessionExpiry").GetInt32()).ShouldBe((false, 600));

        await hub.JavaScript.RefusedAsync("ResourceNotFoundException", 404, "GetConnection", new { clientId = stage.ClientId("nobody") }, "iot-data");
        foreach (var wrong in new[] { "$x", new string('x', 129) })
            await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "GetConnection", new { clientId = wrong }, "iot-data");
        using var bad = await hub.GetAsync($"/connections/{clientId}?includeSocketInformation=perhaps");
        ((int)bad.StatusCode).ShouldBe(400);
    }

    [Fact]
    public async Task Messaging_59_sockets_are_shown_when_asked_for()
    {
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("c");
        await stage.ConnectAsync(new Peer(Foreign.Paho, 4), new ConnectSettings { ClientId = clientId });

        var shown = await hub.JavaScript.DataAsync("GetConnection", new { clientId, includeSocketInformation = true });

        shown.GetProperty("sourceIp").GetString().ShouldBe("127.0.0.1");
        shown.GetProperty("targetIp").GetString().ShouldBe("127.0.0.1");
        shown.GetProperty("sourcePort").GetInt32().ShouldBeGreaterThan(0);
        shown.GetProperty("targetPort").GetInt32().ShouldBe(hub.Hub.Mqtt.Port);
        (await hub.JavaScript.DataAsync("GetConnection", new { clientId, includeSocketInformation = false })).TryGetProperty("sourceIp", out _).ShouldBeFalse();
        using var upper = await hub.GetAsync($"/connections/{clientId}?includeSocketInformation=TRUE");
        (await upper.TextAsync()).ShouldContain("sourceIp");
    }

    [Fact]
    public async Task Messaging_60_an_encoded_slash_belongs_to_the_client_id()
    {
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("c");
        var odd = clientId + "/subscriptions";
        var client = await stage.ConnectAsync(new Peer(Foreign.MqttJs, 4), new ConnectSettings { ClientId = clientId });
        await stage.ConnectAsync(new Peer(Foreign.MqttJs, 4), new ConnectSettings { ClientId = odd });
        await client.SubscribeAsync(stage.Topic("x"), 1);

        using var one = await hub.GetAsync($"/connections/{clientId}%2Fsubscriptions");
        using var other = await hub.GetAsync($"/connections/{clientId}/subscriptions");

        (await one.TextAsync()).ShouldContain($"\"clientId\":\"{odd}\"");
        (await other.TextAsync()).ShouldContain($"\"topicFilter\":\"{stage.Topic("x")}\"");
        (await hub.JavaScript.DataAsync("GetConnection", new { clientId = odd })).GetProperty("clientId").GetString().ShouldBe(odd);
    }

    [Theory]
    [InlineData(4, false, false)]
    [InlineData(5, false, false)]
    [InlineData(5, false, true)]
    [InlineData(4, true, false)]
    [InlineData(5, true, true)]
    public async Task Messaging_61_a_deleted_connection_is_told_and_keeps_or_loses_session_and_will(int version, bool cleanSession, bool preventWill)
    {
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("c");
        var watcher = await stage.ConnectAsync(new Peer(Foreign.MqttJs, 5));
        await watcher.SubscribeAsync(stage.Topic("will"), 1);
        await watcher.SubscribeAsync($"$aws/events/presence/disconnected/{clientId}", 1);
        var settings = new ConnectSettings
        {
            ClientId = clientId,
            Clean = false,
            SessionExpiry = version == 5 ? 600 : null,
            Will = new Will(stage.Topic("will"), "gone"u8.ToArray()),
        };
        var client = await stage.ConnectAsync(new Peer(Foreign.Paho, version), settings);
        await client.SubscribeAsync(stage.Topic("kept"), 1);

        var answer = await hub.JavaScript.SendAsync("iot-data", "DeleteConnection", new { clientId, cleanSession, preventWillMessage = preventWill });

        (answer.Error, answer.Status).ShouldBe((null, 200));
        if (version == 5) (await client.Disconnected).ShouldBe(0x98);
        await watcher.PublishAsync(stage.Topic("will"), "fence", 1);
        var seen = new List<Delivery>();
        while (seen.Count(delivery => delivery.Text == "fence") + seen.Count(delivery => delivery.Topic.StartsWith('$')) < 2) seen.Add(await watcher.NextAsync());
        seen.Single(delivery => delivery.Topic.StartsWith('$')).Text.ShouldContain("API_INITIATED_DISCONNECT");
        seen.Count(delivery => delivery.Text == "gone").ShouldBe(preventWill ? 0 : 1);

        if (cleanSession) await hub.JavaScript.RefusedAsync("ResourceNotFoundException", 404, "ListSubscriptions", new { clientId }, "iot-data");
        else (await hub.JavaScript.DataAsync("ListSubscriptions", new { clientId })).GetProperty("subscriptions").GetArrayLength().ShouldBe(1);
        var back = await stage.ConnectAsync(new Peer(Foreign.MqttJs, version), settings);
        back.Connected.SessionPresent.ShouldBe(!cleanSession);
    }

    [Fact]
    public async Task Messaging_61_an_offline_session_is_deleted_too_and_unknown_clients_answer_404()
    {
        await using var stage = new Stage(hub.Hub);
        var settings = new ConnectSettings { ClientId = stage.ClientId("c"), Clean = false };
        var client = await stage.ConnectAsync(new Peer(Foreign.Paho, 4), settings);
        await client.SubscribeAsync(stage.Topic("x"), 1);
        await client.DisconnectAsync();
        await hub.DescribedAsLeftAsync(settings.ClientId!);

        await hub.JavaScript.DataAsync("DeleteConnection", new { clientId = settings.ClientId });
        (await hub.JavaScript.DataAsync("ListSubscriptions", new { clientId = settings.ClientId })).GetProperty("subscriptions").GetArrayLength().ShouldBe(1);
        await hub.JavaScript.DataAsync("DeleteConnection", new { clientId = settings.ClientId, cleanSession = true });
        await hub.JavaScript.RefusedAsync("ResourceNotFoundException", 404, "DeleteConnection", new { clientId = settings.ClientId }, "iot-data");
        await hub.JavaScript.RefusedAsync("ResourceNotFoundException", 404, "DeleteConnection", new { clientId = stage.ClientId("nobody") }, "iot-data");
        (await stage.ConnectAsync(new Peer(Foreign.Paho, 4), settings)).Connected.SessionPresent.ShouldBeFalse();
    }

    [Fact]
    public async Task Messaging_62_subscriptions_are_listed_in_pages_for_connected_and_offline_clients()
    {
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("c");
        var client = await stage.ConnectAsync(new Peer(Foreign.Paho, 4), new ConnectSettings { ClientId = clientId, Clean = false });
        (await hub.JavaScript.DataAsync("ListSubscriptions", new { clientId })).GetProperty("subscriptions").GetArrayLength().ShouldBe(0);
        var filters = Enumerable.Range(0, 24).Select(i => stage.Topic($"f/{i:00}")).Append($"$share/g/{stage.Topic("#")}").ToList();
        foreach (var filter in filters) await client.SubscribeAsync(filter, filter[0] == '$' ? 0 : 1);
        await client.DisconnectAsync();

        var first = await hub.JavaScript.DataAsync("ListSubscriptions", new { clientId });
        first.GetProperty("subscriptions").GetArrayLength().ShouldBe(20);
        var rest = await hub.JavaScript.DataAsync("ListSubscriptions", new { clientId, nextToken = first.GetProperty("nextToken").GetString() });
        rest.TryGetProperty("nextToken", out _).ShouldBeFalse();
        var all = first.GetProperty("subscriptions").EnumerateArray().Concat(rest.GetProperty("subscriptions").EnumerateArray())
            .Select(entry => (entry.GetProperty("topicFilter").GetString()!, entry.GetProperty("qos").GetInt32())).ToList();
        all.OrderBy(entry => entry.Item1, StringComparer.Ordinal).ShouldBe(
            [.. filters.Select(filter => (filter, filter[0] == '$' ? 0 : 1)).OrderBy(entry => entry.filter, StringComparer.Ordinal)]);

        (await hub.JavaScript.DataAsync("ListSubscriptions", new { clientId, maxResults = 200 })).GetProperty("subscriptions").GetArrayLength().ShouldBe(25);
        await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "ListSubscriptions", new { clientId, nextToken = "no token!" }, "iot-data");
        using var tooMany = await hub.GetAsync($"/connections/{clientId}/subscriptions?maxResults=201");
        ((int)tooMany.StatusCode).ShouldBe(400);
        await hub.JavaScript.RefusedAsync("ResourceNotFoundException", 404, "ListSubscriptions", new { clientId = stage.ClientId("nobody") }, "iot-data");
    }

    [Fact]
    public async Task Messaging_58_the_last_state_survives_a_restart()
    {
        var settings = new HubSettings { Listen = ["mqtt://127.0.0.1:0", "http://127.0.0.1:0"] };
        await using var own = await HubProcess.StartAsync(settings);
        await using var staying = await own.ConnectRawAsync(5, "stays", keepAlive: 33);
        await using (var leaving = await own.ConnectRawAsync(5, "left", keepAlive: 44))
            await leaving.SendAsync(RawPackets.Disconnect());

        await own.StopAsync();
        await own.RestartAsync();

        using var http = new HttpClient { BaseAddress = own.Http };
        (await own.GetAsync(http, "/connections/left")).ShouldContain("CLIENT_INITIATED_DISCONNECT");
        var state = await own.GetAsync(http, "/connections/stays");
        state.ShouldContain("SERVER_INITIATED_DISCONNECT");
        state.ShouldContain("\"keepAliveDuration\":33");
    }
}
