using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Client.Mqtt;
using Fairlead.Edge.Configuration;
using Fairlead.Edge.Hosting;
using Fairlead.Edge.Logging;

namespace Fairlead.Verbs.Demo.Steps;

/// <summary>An edge connector whose link to the hub is cut: what local applications send waits on its disk, and arrives whole when the link is back.</summary>
internal sealed class EdgeStep : IDemoStep
{
    private const int Count = 50;

    public string Name => "edge";

    public string Title => "An edge connector offline, and back";

    public string Story => $"A connector carries a local broker over one link. The link is cut; {Count} messages wait in its spool on disk; the link comes back, and all arrive in their order.";

    public string Page => "/console/topics?topic=press1/temp";

    public string LookAt => "The topic press1/temp with its count: every message is there, none twice.";

    public async Task RunAsync(DemoStage stage, DemoRecord record, CancellationToken cancellationToken)
    {
        await stage.Shell.RunAsync(record, cancellationToken, "thing", "create", "press1", "--out", Path.Combine(stage.Kits, "press1"), "--no-wait");
        string file = Path.Combine(stage.Folder, "edge.json");
        int port = FreePort();
        await File.WriteAllTextAsync(file, Settings(stage, port), cancellationToken);
        record.Command($"fairlead edge --config {file}");
        await using var log = new LogPump(new StreamSink(new FileStream(Path.Combine(stage.Folder, "edge.log"), FileMode.Create)));
        var configuration = EdgeConfiguration.Load(GoFlags.Parse(["--configFile", file]), static _ => null);
        record.Require(configuration.Options is not null, "the connector takes its configuration", string.Join("; ", configuration.Problems));
        using var loggers = new EdgeLoggerFactory(configuration.Options!.Log, log, TimeProvider.System);
        await using var connector = await EdgeConnector.StartAsync(configuration.Options, _ => configuration, loggers, TimeProvider.System);
        try
        {
            await connector.WhenLocalAsync().WaitAsync(cancellationToken);
            await CutAndHealAsync(stage, record, port, cancellationToken);
        }
        finally
        {
            stage.Relay.Restore();
            await connector.StopAsync("the step ends");
        }
    }

    private static async Task CutAndHealAsync(DemoStage stage, DemoRecord record, int port, CancellationToken cancellationToken)
    {
        await using var observer = await stage.WatchAsync(cancellationToken, "press1/temp");
        var local = new MqttClientOptions { Server = new Uri($"mqtt://127.0.0.1:{port}"), ClientId = "application", Reconnect = null };
        await using var application = await DemoDevice.ConnectAsync(local, cancellationToken, "edge/connection/remote/status");
        await application.NextAsync(static (_, status) => Flag(status, "connected"), cancellationToken);
        record.Check("the connector is linked to the hub");
        record.Deed("a local application publishes on plant/temp; the connector's mapping makes it press1/temp");
        await application.PublishAsync("plant/temp", "0", cancellationToken);
        await observer.NextAsync(static (_, text) => text == "0", cancellationToken);
        record.Check("the hub has it");

        record.Deed("the link is cut");
        stage.Relay.Cut();
        await application.NextAsync(static (_, status) => !Flag(status, "connected"), cancellationToken);
        record.Deed($"the application publishes {Count} messages more; the local broker acknowledges each");
        for (int i = 1; i <= Count; i++) await application.PublishAsync("plant/temp", $"{i}", cancellationToken);
        await application.NextAsync(static (_, status) => Number(status, "buffered") == Count, cancellationToken);
        record.Check($"{Count} messages wait on the connector's disk");

        record.Deed("the link is back");
        long started = Stopwatch.GetTimestamp();
        stage.Relay.Restore();
        for (int i = 1; i <= Count; i++)
        {
            var (_, text) = await observer.NextAsync(static (_, _) => true, cancellationToken);
            record.Require(text == $"{i}", $"message {i} comes next", text);
        }

        record.Check($"all {Count} arrived, in order and once, {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms after the link could be made again");
    }

    private static string Settings(DemoStage stage, int port)
    {
        var kit = stage.KitOf("press1");
        return new JsonObject
        {
            ["address"] = $"mqtts://localhost:{stage.Relay.Port}",
            ["caCert"] = kit.RootCaFile,
            ["cert"] = kit.CertificateFile,
            ["key"] = kit.PrivateKeyFile,
            ["deviceId"] = "demo:press1",
            ["thingName"] = "press1",
            ["clientId"] = "press1",
            ["localAddress"] = $"embedded://127.0.0.1:{port}",
            ["dataDir"] = Path.Combine(stage.Folder, "edge"),
            ["logFile"] = "",
            ["metrics.listen"] = "",
            ["mappings"] = new JsonArray(new JsonObject { ["from"] = "plant/temp", ["to"] = "press1/temp", ["direction"] = "out", ["qos"] = 1 }),
        }.ToJsonString();
    }

    private static bool Flag(string status, string member)
    {
        using var document = JsonDocument.Parse(status);
        return document.RootElement.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.True;
    }

    private static long Number(string status, string member)
    {
        using var document = JsonDocument.Parse(status);
        return document.RootElement.TryGetProperty(member, out var value) && value.TryGetInt64(out long number) ? number : -1;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
