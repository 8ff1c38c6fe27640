using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Fairlead.Client.Mqtt;

namespace Fairlead.Verbs.Remote;

/// <summary>
/// An MQTT connection as administrator: over WebSocket, signed with an access key of the hub, as AWS SDKs do it. The hub gives its keys to
/// whoever has the administration token, so nothing more is asked for.
/// </summary>
internal static class HubMqtt
{
    private const int LifeSeconds = 86_400;

    /// <summary>Connects.</summary>
    /// <param name="call">The verb.</param>
    /// <param name="what">What it is for, for errors.</param>
    public static async Task<MqttClient> ConnectAsync(ApiCall call, string what)
    {
        var site = await HubSite.ReadAsync(call);
        var key = await AccessKeys.FindAsync(call, null);
        var listener = site.Listeners.FirstOrDefault(static url => url.Scheme is "tls" or "wss") ?? site.Listeners.FirstOrDefault(static url => url.Scheme == "ws")
            ?? throw new VerbException(ExitCode.Failed, what, "the hub has no listener for WebSockets", "Start it with --listen tls://0.0.0.0:8443");
        bool isPlain = listener.Scheme == "ws";
        string path = listener.AbsolutePath.Length > 1 ? listener.AbsolutePath : "/mqtt";
        string host = $"{site.Host}:{listener.Port.ToString(CultureInfo.InvariantCulture)}";
        var authorities = call.Hub.Address.ReadAuthorities();
        if (authorities.Count == 0 && site.RootCa is { } root)
            authorities.Add(X509Certificate2.CreateFromPem(root));
        var client = new MqttClient(new MqttClientOptions
        {
            Server = new Uri($"{(isPlain ? "ws" : "wss")}://{host}{path}?{Sign(host, path, site.Region, key, call.Terminal.Time.GetUtcNow())}"),
            ClientId = $"fairlead-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}",
            Tls = new TlsOptions { TrustedRoots = [.. authorities] },
            ConnectTimeout = call.Talk.Timeout,
            Time = call.Terminal.Time,
        });
        try
        {
            await client.ConnectAsync(call.Cancellation);
            return client;
        }
        catch (MqttException exception)
        {
            await client.DisposeAsync();
            // Not its own words: they would show the signed address.
            throw new VerbException(VerbRunner.ExitCodeOf(exception), what, $"no MQTT connection to {host}: {exception.Why}", exception.Cure);
        }
    }

    /// <summary>Query of a presigned request (Signature Version 4). A session token is sent and not signed, as AWS IoT wants it.</summary>
    private static string Sign(string host, string path, string region, JsonElement key, DateTimeOffset now)
    {
        string time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string scope = $"{time[..8]}/{region}/iotdevicegateway/aws4_request";
        string query = "X-Amz-Algorithm=AWS4-HMAC-SHA256"
            + $"&X-Amz-Credential={Uri.EscapeDataString($"{key.GetProperty("id").GetString()}/{scope}")}"
            + $"&X-Amz-Date={time}&X-Amz-Expires={LifeSeconds}&X-Amz-SignedHeaders=host";
        string canonical = $"GET\n{path}\n{query}\nhost:{host}\n\nhost\n{Hash("")}";
        string text = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Hash(canonical)}";
        byte[] signing = Encoding.UTF8.GetBytes("AWS4" + key.GetProperty("secret").GetString());
        foreach (string part in scope.Split('/'))
            signing = HMACSHA256.HashData(signing, Encoding.UTF8.GetBytes(part));
        string signature = Convert.ToHexStringLower(HMACSHA256.HashData(signing, Encoding.UTF8.GetBytes(text)));
        string token = key.TryGetProperty("sessionToken", out var session) ? $"&X-Amz-Security-Token={Uri.EscapeDataString(session.GetString()!)}" : "";
        return $"{query}&X-Amz-Signature={signature}{token}";
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
