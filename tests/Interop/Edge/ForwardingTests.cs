using System.Text.Json;
using Fairlead.Shared;

namespace Fairlead.Interop.Edge;

/// <summary>The connector between a stock mosquitto and a hub: what goes out, what comes in, byte for byte.</summary>
public sealed class ForwardingTests : IAsyncLifetime
{
    private const string Device = "test:device";

    private LocalBroker _local = null!;
    private HubProcess _hub = null!;
    private EdgeRun _edge = null!;
    private Listener _app = null!;
    private Listener _cloud = null!;

    public async ValueTask InitializeAsync()
    {
        _local = await LocalBroker.Create().StartAsync();
        _hub = await HubProcess.StartAsync();
        _edge = new EdgeRun(new Dictionary<string, object>
        {
            ["address"] = $"tcp://127.0.0.1:{_hub.Mqtt.Port}",
            ["localAddress"] = _local.Url.OriginalString,
            ["deviceId"] = Device,
            ["reconnectMax"] = 2,
            ["mappings"] = new object[]
            {
                new Dictionary<string, object> { ["from"] = "plant/+/temp/#", ["to"] = "dt/$1/$2" },
                new Dictionary<string, object> { ["from"] = "cfg/+", ["to"] = "local/cfg/$1", ["direction"] = "in" },
            },
        }).Start();
        _cloud = await Listener.ConnectAsync(_hub.Mqtt, "#");
        _app = await Listener.ConnectAsync(_local.Url, "edge/#", "command/#", "c/#", "local/#");
        await _app.NextAsync(static message => message.Topic == "edge/connection/remote/status" && message.Text.StartsWith("""{"connected":true""", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        if (_cloud is not null) await _cloud.DisposeAsync();
        if (_edge is not null) await _edge.DisposeAsync();
        if (_hub is not null) await _hub.DisposeAsync();
        if (_local is not null) await _local.DisposeAsync();
    }

    [Fact]
    public async Task Edge_11_12_18_topics_QoS_and_payloads_arrive_as_they_should()
    {
        byte[][] payloads =
        [
            "hello"u8.ToArray(), "42"u8.ToArray(), [], [0, 255, 1, 128], "[1,2]"u8.ToArray(), """{"a":1}"""u8.ToArray(), "{\"a\":"u8.ToArray(),
        ];
        foreach (byte[] payload in payloads)
        {
            await _app.PublishAsync("e", payload, retain: true);
            var arrived = await _cloud.OnAsync($"event/default-tenant-id/{Device}");
            arrived.Payload.ShouldBe(payload);
            arrived.QoS.ShouldBe(1);
            arrived.Retain.ShouldBeFalse();
        }

        await _app.PublishAsync("t//child/x", "q"u8.ToArray(), qos: 0);
        (await _cloud.OnAsync("telemetry/default-tenant-id/child/x")).QoS.ShouldBe(0);
        await _app.PublishAsync("plant/a/temp/b/c", "m");
        (await _cloud.OnAsync("dt/a/b/c")).Text.ShouldBe("m");
    }

    [Fact]
    public async Task Edge_19_a_Ditto_message_gains_the_time_of_its_arrival_and_nothing_else()
    {
        await _app.PublishAsync("e", """{ "topic":"test/device/things/live/messages/m", "value":12345678901234567890, "x":1.10 }""");
        string text = (await _cloud.OnAsync($"event/default-tenant-id/{Device}")).Text;
        text.ShouldContain("12345678901234567890");
        text.ShouldContain("1.10");
        long stamp = JsonDocument.Parse(text).RootElement.GetProperty("headers").GetProperty("x-timestamp").GetInt64();
        Math.Abs(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - stamp).ShouldBeLessThan(120_000);
    }

    [Fact]
    public async Task Edge_13_14_15_16_commands_come_in_both_forms_and_the_first_answer_goes_out()
    {
        await _cloud.PublishAsync($"command//{Device}/req/r1/on", """{"brightness":79}""");
        (await _app.OnAsync($"command//{Device}/req/r1/on")).Text.ShouldBe("""{"brightness":79}""");
        (await _app.OnAsync($"c//{Device}/q/r1/on")).Text.ShouldBe("""{"brightness":79}""");
        await _cloud.PublishAsync("command//stranger/req/r2/on", "no");
        await _cloud.PublishAsync("cfg/rate", "7");
        (await _app.OnAsync("local/cfg/rate")).Text.ShouldBe("7");
        _app.Rest().ShouldNotContain(static message => message.Topic.Contains("stranger", StringComparison.Ordinal));
        (await _edge.GetAsync("/metrics")).ShouldContain("""edge_messages_total{dir="in",class="command",result="foreign"} 1""");

        await _app.PublishAsync($"c//{Device}/s/r1/200", "first");
        await _app.PublishAsync($"command//{Device}/res/r1/200", "second");
        await _app.PublishAsync("e", "end");
        (await _cloud.OnAsync($"command//{Device}/res/r1/200")).Text.ShouldBe("first");
        (await _cloud.NextAsync(static message => message.Text is "second" or "end")).Text.ShouldBe("end");
    }

    [Fact]
    public async Task Edge_41_the_device_is_named_online_and_offline()
    {
        const string Answer = """{"deviceId":"test:device","tenantId":"default-tenant-id"}""";
        await _app.PublishAsync("edge/thing/request", "");
        var online = await _app.OnAsync("edge/thing/response");
        (online.Text, online.QoS, online.Retain).ShouldBe((Answer, 0, false));
        await _hub.StopAsync();
        await _app.NextAsync(static message => message.Topic == "edge/connection/remote/status" && message.Text.Contains("CONNECTION_ERROR", StringComparison.Ordinal));
        _app.Rest();
        await _app.PublishAsync("edge/thing/request", "?");
        (await _app.OnAsync("edge/thing/response")).Text.ShouldBe(Answer);
    }

    [Fact]
    public async Task Edge_57_metrics_and_health_answer()
    {
        await _app.PublishAsync("e", "1");
        await _cloud.OnAsync($"event/default-tenant-id/{Device}");
        (await _edge.GetAsync("/healthz")).ShouldBe("alive\n");
        (await _edge.GetAsync("/readyz")).ShouldBe("ready\n");
        string metrics = await _edge.GetAsync("/metrics");
        metrics.ShouldContain("""edge_messages_total{dir="out",class="event",result="stored"} 1""");
        metrics.ShouldContain("""edge_hub_connected{link="hub"} 1""");
        var status = await HubProcess.RunAsync(["edge", "status", "--config", _edge.File]);
        status.ExitCode.ShouldBe(0, status.Errors);
        status.Output.ShouldContain("link hub  connected since");
    }

    [Fact]
    public async Task Edge_59_SIGHUP_takes_new_filters_and_levels_without_a_new_connection()
    {
        const string Twin = """{"topic":"test/device/things/twin/commands/modify","path":"/features/f/properties/n","value":1}""";
        _edge.Settings["topicFilter"] = "commands/modify";
        _edge.Settings["logLevel"] = "DEBUG";
        _edge.Write();
        _edge.Signal(1);
        await _edge.LogLineAsync("settings read again: topicFilter, logLevel in force, none need a restart");
        await _app.PublishAsync("e", Twin);
        await _app.PublishAsync("e", "end");
        await _cloud.OnAsync($"event/default-tenant-id/{Device}");
        _edge.Log.ShouldNotContain("shadow/name/f/update");
        (await _edge.GetAsync("/metrics")).ShouldContain("""edge_hub_reconnects_total{link="hub"} 0""");
        _edge.Settings["topicFilter"] = "(";
        _edge.Write();
        _edge.Signal(1);
        await _edge.LogLineAsync("settings read again and refused: topicFilter");
    }
}
