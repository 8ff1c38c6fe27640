using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Fairlead.Interop.Aws;
using Fairlead.Interop.Aws.Shadows;
using Fairlead.Interop.Drivers;
using Fairlead.Interop.Tools;
using Fairlead.Shared;

namespace Fairlead.Interop.Edge;

/// <summary>mosquitto, <c>fairlead edge</c> and a hub, and an application at the local broker that speaks MQTT.js.</summary>
public sealed class TwinRig : IAsyncDisposable
{
    public const string Device = "test:device";

    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-edge-").FullName;
    private readonly MosquittoBroker _broker = new();
    private readonly List<string> _log = [];
    private DriverProcess? _driver;
    private Process? _edge;

    public AwsHub Aws { get; } = new();

    /// <summary>The local application.</summary>
    public ForeignClient Application { get; private set; } = null!;

    private string EdgeLog
    {
        get
        {
            lock (_log) return string.Join('\n', _log.TakeLast(40));
        }
    }

    /// <summary>Starts everything and waits until the connector says that it is connected.</summary>
    /// <param name="settings">Settings of the connector besides the addresses.</param>
    public async Task StartAsync(Dictionary<string, object> settings)
    {
        Requirements.Need(Foreign.MqttJs);
        Requirements.Need(AwsTool.Boto3);
        await _broker.InitializeAsync();
        _broker.Need();
        await Aws.InitializeAsync();
        var kit = await DeviceKit.IssueAsync("edge", Aws.Hub, _folder);
        _driver = DriverProcess.Start(Foreign.MqttJs);
        Application = await ConnectAsync("application");
        foreach (string filter in new[] { "command///req/#", "edge/connection/remote/status" }) (await Application.SubscribeAsync(filter, 1)).ShouldBe(1);
        var configuration = new Dictionary<string, object>(settings, StringComparer.Ordinal)
        {
            ["address"] = $"mqtts://localhost:{Aws.Hub.Listener("mqtts").Port}",
            ["caCert"] = kit.RootCa,
            ["cert"] = kit.Certificate,
            ["key"] = kit.PrivateKey,
            ["deviceId"] = Device,
            ["localAddress"] = $"tcp://127.0.0.1:{_broker.Port}",
            ["dataDir"] = Path.Combine(_folder, "data"),
            ["logFile"] = "",
            ["logLevel"] = "DEBUG",
            ["metrics.listen"] = "",
            ["reconnectInit"] = 0.1,
            ["reconnectMax"] = 0.5,
        };
        await File.WriteAllTextAsync(Path.Combine(_folder, "edge.json"), JsonSerializer.Serialize(configuration));
        StartEdge();
        await ConnectedAsync();
    }

    /// <summary>Waits until the connector says that its link is up.</summary>
    public async Task ConnectedAsync()
    {
        while (!Parse(await NextAsync("edge/connection/remote/status")).GetProperty("connected").GetBoolean()) { }
    }

    /// <summary>Publishes a twin command.</summary>
    public Task SendAsync(string action, string path, string? value = null, string headers = "{}") =>
        Application.PublishAsync(
            "e", $$"""{"topic":"test/device/things/twin/commands/{{action}}","headers":{{headers}},"path":"{{path}}"{{(value is null ? "" : $",\"value\":{value}")}}}""", 1);

    /// <summary>Publishes a twin command and waits for its answer.</summary>
    public async Task<JsonElement> AskAsync(string action, string path, string? value = null)
    {
        string id = Guid.NewGuid().ToString();
        await SendAsync(action, path, value, $$"""{"correlation-id":"{{id}}","response-required":true,"timeout":"60s"}""");
        while (true)
        {
            var delivery = await NextAsync();
            if (!delivery.Topic.EndsWith("-response", StringComparison.Ordinal)) continue;
            var answer = Parse(delivery.Text);
            if (answer.GetProperty("headers").GetProperty("correlation-id").GetString() == id) return answer;
        }
    }

    /// <summary>The next message on a topic; others before it are passed over.</summary>
    public async Task<string> NextAsync(string topic)
    {
        while (true)
        {
            var delivery = await NextAsync();
            if (delivery.Topic == topic) return delivery.Text;
        }
    }

    /// <summary>The shadows of the device through the HTTP API.</summary>
    public ShadowRoom Shadows => new(Aws, null!, Device);

    /// <summary>State of a shadow at the hub as boto3 sees it; null when there is none.</summary>
    public async Task<string?> StateAsync(string? name)
    {
        object parameters = name is null ? new { thingName = Device } : new { thingName = Device, shadowName = name };
        var answer = await Aws.Boto3.SendAsync("iot-data", "GetThingShadow", parameters);
        if (answer.Result is not { } result) return null;
        var document = Parse(Encoding.UTF8.GetString(result.GetProperty("payload").GetProperty("base64").GetBytesFromBase64()));
        return document.GetProperty("state").GetRawText();
    }

    /// <summary>Kills the connector without a word and starts it anew.</summary>
    public async Task RestartEdgeAsync()
    {
        await KillEdgeAsync();
        StartEdge();
    }

    public async ValueTask DisposeAsync()
    {
        await KillEdgeAsync();
        if (_driver is not null) await _driver.DisposeAsync();
        await Aws.DisposeAsync();
        await _broker.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private async Task<Delivery> NextAsync()
    {
        try
        {
            return await Application.NextAsync();
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}; the connector says:\n{EdgeLog}", late);
        }
    }

    private async Task<ForeignClient> ConnectAsync(string name)
    {
        var client = new ForeignClient(_driver!, new Peer(Foreign.MqttJs, 4), name);
        client.Connected = await _driver!.RequestAsync(
            "connect", name, new { url = $"mqtt://127.0.0.1:{_broker.Port.ToString(CultureInfo.InvariantCulture)}", version = 4, clientId = name, clean = true, keepAlive = 60 });
        client.Connected.Ok.ShouldBeTrue(client.Connected.Error);
        return client;
    }

    private void StartEdge()
    {
        _edge = Process.Start(new ProcessStartInfo(ProgramPath.Find(), ["edge", "run", "-configFile", Path.Combine(_folder, "edge.json")])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = _folder,
        })!;
        _edge.ErrorDataReceived += (_, line) => Note(line.Data);
        _edge.OutputDataReceived += (_, line) => Note(line.Data);
        _edge.BeginErrorReadLine();
        _edge.BeginOutputReadLine();
    }

    private void Note(string? line)
    {
        lock (_log) _log.Add(line ?? "(end)");
    }

    private async Task KillEdgeAsync()
    {
        if (_edge is null) return;
        _edge.Kill();
        await _edge.WaitForExitAsync();
        _edge.Dispose();
        _edge = null;
    }
}
