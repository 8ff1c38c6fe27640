using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Fairlead.Shared;

namespace Fairlead.Chaos.Gateway;

/// <summary>A hub, a gateway before it and a consumer of its events, each a process of its own.</summary>
internal sealed class GatewayStage : IAsyncDisposable
{
    private const string Host = "hub.test";
    private const int BulkSize = 100;

    private string _deviceKey = "";
    private HttpClient _administrator = null!;

    private GatewayStage(HubProcess hub) => Hub = hub;

    public HubProcess Hub { get; }

    public GatewayProcess Gateway { get; private set; } = null!;

    public EventReader Reader { get; private set; } = null!;

    /// <summary>Starts all three, with devices <c>d0</c>, <c>d1</c>, ... registered.</summary>
    /// <param name="devices">How many.</param>
    /// <param name="byPolicy">Whether the gateway serves devices without tokens.</param>
    /// <param name="settings">Further settings of the gateway.</param>
    public static async Task<GatewayStage> StartAsync(int devices, bool byPolicy, params (string Key, string Value)[] settings)
    {
        var stage = new GatewayStage(await HubProcess.StartAsync(new HubSettings { Listen = ["amqp://127.0.0.1:0", "http://127.0.0.1:0"] }));
        try
        {
            stage._administrator = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = stage.Hub.Http };
            var token = (await File.ReadAllTextAsync(Path.Combine(stage.Hub.DataDirectory, "admin.token"))).Trim();
            stage._administrator.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            stage._deviceKey = await stage.KeyAsync("device");
            await stage.RegisterAsync(devices);
            (string Key, string Value)[] policy = byPolicy
                ? [("SharedAccessPolicyKeyEnabled", "true"), ("AccessPolicyName", "device"), ("AccessPolicyKey", stage._deviceKey)]
                : [];
            stage.Gateway = await GatewayProcess.StartAsync(
            [
                ("IoTHubHostName", Host), ("HubAddress", stage.Hub.Listener("amqp").ToString()), ("CloudMessagesEnabled", "true"), ("DirectMethodEnabled", "true"),
                // The fleets send as fast as they are answered: on a fast machine more than one device may.
                ("ReconnectInit", "0.05"), ("ReconnectMax", "0.5"), ("AuthorisationRate", "2000"), ("DeviceRateLimit", "0"), .. policy, .. settings,
            ]);
            stage.Reader = await stage.ReadAsync();
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>A token of a device, made from the hub's policy for devices.</summary>
    /// <param name="device">Device.</param>
    /// <param name="life">How long it lasts.</param>
    /// <param name="genuine">Whether it is signed with the key.</param>
    public string Token(string device, TimeSpan life, bool genuine = true) =>
        Sign($"{Host}/devices/{device}", genuine ? _deviceKey : Convert.ToBase64String(new byte[32]), "device", life);

    /// <summary>A further consumer, from the oldest event on.</summary>
    public async Task<EventReader> ReadAsync() =>
        await EventReader.StartAsync(Hub.Listener("amqp"), Sign(Host, await KeyAsync("service"), "service", TimeSpan.FromHours(2)));

    /// <summary>Sends a message to a device, and expects the hub to take it.</summary>
    public async Task SendAsync(string device, string name, int size = 0)
    {
        using var body = new StringContent(name + new string('.', size));
        using var answer = await _administrator.PostAsync($"/devices/{device}/messages/devicebound", body);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (Reader is not null) await Reader.DisposeAsync();
        if (Gateway is not null) await Gateway.DisposeAsync();
        _administrator?.Dispose();
        await Hub.DisposeAsync();
    }

    private static string Sign(string resource, string key, string policy, TimeSpan life)
    {
        var encoded = Uri.EscapeDataString(resource);
        var expiry = TimeProvider.System.GetUtcNow().Add(life).ToUnixTimeSeconds();
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(FormattableString.Invariant($"{encoded}\n{expiry}"))));
        return FormattableString.Invariant($"SharedAccessSignature sr={encoded}&sig={Uri.EscapeDataString(signature)}&se={expiry}&skn={policy}");
    }

    private async Task<string> KeyAsync(string policy) =>
        (string)JsonNode.Parse(await _administrator.GetStringAsync($"/v1/iothub/policies/{policy}"))!["primaryKey"]!;

    private async Task RegisterAsync(int devices)
    {
        foreach (var group in Enumerable.Range(0, devices).Chunk(BulkSize))
        {
            var entries = string.Join(',', group.Select(static n => FormattableString.Invariant($$"""{"id":"d{{n}}","importMode":"create"}""")));
            using var answer = await _administrator.PostAsync("/devices", new StringContent($"[{entries}]", Encoding.UTF8, "application/json"));
            answer.IsSuccessStatusCode.ShouldBeTrue($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }
}
