using System.Net.Http.Headers;
using System.Text.Json;
using Fairlead.Shared;

namespace Fairlead.Interop.Aws;

/// <summary>
/// A hub in the standard profile with every listener, shared by the tests of the HTTP API: they keep apart by names. boto3 and the
/// JavaScript SDK call its tls:// port with the key that it made at its first start.
/// </summary>
public sealed class AwsHub : IAsyncLifetime
{
    private HttpClient? _http;

    /// <summary>Further arguments of the hub, for tests that start one of their own.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    public HubProcess Hub { get; private set; } = null!;

    /// <summary>boto3 as administrator.</summary>
    public AwsApi Boto3 { get; private set; } = null!;

    /// <summary>AWS SDK for JavaScript as administrator.</summary>
    public AwsApi JavaScript { get; private set; } = null!;

    /// <summary>The first key, over TLS.</summary>
    public AwsLogin Login { get; private set; } = null!;

    /// <summary>The hub's authority.</summary>
    public string Ca => Path.Combine(Hub.DataDirectory, "pki", "ca.cert.pem");

    /// <summary>The tls:// port as an https address.</summary>
    public Uri Https => new UriBuilder(Hub.Listener("tls")) { Scheme = "https", Host = "localhost", Path = "/" }.Uri;

    /// <summary>The http:// port with the administration token, for /v1.</summary>
    public HttpClient Administrator => _http!;

    public async ValueTask InitializeAsync()
    {
        Hub = await HubProcess.StartAsync(new HubSettings
        {
            Listen =
            [
                "mqtt://127.0.0.1:0", "mqtts://127.0.0.1:0", "tls://127.0.0.1:0",
                "ws://127.0.0.1:0/mqtt", "wss://127.0.0.1:0/mqtt", "http://127.0.0.1:0",
            ],
            Arguments = Arguments,
        });
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Hub.Http };
        var token = (await File.ReadAllTextAsync(Path.Combine(Hub.DataDirectory, "admin.token"))).Trim();
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var list = JsonDocument.Parse(await _http.GetStringAsync("/v1/keys"));
        var id = list.RootElement.GetProperty("keys")[0].GetProperty("id").GetString()!;
        using var key = JsonDocument.Parse(await _http.GetStringAsync($"/v1/keys/{id}"));
        Login = new AwsLogin(Https.ToString().TrimEnd('/'), id, key.RootElement.GetProperty("secret").GetString()!) { Ca = Ca };
        Boto3 = AwsApi.Start(AwsTool.Boto3, Login);
        JavaScript = AwsApi.Start(AwsTool.JavaScript, Login);
    }

    /// <summary>Another client of the API with other credentials.</summary>
    public AwsApi Start(AwsTool tool, AwsLogin login) => AwsApi.Start(tool, login);

    public async ValueTask DisposeAsync()
    {
        if (Boto3 is not null) await Boto3.DisposeAsync();
        if (JavaScript is not null) await JavaScript.DisposeAsync();
        _http?.Dispose();
        if (Hub is not null) await Hub.DisposeAsync();
    }
}
