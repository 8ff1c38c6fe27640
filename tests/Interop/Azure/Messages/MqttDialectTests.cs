using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Fairlead.Shared;

namespace Fairlead.Interop.Azure.Messages;

/// <summary>What the dialect over MQTT takes and what ends the connection, packet by packet (lines 58, 60, 61, 62).</summary>
public sealed class MqttDialectTests(AzureHub hub) : IClassFixture<AzureHub>
{
    private static int _last;

    [Theory]
    [InlineData("{h}/{d}/?api-version=2021-04-12&DeviceClientType=node")]
    [InlineData("{h}/{d}/?DeviceClientType=x&model-id=dtmi%3Aa%3B1&api-version=2021-04-12")]
    [InlineData("{h}/{d}/api-version=2016-11-14")]
    [InlineData("{h}/{d}/")]
    [InlineData("{h}/{d}")]
    [InlineData("{h}:8883/{d}/?api-version=2021-04-12")]
    public async Task Azure_58_User_names_of_every_age_are_let_in(string form)
    {
        var (id, key) = await DeviceAsync();
        await using var client = await OpenAsync();
        (await ConnectAsync(client, id, User(form, id), Token(id, key))).ShouldBe(0);
    }

    [Fact]
    public async Task Azure_58_A_module_is_let_in_by_its_own_name_and_token()
    {
        var (id, _) = await DeviceAsync();
        var key = AzureHub.KeyOf(await hub.CreateAsync($"{id}/modules/m1"));
        await using var client = await OpenAsync();
        (await ConnectAsync(client, $"{id}/m1", User("{h}/{d}/m1/?api-version=2021-04-12", id), AzureHub.Token($"{hub.Address}/devices/{id}/modules/m1", key))).ShouldBe(0);
    }

    [Fact]
    public async Task Azure_58_Who_is_somebody_else_or_proves_nothing_is_not_let_in()
    {
        var (id, key) = await DeviceAsync();
        var (other, _) = await DeviceAsync();
        const string Form = "{h}/{d}/?api-version=2021-04-12";
        var good = Token(id, key);
        (await RefusalAsync(other, User(Form, id), good)).ShouldBe(5);
        (await RefusalAsync(other, User(Form, other), good)).ShouldBe(5);
        (await RefusalAsync(id, User(Form, id), good[..^5] + "abcde")).ShouldBe(5);
        (await RefusalAsync(id, User(Form, id), good.Replace("sig=", "sig=A", StringComparison.Ordinal))).ShouldBe(5);
        (await RefusalAsync(id, User(Form, id), null)).ShouldBe(5);
        (await RefusalAsync(id, User(Form, id), AzureHub.Token($"{hub.Address}/devices/{id}", key, life: TimeSpan.FromMinutes(-10)))).ShouldBe(5);
        (await RefusalAsync("nobody-" + id, User(Form, "nobody-" + id), AzureHub.Token($"{hub.Address}/devices/nobody-{id}", key))).ShouldBe(5);
    }

    [Fact]
    public async Task Azure_58_A_second_connection_of_a_device_drops_the_first()
    {
        var (id, key) = await DeviceAsync();
        await using var first = await ConnectedAsync(id, key);
        await using var second = await ConnectedAsync(id, key);
        await first.ExpectCloseAsync();
    }

    [Fact]
    public async Task Azure_60_RETAIN_and_DUP_become_properties_and_nothing_is_retained()
    {
        var (id, key) = await DeviceAsync();
        await using var watcher = await WatcherAsync($"devices/{id}/messages/events/#");
        await using var client = await ConnectedAsync(id, key);
        await client.SendAsync(RawPackets.Publish(4, $"devices/{id}/messages/events/a=b", "1", retain: true));
        await client.SendAsync(RawPackets.Publish(4, $"devices/{id}/messages/events/", "2", qos: 1, id: 7, dup: true));
        RawPublish.Read(4, await watcher.ReadAsync()).Topic.ShouldBe($"devices/{id}/messages/events/a=b&mqtt-retain=true");
        RawPublish.Read(4, await watcher.ReadAsync()).Topic.ShouldBe($"devices/{id}/messages/events/mqtt-dup=true");
        (await client.ReadAsync()).Type.ShouldBe((int)RawType.PubAck);
        await using var late = await WatcherAsync($"devices/{id}/messages/events/#");
        await late.SendAsync(RawPackets.PingReq);
        (await late.ReadAsync()).Type.ShouldBe((int)RawType.PingResp);
    }

