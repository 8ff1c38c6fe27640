using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Fairlead.Interop.Tools;
using Fairlead.Shared;

namespace Fairlead.Interop.Rules;

/// <summary>A hub whose rules write to servers of others; rules are made over its HTTP API, messages come over MQTT.</summary>
public sealed class RulesHub : IAsyncDisposable
{
    private readonly HttpClient _api;

    private RulesHub(HubProcess hub, HttpClient api) => (Hub, _api) = (hub, api);

    public HubProcess Hub { get; }

    public static async Task<RulesHub> StartAsync(params string[] settings)
    {
        // A crowded machine may take a while to bring a server back.
        var hub = await HubProcess.StartAsync(new HubSettings
        {
            Listen = ["mqtt://127.0.0.1:0", "tls://127.0.0.1:0", "http://127.0.0.1:0"],
            Arguments = [.. settings.Prepend("Rules:TargetPatience=10m").SelectMany(setting => new[] { "--set", setting })],
        });
        var address = new UriBuilder(hub.Listener("tls")) { Scheme = "https", Host = "localhost", Path = "/" }.Uri;
        var api = Trusting.Client(Path.Combine(hub.DataDirectory, "pki", "ca.cert.pem"), address);
        var token = await File.ReadAllTextAsync(Path.Combine(hub.DataDirectory, "admin.token"));
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
        return new RulesHub(hub, api);
    }

    /// <summary>Makes a rule and returns the status with the body.</summary>
    public async Task<(int Status, string Body)> TryCreateAsync(string name, string sql, object action)
    {
        var payload = JsonSerializer.Serialize(new { sql, awsIotSqlVersion = "2016-03-23", actions = new[] { action } });
        using var content = new StringContent(payload, Encoding.UTF8, "application/json");
        using var answer = await _api.PostAsync($"/rules/{name}", content);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async Task CreateAsync(string name, string sql, object action)
    {
        var (status, body) = await TryCreateAsync(name, sql, action);
        status.ShouldBe(200, body);
    }

    /// <summary>Counters of a rule.</summary>
    public async Task<JsonElement> StatsAsync(string name) => await GetAsync($"/v1/rules/{name}/stats");

    /// <summary>Any document of the API.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var document = JsonDocument.Parse(await _api.GetStringAsync(path));
        return document.RootElement.Clone();
    }

    /// <summary>Asks for a document again and again until it is as wanted.</summary>
    public async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> wanted, TimeSpan longest)
    {
        using var deadline = new CancellationTokenSource(longest);
        while (true)
        {
            var document = await GetAsync(path);
            if (wanted(document)) return document;
            if (deadline.IsCancellationRequested) Assert.Fail($"{path} stayed {document}\n{string.Join('\n', Hub.Log.Split('\n').TakeLast(20))}");
            // Leaves the machine to those who are waited for.
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }

    /// <summary>The series of a metric of a rule, without its name and rule.</summary>
    public async Task<IReadOnlyList<string>> SeriesAsync(string metric, string rule)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Hub.Http };
        var page = await http.GetStringAsync("/metrics");
        var start = $"{metric}{{rule=\"{rule}\"";
        return [.. page.Split('\n').Where(line => line.StartsWith(start, StringComparison.Ordinal)).Select(line => line[start.Length..].TrimStart(','))];
    }

    /// <summary>Publishes objects <c>{"id":N}</c> at QoS 1 and waits until each is acknowledged.</summary>
    public async Task PublishAsync(string topic, int from, int to)
    {
        await using var client = await RawMqttClient.OpenAsync(Hub.Mqtt);
        await client.SendAsync(RawPackets.Connect(4, $"p{Guid.NewGuid():N}"[..20]));
        ((RawType)(await client.ReadAsync()).Type).ShouldBe(RawType.ConnAck);
        const int Window = 200;
        for (int first = from; first < to; first += Window)
        {
            int count = Math.Min(Window, to - first);
            var bytes = new List<byte>(count * 64);
            for (int i = 0; i < count; i++) bytes.AddRange(RawPackets.Publish(4, topic, $$"""{"id":{{first + i}}}""", qos: 1, id: i + 1));
            await client.SendAsync([.. bytes]);
            for (int i = 0; i < count; i++) ((RawType)(await client.ReadAsync()).Type).ShouldBe(RawType.PubAck);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await Hub.DisposeAsync();
    }
}
