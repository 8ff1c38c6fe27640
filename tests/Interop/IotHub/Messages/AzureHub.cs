using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fairlead.Shared;

namespace Fairlead.Interop.IotHub.Messages;

/// <summary>
/// A hub for the Azure SDKs, shared by the tests of messages: they keep apart by device ids. Some transports of the SDKs know port 443 alone;
/// it has an address of its own for it, so that it can run beside others.
/// </summary>
public sealed class AzureHub : IAsyncLifetime
{
    /// <summary>Address of the port 443.</summary>
    public const string Address = "127.7.2.1";

    private static int _lastDevice;
    private readonly HttpClient _administrator = new(new SocketsHttpHandler { UseProxy = false });
    private readonly List<AzureSdk> _sdks = [];
    private string _ownerKey = "";

    public HubProcess Hub { get; private set; } = null!;

    /// <summary>The hub's authority, PEM.</summary>
    public string Ca { get; private set; } = "";

    /// <summary>File of the same.</summary>
    public string CaFile => Path.Combine(Hub.DataDirectory, "pki", "ca.cert.pem");

    /// <summary>A client of the Azure-shaped HTTP API without a token of its own.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>Connection string of the owner policy for the service SDK, which knows port 443 alone.</summary>
    public string Service => $"HostName={Address};SharedAccessKeyName=iothubowner;SharedAccessKey={_ownerKey}";

    public async ValueTask InitializeAsync()
    {
        Hub = await HubProcess.StartAsync(new HubSettings
        {
            Listen = ["mqtt://127.0.0.1:0", "mqtts://127.0.0.1:0", $"tls://{Address}:443", "ws://127.0.0.1:0/mqtt", "http://127.0.0.1:0"],
            Arguments = ["--set", $"Tls:Names={Address}"],
        });
        _administrator.BaseAddress = Hub.Http;
        var token = (await File.ReadAllTextAsync(Path.Combine(Hub.DataDirectory, "admin.token"))).Trim();
        _administrator.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var policy = JsonDocument.Parse(await _administrator.GetStringAsync("/v1/iothub/policies/iothubowner"));
        _ownerKey = policy.RootElement.GetProperty("primaryKey").GetString()!;
        Ca = await File.ReadAllTextAsync(CaFile);
        Http = Trusting();
    }

    /// <summary>Creates a device.</summary>
    public async Task<AzureDevice> CreateDeviceAsync(string? id = null)
    {
        id ??= $"dev{Environment.ProcessId:x}-{Interlocked.Increment(ref _lastDevice):x}";
        var created = await SendAsync(HttpMethod.Put, $"/devices/{Uri.EscapeDataString(id)}", JsonContent.Create(new { deviceId = id }));
        created.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK, await created.Content.ReadAsStringAsync());
        using var device = JsonDocument.Parse(await created.Content.ReadAsStringAsync());
        return new AzureDevice(this, id, device.RootElement.GetProperty("authentication").GetProperty("symmetricKey").GetProperty("primaryKey").GetString()!);
    }

    /// <summary>A request with a token of the owner policy.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string target, HttpContent? content = null, params (string Name, string Value)[] headers) =>
        SendAsync(TokenOf(Address, _ownerKey, "iothubowner"), method, target, content, headers);

    /// <summary>A request with any token.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        string token, HttpMethod method, string target, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri($"https://{Address}{target}{(target.Contains('?', StringComparison.Ordinal) ? '&' : '?')}api-version=2021-04-12"));
        request.Content = content;
        request.Headers.TryAddWithoutValidation("Authorization", token);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request);
    }

    /// <summary>Sends a cloud-to-device message over the hub's own HTTP operation.</summary>
    public async Task SendToDeviceAsync(string deviceId, string body, params (string Name, string Value)[] headers)
    {
        var answer = await SendAsync(HttpMethod.Post, $"/devices/{Uri.EscapeDataString(deviceId)}/messages/devicebound", new StringContent(body), headers);
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>A SAS token.</summary>
    public static string TokenOf(string resource, string key, string? policy = null, DateTimeOffset? expiry = null)
    {
        var sr = Uri.EscapeDataString(resource);
        var se = (expiry ?? DateTimeOffset.UtcNow.AddHours(1)).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes($"{sr}\n{se}")));
        return $"SharedAccessSignature sr={sr}&sig={Uri.EscapeDataString(signature)}&se={se}{(policy is null ? "" : $"&skn={policy}")}";
    }

    /// <summary>The SDK of this hub's tests, started with the first one.</summary>
    public AzureSdk StartSdk()
    {
        var sdk = AzureSdk.Start(CaFile);
        lock (_sdks) _sdks.Add(sdk);
        return sdk;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sdk in _sdks) await sdk.DisposeAsync();
        _administrator.Dispose();
        Http?.Dispose();
        if (Hub is not null) await Hub.DisposeAsync();
    }

    private HttpClient Trusting()
    {
        var authority = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(Ca);
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            using var chain = new System.Security.Cryptography.X509Certificates.X509Chain();
            chain.ChainPolicy.RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck;
            chain.ChainPolicy.TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.Add(authority);
            return certificate is System.Security.Cryptography.X509Certificates.X509Certificate2 server && chain.Build(server);
        };
        return new HttpClient(handler);
    }
}