    [Fact]
    public async Task Azure_60_A_Will_becomes_telemetry()
    {
        var (id, key) = await DeviceAsync();
        await using var watcher = await WatcherAsync($"devices/{id}/messages/events/#");
        await using var client = await OpenAsync();
        var will = new RawWill($"devices/{id}/messages/events/", "gone", 1);
        (await ConnectAsync(client, id, User("{h}/{d}/?api-version=2021-04-12", id), Token(id, key), will)).ShouldBe(0);
        client.Reset();
        var publish = RawPublish.Read(4, await watcher.ReadAsync());
        (publish.Topic, Encoding.UTF8.GetString(publish.Payload)).ShouldBe(($"devices/{id}/messages/events/iothub-MessageType=Will", "gone"));
    }

    /// <summary>The hub that is started again knows who left the Will by name alone; it is taken into the log of events all the same.</summary>
    [Fact]
    public async Task Azure_60_A_Will_that_is_published_after_a_crash_becomes_telemetry_too()
    {
        await using var stage = new AzureHub();
        await stage.InitializeAsync();
        var key = AzureHub.KeyOf(await stage.CreateAsync("crashed"));
        await using (var client = await RawMqttClient.OpenAsync(stage.Hub.Mqtt))
        {
            var will = new RawWill("devices/crashed/messages/events/a=b", "gone", 1);
            var user = $"{stage.Address}/crashed/?api-version=2021-04-12";
            (await ConnectAsync(client, "crashed", user, AzureHub.Token($"{stage.Address}/devices/crashed", key), will, clean: false)).ShouldBe(0);
            await stage.Hub.KillAsync();
        }

        await stage.Hub.RestartAsync();
        var service = AzureHub.Field(await stage.PolicyAsync("service"), "SharedAccessKey");
        var answer = await stage.Driver.DoAsync("readEvents", "after-crash", new
        {
            connectionString = $"Endpoint=sb://{stage.Address}/;SharedAccessKeyName=service;SharedAccessKey={service};EntityPath=hub1",
            endpoint = $"sb://{stage.Address}:{stage.Amqps}",
            count = 1,
            device = "crashed",
        });
        var told = answer["events"]![0]!;
        Encoding.UTF8.GetString(Convert.FromBase64String(told["body"]!.GetValue<string>())).ShouldBe("gone");
        told["properties"]!["a"]!.GetValue<string>().ShouldBe("b");
        told["properties"]!["iothub-MessageType"]!.GetValue<string>().ShouldBe("Will");
        told["system"]!["iothub-connection-auth-method"]!.GetValue<string>().ShouldBe("""{"scope":"device","type":"sas","issuer":"iothub"}""");
        told["system"]!["iothub-connection-auth-generation-id"]!.GetValue<string>().ShouldNotBeEmpty();
    }

    /// <summary>Tokens are accepted for 300 s after their end: this one has a few seconds left.</summary>
    [Fact]
    public async Task Azure_58_The_end_of_its_token_ends_the_connection_of_a_device_and_a_new_one_lets_it_in_again()
    {
        var (id, key) = await DeviceAsync();
        await using var client = await OpenAsync();
        var user = User("{h}/{d}/?api-version=2021-04-12", id);
        (await ConnectAsync(client, id, user, AzureHub.Token($"{hub.Address}/devices/{id}", key, life: TimeSpan.FromSeconds(-292)))).ShouldBe(0);
        await client.ExpectCloseAsync();
        await using var again = await ConnectedAsync(id, key);
        await again.SendAsync(RawPackets.PingReq);
        (await again.ReadAsync()).Type.ShouldBe((int)RawType.PingResp);
    }

    [Theory]
    [InlineData("devices/{d}/messages/events/", 2, 2)]
    [InlineData("factory/line", 1, 2)]
    [InlineData("devices/other/messages/events/", 0, 2)]
    [InlineData("$iothub/methods/POST/x/?$rid=1", 0, 2)]
    [InlineData("devices/{d}/messages/events/", 1, (256 * 1024) + 1)]
    [InlineData("devices/{d}/messages/events/a=%zz", 1, 2)]
    public async Task Azure_60_A_violation_ends_the_connection(string topic, int qos, int size)
    {
        var (id, key) = await DeviceAsync();
        await using var client = await ConnectedAsync(id, key);
        await client.SendUnlessClosedAsync(RawPackets.Publish(4, topic.Replace("{d}", id, StringComparison.Ordinal), new byte[size], qos, qos == 0 ? 0 : 1));
        await client.ExpectCloseAsync();
    }

