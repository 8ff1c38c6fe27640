using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Fairlead.Chaos.Clients;
using Fairlead.Shared;

namespace Fairlead.Chaos.Edge;

/// <summary>
/// Local mosquitto, connector, relay and hub as processes of their own, with recorders on both sides and one local application that
/// publishes. The device is <c>test:device</c>, the tenant the default one.
/// </summary>
public sealed class EdgeStage : IAsyncDisposable
{
    public const string Device = "test:device";
    public const string TelemetryTopic = "telemetry/default-tenant-id/test:device";
    public const string EventTopic = "event/default-tenant-id/test:device";
    public const string StatusTopic = "edge/connection/remote/status";

    /// <summary>What mosquitto holds safely for an absent or slow connector: its limits are 1,000 and 20 under way.</summary>
    private const int SafeAhead = 600;

    private const string AllowEverything = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""";
    private static readonly TimeSpan Patience = LongForm.Patience;

    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-stage-").FullName;

    private EdgeStage()
    {
    }

    public HubProcess Hub { get; private set; } = null!;

    public MosquittoProcess Local { get; private set; } = null!;

    public Relay Relay { get; private set; } = null!;

    public EdgeProcess Edge { get; private set; } = null!;

    /// <summary>Sees what reaches the hub.</summary>
    public Recorder Cloud { get; private set; } = null!;

    /// <summary>Sees what local applications see.</summary>
    public Recorder Apps { get; private set; } = null!;

    /// <summary>The local application.</summary>
    public PersistentClient App { get; private set; } = null!;

    /// <summary>Sets everything up.</summary>
    /// <param name="settings">Settings of the connector besides the usual ones.</param>
    /// <param name="plain">Whether the connector speaks in the clear, so that the relay can answer in the hub's place.</param>
    /// <param name="linkIsUp">Whether the relay lets it through from the start.</param>
    /// <param name="roomy">Whether mosquitto may hold more than by default, for those who publish faster than it can be taken for a while.</param>
    public static async Task<EdgeStage> StartAsync(Dictionary<string, object>? settings = null, bool plain = false, bool linkIsUp = true, bool roomy = false)
    {
        MosquittoProcess.Need();
        var stage = new EdgeStage();
        try
        {
            await stage.SetUpAsync(settings ?? [], plain, linkIsUp, roomy);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Publishes numbers on the topics in turn, never further ahead of the connector than mosquitto can hold.</summary>
    public async Task PublishAsync(int first, int last, Func<int, string> topic, int qos = 1, int ahead = SafeAhead, Pacer? pace = null)
    {
        for (int n = first; n <= last; n++)
        {
            if (pace is not null) await pace.NextAsync();
            // Counted from the very first: what lies in the spool from before says nothing about what mosquitto holds now.
            if (n % 50 == 0) await UntilTakenAsync(n - ahead, 1);
            (await App.PublishAsync(topic(n), Live.Message(n), qos)).ShouldBeTrue("the local broker should be there");
        }

        if (qos > 0) await App.DrainAsync();
    }

    /// <summary>Publishes numbers at QoS 0 on a connection of their own.</summary>
    public async Task PublishAtMostOnceAsync(int first, int last, string topic)
    {
        await using var client = await RawMqttClient.OpenAsync(Local.Url);
        await client.SendAsync(RawPackets.Connect(4, $"once-{Guid.NewGuid():N}"));
        await client.ReadAsync();
        for (int n = first; n <= last; n++) await client.SendAsync(RawPackets.Publish(4, topic, Live.Message(n)));
        await client.SendAsync(RawPackets.Disconnect());
        await client.ExpectCloseAsync();
    }

    /// <summary>Waits until the connector has taken so many numbers from the first on: they are in its spool or at the hub.</summary>
    public async Task UntilTakenAsync(int count, int first)
    {
        if (count <= 0) return;
        await Wait.UntilAsync(
            async () => await Edge.SampleAsync("edge_spool_messages") is { } buffered
                && buffered + (first <= 1 ? Cloud.DifferentNumbers : Live.Numbers(Cloud.Arrivals).Where(n => n >= first).Distinct().Count()) >= count,
            () => $"the connector should take {count} messages\n{Edge.Tail}",
            Patience);
    }

    public Task UntilConnectedAsync(bool connected = true) =>
        Wait.UntilAsync(async () => await Edge.SampleAsync("edge_hub_connected") == (connected ? 1 : 0), () => $"connected should be {connected}\n{Edge.Tail}", Patience);

    /// <summary>Waits until the numbers are all at the hub, and checks that the first arrival of each keeps the order.</summary>
    public async Task<List<int>> UntilArrivedAsync(IEnumerable<int> numbers, bool inOrder = true)
    {
        var wanted = numbers.ToHashSet();
        // Counting is cheap, looking at each is not.
        await Wait.UntilAsync(() => Cloud.DifferentNumbers >= wanted.Count, () => $"{wanted.Count} numbers should arrive; {Cloud.DifferentNumbers} came\n{Edge.Tail}", Patience);
        await Cloud.UntilAsync(
            arrivals => Live.Numbers(arrivals).Where(wanted.Contains).Distinct().Count() == wanted.Count,
            $"all {wanted.Count} numbers should arrive");
        var arrived = Live.Numbers(Cloud.Arrivals).Where(wanted.Contains).ToList();
        if (inOrder) arrived.Distinct().ShouldBe(arrived.Distinct().Order(), "the first arrivals should ascend");
        return arrived;
    }

    public static int Duplicates(List<int> arrived) => arrived.Count - arrived.Distinct().Count();

    /// <summary>Restarts mosquitto, with its memory lost, and brings the local application back.</summary>
    public async Task RestartLocalAsync()
    {
        await Local.RestartAsync();
        await App.WhenLostAsync();
        App = await NewAppAsync();
    }

    public async Task<HttpClient> HubApiAsync()
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Hub.Http };
        string token = (await File.ReadAllTextAsync(Path.Combine(Hub.DataDirectory, "admin.token"))).Trim();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    public async ValueTask DisposeAsync()
    {
        if (Edge is not null)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(Edge.Tail);
            await Edge.DisposeAsync();
        }

        if (App is not null) await App.DisposeAsync();
        if (Cloud is not null) await Cloud.DisposeAsync();
        if (Apps is not null) await Apps.DisposeAsync();
        if (Relay is not null) await Relay.DisposeAsync();
        if (Local is not null) await Local.DisposeAsync();
        if (Hub is not null) await Hub.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task SetUpAsync(Dictionary<string, object> settings, bool plain, bool linkIsUp, bool roomy)
    {
        Hub = await HubProcess.StartAsync(new HubSettings { Listen = ["mqtt://127.0.0.1:0", "mqtts://127.0.0.1:0", "http://127.0.0.1:0"] });
        Local = await MosquittoProcess.StartAsync(roomy ? static port => string.Create(CultureInfo.InvariantCulture, $"max_queued_messages 200000\nlistener {port} 127.0.0.1") : null);
        Relay = new Relay(plain ? Hub.Mqtt.Port : Hub.Listener("mqtts").Port);
        if (!linkIsUp) Relay.Reset();
        Cloud = await Recorder.StartAsync(Hub.Mqtt, "cloud-recorder", "#", "$aws/things/+/shadow/name/+/update");
        Apps = await Recorder.StartAsync(Local.Url, "local-recorder", "edge/#", "command/#", "c/#", "error/#", "e/#");
        App = await NewAppAsync();
        var all = new Dictionary<string, object>
        {
            ["address"] = $"{(plain ? "tcp" : "tls")}://localhost:{Relay.Port}",
            ["deviceId"] = Device,
            ["localAddress"] = $"tcp://127.0.0.1:{Local.Port}",
            ["rate.profile"] = "none",
            ["reconnectMax"] = 2,
            ["keepAlive"] = 10,
        };
        await IssueAsync(all);
        foreach (var (name, value) in settings) all[name] = value;
        Edge = await EdgeProcess.StartAsync(all);
        await Wait.UntilAsync(async () => await Edge.SampleAsync("edge_local_connected") == 1, () => $"the local side should stand\n{Edge.Tail}", Patience);
        await Local.UntilSubscribedAsync();
        if (linkIsUp) await UntilConnectedAsync();
    }

    private async Task<PersistentClient> NewAppAsync()
    {
        var app = new PersistentClient(level: 4, $"app-{Guid.NewGuid():N}") { BearsSilence = true };
        await app.ConnectAsync(Local.Url);
        return app;
    }

    private async Task IssueAsync(Dictionary<string, object> settings)
    {
        using var http = await HubApiAsync();
        using var answer = await http.PostAsync("/keys-and-certificate?setAsActive=true", null);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        using var made = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var root = made.RootElement;
        settings["cert"] = Path.Combine(_folder, "device.pem");
        settings["key"] = Path.Combine(_folder, "device.key");
        settings["caCert"] = Path.Combine(Hub.DataDirectory, "pki", "ca.cert.pem");
        await File.WriteAllTextAsync((string)settings["cert"], root.GetProperty("certificatePem").GetString());
        await File.WriteAllTextAsync((string)settings["key"], root.GetProperty("keyPair").GetProperty("PrivateKey").GetString());
        using var created = await http.PostAsync("/policies/everything", Json(new { policyDocument = AllowEverything }));
        created.IsSuccessStatusCode.ShouldBeTrue(await created.Content.ReadAsStringAsync());
        using var attached = await http.PutAsync("/target-policies/everything", Json(new { target = root.GetProperty("certificateArn").GetString() }));
        attached.IsSuccessStatusCode.ShouldBeTrue(await attached.Content.ReadAsStringAsync());
        using var thing = await http.PostAsync($"/things/{Uri.EscapeDataString(Device)}", Json(new { }));
        thing.IsSuccessStatusCode.ShouldBeTrue(await thing.Content.ReadAsStringAsync());
    }

    private static StringContent Json(object body) => new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
}
