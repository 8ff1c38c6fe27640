using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Interop.Aws;
using Fairlead.Shared;

namespace Fairlead.Interop.Azure.Registry;

/// <summary>A hub whose https port is 443, the only one that the service SDK takes, on an address of its own. Shared by tests, which keep apart by device ids.</summary>
public sealed class RegistryHub : IAsyncLifetime
{
    private static int _addresses;
    private HttpClient? _http;
    private AwsApi? _aws;

    public HubProcess Hub { get; private set; } = null!;

    /// <summary>The packages.</summary>
    public RegistryDriver Driver { get; private set; } = null!;

    /// <summary>Address of all listeners.</summary>
    public string Address { get; } = $"127.{Interlocked.Increment(ref _addresses) + 2}.{Environment.ProcessId / 250 % 250}.{(Environment.ProcessId % 250) + 2}";

    /// <summary>Connection string of the policy that may do everything.</summary>
    public string Owner { get; private set; } = "";

    /// <summary>The hub's authority.</summary>
    public string Ca => Path.Combine(Hub.DataDirectory, "pki", "ca.cert.pem");

    /// <summary>The http port with the administration token.</summary>
    public HttpClient Administrator => _http!;

    /// <summary>boto3 as administrator, started when first asked for.</summary>
    public AwsApi Aws => _aws!;

    public async ValueTask InitializeAsync()
    {
        Hub = await HubProcess.StartAsync(new HubSettings
        {
            Listen = [$"tls://{Address}:443", $"mqtts://{Address}:0", $"mqtt://{Address}:0", $"http://{Address}:0"],
            Arguments = ["--set", $"Tls:Names={Address}"],
        });
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Hub.Http };
        var token = (await File.ReadAllTextAsync(Path.Combine(Hub.DataDirectory, "admin.token"))).Trim();
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Owner = await PolicyAsync("iothubowner");
        Driver = RegistryDriver.Start(Ca);
        using var list = JsonDocument.Parse(await _http.GetStringAsync("/v1/keys"));
        var id = list.RootElement.GetProperty("keys")[0].GetProperty("id").GetString()!;
        using var key = JsonDocument.Parse(await _http.GetStringAsync($"/v1/keys/{id}"));
        _aws = AwsApi.Start(AwsTool.Boto3, new AwsLogin($"https://{Address}", id, key.RootElement.GetProperty("secret").GetString()!) { Ca = Ca });
    }

    /// <summary>Connection string of a policy.</summary>
    public async Task<string> PolicyAsync(string name)
    {
        var policy = JsonNode.Parse(await _http!.GetStringAsync($"/v1/iothub/policies/{name}"))!;
        return $"HostName={Address};SharedAccessKeyName={name};SharedAccessKey={policy["primaryKey"]!.GetValue<string>()}";
    }

    /// <summary>Makes a device. Returns its connection string for a listener.</summary>
    /// <param name="id">Device.</param>
    /// <param name="scheme">Scheme of the listener; 443 otherwise.</param>
    public async Task<string> DeviceAsync(string id, string? scheme = null)
    {
        var device = (await Driver.RegistryAsync(Owner, "create", new { deviceId = id }))!;
        string host = scheme is null ? Address : $"{Address}:{Hub.Listener(scheme).Port}";
        return $"HostName={host};DeviceId={id};SharedAccessKey={device["authentication"]!["symmetricKey"]!["primaryKey"]!.GetValue<string>()}";
    }

    /// <summary>A request to the https port.</summary>
    public async Task<(int Status, JsonNode? Body, HttpResponseMessage Answer)> SendAsync(HttpMethod method, string path, string? token, string? body = null, string? ifMatch = null)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        using var http = new HttpClient(handler) { BaseAddress = new Uri($"https://{Address}") };
        using var request = new HttpRequestMessage(method, path);
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", token);
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length > 0 ? JsonNode.Parse(text) : null, answer);
    }

    /// <summary>A token, signed the way of spec/azure-gateway, section 5.1.</summary>
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

    public async ValueTask DisposeAsync()
    {
        if (Driver is not null) await Driver.DisposeAsync();
        if (_aws is not null) await _aws.DisposeAsync();
        _http?.Dispose();
        if (Hub is not null) await Hub.DisposeAsync();
    }
}