    [Theory]
    [InlineData("factory/#")]
    [InlineData("devices/other/messages/devicebound/#")]
    [InlineData("$SYS/#")]
    [InlineData("#")]
    public async Task Azure_60_A_foreign_filter_ends_the_connection(string filter)
    {
        var (id, key) = await DeviceAsync();
        await using var client = await ConnectedAsync(id, key);
        await client.SendAsync(RawPackets.Subscribe(4, 1, filter));
        await client.ExpectCloseAsync();
    }

    [Fact]
    public async Task Azure_60_Other_clients_use_the_prefix_as_they_like()
    {
        await using var watcher = await WatcherAsync("devices/of-somebody/messages/events/#");
        await using var other = await OpenAsync();
        await other.SendAsync(RawPackets.Connect(4, "somebody"));
        await other.ReadAsync();
        await other.SendAsync(RawPackets.Publish(4, "devices/of-somebody/messages/events/x", "free"));
        Encoding.UTF8.GetString(RawPublish.Read(4, await watcher.ReadAsync()).Payload).ShouldBe("free");
        await other.SendAsync(RawPackets.Subscribe(4, 1, "$iothub/twin/res/#"));
        (await other.ReadAsync()).Body[^1].ShouldBe((byte)0x80);
    }

    [Fact]
    public async Task Azure_61_What_was_not_acknowledged_comes_again_after_a_reconnect()
    {
        var (id, key) = await DeviceAsync();
        var client = await ConnectedAsync(id, key, clean: false);
        await client.SendAsync(RawPackets.Subscribe(4, 1, $"devices/{id}/messages/devicebound/#", 2));
        (await client.ReadAsync()).Body[^1].ShouldBe((byte)1);
        await QueueAsync(id, "m1");
        await QueueAsync(id, "m2");
        var first = RawPublish.Read(4, await client.ReadAsync());
        var second = RawPublish.Read(4, await client.ReadAsync());
        await client.SendAsync(RawPackets.Ack(RawType.PubAck, second.Id));
        await client.SendAsync(RawPackets.PingReq);
        (await client.ReadAsync()).Type.ShouldBe((int)RawType.PingResp);
        client.Reset();

        await using var again = await OpenAsync();
        await again.SendAsync(RawPackets.Connect(4, id, clean: false, user: User("{h}/{d}/?api-version=2021-04-12", id), password: Encoding.UTF8.GetBytes(Token(id, key))));
        (await again.ReadAsync()).Body.ShouldBe([1, 0]);
        var repeated = RawPublish.Read(4, await again.ReadAsync());
        (repeated.Topic, Encoding.UTF8.GetString(repeated.Payload)).ShouldBe((first.Topic, "m1"));
        await again.SendAsync(RawPackets.Ack(RawType.PubAck, repeated.Id));
        await again.SendAsync(RawPackets.PingReq);
        (await again.ReadAsync()).Type.ShouldBe((int)RawType.PingResp);
        (await CountAsync(id)).ShouldBe(0);
    }

    [Fact]
    public async Task Azure_62_Answers_about_the_twin_carry_the_request_id_as_it_came()
    {
        var (id, key) = await DeviceAsync();
        await using var client = await ConnectedAsync(id, key);
        await client.SendAsync(RawPackets.Subscribe(4, 1, "$iothub/twin/res/#"));
        await client.ReadAsync();
        await client.SendAsync(RawPackets.Publish(4, "$iothub/twin/GET/?$rid=a-1_b~c", " "));
        var got = RawPublish.Read(4, await client.ReadAsync());
        got.Topic.ShouldBe("$iothub/twin/res/200/?$rid=a-1_b~c");
        JsonNode.Parse(got.Payload)!["reported"]!["$version"]!.GetValue<int>().ShouldBe(1);
        await client.SendAsync(RawPackets.Publish(4, "$iothub/twin/PATCH/properties/reported/?$rid=2", """{"a":1}"""));
        RawPublish.Read(4, await client.ReadAsync()).Topic.ShouldBe("$iothub/twin/res/204/?$rid=2&$version=2");
        await client.SendAsync(RawPackets.Publish(4, "$iothub/twin/PATCH/properties/reported/?$rid=3&$version=1", """{"a":2}"""));
        var refused = RawPublish.Read(4, await client.ReadAsync());
        refused.Topic.ShouldBe("$iothub/twin/res/412/?$rid=3");
        JsonNode.Parse(refused.Payload)!["errorCode"]!.GetValue<int>().ShouldBe(412001);
        await client.SendAsync(RawPackets.Publish(4, "$iothub/twin/PATCH/properties/reported/?$rid=4", "no json"));
        RawPublish.Read(4, await client.ReadAsync()).Topic.ShouldBe("$iothub/twin/res/400/?$rid=4");
    }

