using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Shared;

namespace Fairlead.Interop.Azure;

/// <summary>
/// A hub with the listeners that the packages for Azure IoT Hub need, on an address of its own: some of their transports take port 443 and no
/// other. Shared by tests, which keep apart by device ids.
/// </summary>
public sealed class AzureHub : IAsyncLifetime
{
    private static int _addresses = Random.Shared.Next(1, 200);
    private HttpClient? _http;

    /// <summary>Further arguments of the hub, for tests that start one of their own.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    public HubProcess Hub { get; private set; } = null!;

    /// <summary>The packages.</summary>
    public AzureDriver Driver { get; private set; } = null!;

    /// <summary>Address of all listeners.</summary>
    public string Address { get; } = $"127.{Environment.ProcessId % 200 + 20}.{Environment.ProcessId / 200 % 250}.{Interlocked.Increment(ref _addresses) % 250 + 2}";

    /// <summary>The hub's authority.</summary>
    public string Ca => Path.Combine(Hub.DataDirectory, "pki", "ca.cert.pem");

    /// <summary>Port of <c>amqps://</c>.</summary>
    public int Amqps => Hub.Listener("amqps").Port;

    /// <summary>The https port, for the administration token.</summary>
    public HttpClient Administrator => _http!;

    public async ValueTask InitializeAsync()
    {
        Hub = await HubProcess.StartAsync(new HubSettings
        {
            Listen =
            [
                $"amqps://{Address}:0", $"amqp://{Address}:0", $"tls://{Address}:443", $"mqtts://{Address}:0", $"mqtt://{Address}:0", $"http://{Address}:0",
            ],
            Arguments = ["--set", $"Tls:Names={Address}", .. Arguments],
        });
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Hub.Http };
        var token = (await File.ReadAllTextAsync(Path.Combine(Hub.DataDirectory, "admin.token"))).Trim();
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Driver = AzureDriver.Start(Ca);
    }

    /// <summary>A connection string of a policy, for AMQP on its own port, or for all that goes to 443.</summary>
    public async Task<string> PolicyAsync(string name, bool withPort = false)
    {
        var policy = JsonNode.Parse(await _http!.GetStringAsync($"/v1/iothub/policies/{name}"))!;
        return $"HostName={Host(withPort)};SharedAccessKeyName={name};SharedAccessKey={policy["primaryKey"]!.GetValue<string>()}";
    }

    /// <summary>Makes a device. Returns its connection string.</summary>
    public async Task<string> DeviceAsync(string id, bool withPort = true)
    {
        var identity = await CreateAsync(id);
        return $"HostName={Host(withPort)};DeviceId={id};SharedAccessKey={KeyOf(identity)}";
    }

    /// <summary>Makes a device, or a module with <c>device/modules/module</c>. Returns its identity.</summary>
    public async Task<JsonNode> CreateAsync(string id, object? authentication = null)
    {
        var parts = id.Split("/modules/");
        var path = string.Join("/modules/", parts.Select(Uri.EscapeDataString));
        var body = JsonSerializer.Serialize(parts.Length == 1 ? (object)new { deviceId = id, authentication } : new { deviceId = parts[0], moduleId = parts[1], authentication });
        using var answer = await ServiceAsync(HttpMethod.Put, $"/devices/{path}", body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>A call of the service API as the owner.</summary>
    public async Task<HttpResponseMessage> ServiceAsync(HttpMethod method, string path, string? body = null, string? ifMatch = null)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        using var http = new HttpClient(handler) { BaseAddress = new Uri($"https://{Address}:443") };
        using var request = new HttpRequestMessage(method, path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "api-version=2021-04-12");
        request.Headers.TryAddWithoutValidation("Authorization", await PolicyTokenAsync("iothubowner", Address));
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        var answer = await http.SendAsync(request);
        await answer.Content.LoadIntoBufferAsync();
        return answer;
    }

    /// <summary>A token of a policy.</summary>
    public async Task<string> PolicyTokenAsync(string name, string resource, TimeSpan? life = null)
    {
        var policy = JsonNode.Parse(await _http!.GetStringAsync($"/v1/iothub/policies/{name}"))!;
        return Token(resource, policy["primaryKey"]!.GetValue<string>(), name, life);
    }

    /// <summary>A token.</summary>
    public static string Token(string resource, string key, string? policy = null, TimeSpan? life = null)
    {
        var encoded = Uri.EscapeDataString(resource);
        var expiry = DateTimeOffset.UtcNow.Add(life ?? TimeSpan.FromHours(1)).ToUnixTimeSeconds();
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes($"{encoded}\n{expiry}")));
        return $"SharedAccessSignature sr={encoded}&sig={Uri.EscapeDataString(signature)}&se={expiry}" + (policy is null ? "" : $"&skn={policy}");
    }

    /// <summary>The value of a field of a connection string.</summary>
    public static string Field(string connectionString, string name) =>
        connectionString.Split(';').Select(static part => part.Split('=', 2)).First(part => part[0] == name)[1];

    /// <summary>The primary key of an identity.</summary>
    public static string KeyOf(JsonNode identity) => identity["authentication"]!["symmetricKey"]!["primaryKey"]!.GetValue<string>();

    public async ValueTask DisposeAsync()
    {
        if (Driver is not null) await Driver.DisposeAsync();
        _http?.Dispose();
        if (Hub is not null) await Hub.DisposeAsync();
    }

    private string Host(bool withPort) => withPort ? $"{Address}:{Amqps}" : Address;
}
