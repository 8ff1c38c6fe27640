using Fairlead.Shared;

namespace Fairlead.Interop.Edge;

/// <summary>Start, end, and everything that may be missing meanwhile.</summary>
public sealed class LifecycleTests
{
    private const string Device = "test:device";
    private const string StatusTopic = "edge/connection/remote/status";

    [Fact]
    public async Task Edge_6_23_38_40_a_device_that_boots_offline_loses_nothing()
    {
        int hubPort = FreePort.Take();
        await using var local = LocalBroker.Create();
        await using var edge = Edge(local, $"tcp://127.0.0.1:{hubPort}").Start();
        await edge.LogLineAsync("connection refused"); // the local broker is not there yet
        await local.StartAsync();
        await edge.LogLineAsync("takes messages");
        await using var app = await Listener.ConnectAsync(local.Url, "edge/#");
        for (int n = 0; n < 200; n++) await app.PublishAsync("e", $"{n}");
        var status = await app.NextAsync(static message => message.Topic == StatusTopic && message.Text.Contains("CONNECTION_ERROR", StringComparison.Ordinal));
        status.Text.ShouldStartWith("""{"connected":false,"timestamp":""");
        status.Text.ShouldContain("\"attempt\":");

        await using var hub = await HubProcess.StartAsync(new HubSettings { Listen = ["mqtt://127.0.0.1:0"] });
        await using var cloud = await Listener.ConnectAsync(hub.Mqtt, "event/#");
        await edge.KillAsync(); // kill -9 with everything in the spool
        edge.Settings["address"] = $"tcp://127.0.0.1:{hub.Mqtt.Port}";
        edge.Write();
        edge.Start();
        for (int n = 0; n < 200; n++) (await cloud.NextAsync()).Text.ShouldBe($"{n}");
        var up = await app.NextAsync(static message => message.Topic == StatusTopic && message.Text.StartsWith("""{"connected":true""", StringComparison.Ordinal));
        up.Text.ShouldNotContain("cause");
        (await edge.StopAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Edge_39_a_kill_leaves_the_will_and_SIGTERM_one_goodbye()
    {
        await using var local = await LocalBroker.Create().StartAsync();
        await using var hub = await HubProcess.StartAsync();
        await using var edge = Edge(local, $"tcp://127.0.0.1:{hub.Mqtt.Port}").Start();
        await using var app = await Listener.ConnectAsync(local.Url, StatusTopic);
        await app.NextAsync(static message => message.Text.StartsWith("""{"connected":true""", StringComparison.Ordinal));
        await edge.KillAsync();
        (await app.NextAsync(static message => message.Text.Contains("CONNECTION_UNKNOWN", StringComparison.Ordinal))).Text
            .ShouldBe("""{"connected":false,"cause":"CONNECTION_UNKNOWN"}""");
        edge.Start();
        await app.NextAsync(static message => message.Text.StartsWith("""{"connected":true""", StringComparison.Ordinal));
        (await edge.StopAsync()).ShouldBe(0);
        await app.NextAsync(static message => message.Text.Contains("CONNECTION_CLOSED", StringComparison.Ordinal));
        await app.PublishAsync(StatusTopic, "end");
        (await app.NextAsync(static message => message.Text == "end" || message.Text.Contains("CONNECTION_CLOSED", StringComparison.Ordinal))).Text.ShouldBe("end");
    }

    [Fact]
    public async Task Edge_16_a_second_signal_ends_it_at_once()
    {
        await using var local = await LocalBroker.Create().StartAsync();
        await using var cloud = await SilentHub.StartAsync();
        await using var edge = Edge(local, $"tcp://127.0.0.1:{cloud.Port}", ("shutdownTimeout", 600)).Start();
        await edge.LogLineAsync("session new link=hub");
        await using var app = await Listener.ConnectAsync(local.Url);
        await app.PublishAsync("e", "never acknowledged");
        await cloud.PublishSeenAsync();
        edge.Signal(15);
        await edge.LogLineAsync("stopping: SIGTERM");
        edge.Signal(2);
        (await edge.EndAsync()).ShouldBe(130);
    }

    [Fact]
    public async Task Edge_2_3_5_a_wrong_start_ends_with_its_exit_code()
    {
        (await HubProcess.RunAsync(["edge", "-nonsense"])).ExitCode.ShouldBe(2);
        (await HubProcess.RunAsync(["edge", "-address", "nowhere"])).ExitCode.ShouldBe(2);
        (await HubProcess.RunAsync(["edge", "-h"])).ExitCode.ShouldBe(0);
        (await HubProcess.RunAsync(["edge", "-version"])).Output.ShouldStartWith("fairlead-edge ");
        var noCertificate = await HubProcess.RunAsync(["edge", "-address", "mqtts://localhost:1"]);
        noCertificate.ExitCode.ShouldBe(1);
        noCertificate.Errors.ShouldContain("cert: must name the device certificate");
        var check = await HubProcess.RunAsync(["edge", "check-config", "--json", "-address", "tcp://localhost:1"]);
        check.ExitCode.ShouldBe(1);
        check.Output.ShouldContain("\"valid\": false");
        (await HubProcess.RunAsync(["edge", "status", "-metrics.listen", $"127.0.0.1:{FreePort.Take()}"])).ExitCode.ShouldBe(4);
    }

    [Fact]
    public async Task Edge_7_8_9_stock_mosquitto_with_client_certificates_will_do_as_the_cloud()
    {
        await using var local = await LocalBroker.Create().StartAsync();
        await using var cloud = await LocalBroker.Create(tls: true).StartAsync();
        await using var edge = new EdgeRun(new Dictionary<string, object>
        {
            ["address"] = $"mqtts://localhost:{cloud.Port}",
            ["localAddress"] = local.Url.OriginalString,
            ["caCert"] = cloud.CaFile,
            ["cert"] = cloud.Certificate("device"),
            ["key"] = cloud.Key("device"),
            ["alpn"] = new[] { "mqtt" },
        }).Start();
        await edge.LogLineAsync("session new link=hub");
        (await edge.GetAsync("/status")).ShouldContain("\"connected\":true");
        await using var app = await Listener.ConnectAsync(local.Url);
        await app.PublishAsync("e", "over TLS");
        await edge.LogLineAsync("link=hub");

        // The certificate is replaced: the link comes back with it, nobody asked.
        File.AppendAllText(cloud.Certificate("device"), "\n");
        await edge.LogLineAsync("changed: the link connects anew");
        await edge.LogLineAsync("connected to localhost", times: 2);
        (await edge.StopAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Edge_11_the_embedded_broker_acknowledges_when_the_spool_has_it()
    {
        int port = FreePort.Take();
        await using var hub = await HubProcess.StartAsync();
        await using var edge = new EdgeRun(new Dictionary<string, object>
        {
            ["address"] = $"tcp://127.0.0.1:{hub.Mqtt.Port}",
            ["localAddress"] = $"embedded://127.0.0.1:{port}",
            ["deviceId"] = Device,
            ["reconnectMax"] = 1,
        }).Start();
        await edge.LogLineAsync("session new link=hub");
        await hub.StopAsync();
        await using var app = await Listener.ConnectAsync(new Uri($"mqtt://127.0.0.1:{port}"), "edge/#");
        for (int n = 0; n < 50; n++) await app.PublishAsync("t", $"{n}"); // each returns with its PUBACK
        await edge.KillAsync();
        await hub.RestartAsync();
        await using var cloud = await Listener.ConnectAsync(hub.Mqtt, "telemetry/#");
        edge.Start();
        for (int n = 0; n < 50; n++) (await cloud.NextAsync()).Text.ShouldBe($"{n}");
    }

    private static EdgeRun Edge(LocalBroker local, string address, params (string Key, object Value)[] more)
    {
        var settings = new Dictionary<string, object>
        {
            ["address"] = address,
            ["localAddress"] = local.Url.OriginalString,
            ["deviceId"] = Device,
            ["reconnectMax"] = 2,
            ["twin.enabled"] = false,
        };
        foreach (var (key, value) in more) settings[key] = value;
        return new EdgeRun(settings);
    }
}