    [Fact]
    public async Task A_direct_message_to_a_device_of_this_dialect_is_confirmed_by_its_PUBACK()
    {
        var (id, key) = await DeviceAsync();
        await using var client = await ConnectedAsync(id, key);
        (await DirectAsync(id, "?topic=alarm/1&confirmation=true&timeout=1")).ShouldBe(HttpStatusCode.Forbidden);
        await client.SendAsync(RawPackets.Subscribe(4, 1, $"devices/{id}/messages/devicebound/#", 1));
        await client.ReadAsync();
        var pending = DirectAsync(id, "?topic=alarm/1&confirmation=true&timeout=15");
        var publish = RawPublish.Read(4, await client.ReadAsync());
        publish.Topic.ShouldContain("topic=alarm%2F1");
        Encoding.UTF8.GetString(publish.Payload).ShouldBe("now");
        await client.SendAsync(RawPackets.Ack(RawType.PubAck, publish.Id));
        (await pending).ShouldBe(HttpStatusCode.OK);
        (await DirectAsync(id, "?topic=alarm/1&confirmation=true&timeout=1")).ShouldBe(HttpStatusCode.GatewayTimeout);
        client.Reset();
        (await CountAsync(id)).ShouldBe(0);
    }

    [Fact]
    public async Task A_device_that_is_deleted_is_cut_off()
    {
        var (id, key) = await DeviceAsync();
        await using var client = await ConnectedAsync(id, key);
        using var deleted = await hub.ServiceAsync(HttpMethod.Delete, $"/devices/{id}", ifMatch: "*");
        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await client.ExpectCloseAsync();
    }

    private Task<RawMqttClient> OpenAsync() => RawMqttClient.OpenAsync(hub.Hub.Mqtt);

    private string User(string form, string id) => form.Replace("{h}", hub.Address, StringComparison.Ordinal).Replace("{d}", id, StringComparison.Ordinal);

    private string Token(string id, string key) => AzureHub.Token($"{hub.Address}/devices/{id}", key);

    private async Task<(string Id, string Key)> DeviceAsync()
    {
        var id = $"raw-{Interlocked.Increment(ref _last)}";
        return (id, AzureHub.KeyOf(await hub.CreateAsync(id)));
    }

    private static async Task<int> ConnectAsync(RawMqttClient client, string clientId, string user, string? password, RawWill? will = null, bool clean = true)
    {
        await client.SendAsync(RawPackets.Connect(4, clientId, clean, user: user, password: password is null ? null : Encoding.UTF8.GetBytes(password), will: will));
        return (await client.ReadAsync()).Body[1];
    }

    private async Task<int> RefusalAsync(string clientId, string user, string? password)
    {
        await using var client = await OpenAsync();
        var code = await ConnectAsync(client, clientId, user, password);
        await client.ExpectCloseAsync();
        return code;
    }

    private async Task<RawMqttClient> ConnectedAsync(string id, string key, bool clean = true)
    {
        var client = await OpenAsync();
        (await ConnectAsync(client, id, User("{h}/{d}/?api-version=2021-04-12", id), Token(id, key), clean: clean)).ShouldBe(0);
        return client;
    }

    private async Task<RawMqttClient> WatcherAsync(string filter)
    {
        var client = await OpenAsync();
        await client.SendAsync(RawPackets.Connect(4, $"watcher-{Guid.NewGuid():N}"[..23]));
        await client.ReadAsync();
        await client.SendAsync(RawPackets.Subscribe(4, 1, filter));
        await client.ReadAsync();
        return client;
    }

    private async Task QueueAsync(string id, string body)
    {
        using var answer = await hub.ServiceAsync(HttpMethod.Post, $"/devices/{id}/messages/devicebound", body);
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    private async Task<int> CountAsync(string id)
    {
        using var shown = await hub.ServiceAsync(HttpMethod.Get, $"/devices/{id}");
        return JsonNode.Parse(await shown.Content.ReadAsStringAsync())!["cloudToDeviceMessageCount"]!.GetValue<int>();
    }

    private async Task<HttpStatusCode> DirectAsync(string id, string query)
    {
        using var answer = await hub.Administrator.PostAsync($"/connections/{id}/messages{query}", new StringContent("now"));
        return answer.StatusCode;
    }
}
