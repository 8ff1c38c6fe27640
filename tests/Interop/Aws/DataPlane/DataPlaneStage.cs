using System.Text;
using System.Text.Json;
using Fairlead.Interop.Drivers;
using Fairlead.Shared;

namespace Fairlead.Interop.Aws.DataPlane;

/// <summary>What the tests of the data plane share: bytes, raw connections, lines of the structured log.</summary>
internal static class DataPlaneStage
{
    /// <summary>Bytes in the parameters of a call.</summary>
    public static object Bytes(string text) => new { base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) };

    /// <summary>Text of bytes in a result.</summary>
    public static string Text(JsonElement bytes) => Encoding.UTF8.GetString(Convert.FromBase64String(bytes.GetProperty("base64").GetString()!));

    /// <summary>Connects with bytes of its own: a client that acknowledges nothing by itself.</summary>
    public static async Task<RawMqttClient> ConnectRawAsync(
        this HubProcess hub, int level, string clientId, bool clean = true, RawProperties? properties = null, RawWill? will = null, int keepAlive = 60)
    {
        var client = await RawMqttClient.OpenAsync(hub.Mqtt);
        await client.SendAsync(RawPackets.Connect(level, clientId, clean, keepAlive, properties, will));
        var answer = await client.ReadAsync();
        answer.Type.ShouldBe((int)RawType.ConnAck);
        answer.Body[1].ShouldBe((byte)0);
        return client;
    }

    /// <summary>Waits until a PUBACK-free client has had everything sent before: a ping comes back behind it.</summary>
    public static async Task PingAsync(this RawMqttClient client)
    {
        await client.SendAsync(RawPackets.PingReq);
        (await client.ReadAsync()).Type.ShouldBe((int)RawType.PingResp);
    }

    /// <summary>The next message whose payload is JSON.</summary>
    public static async Task<JsonElement> NextJsonAsync(this ForeignClient client)
    {
        using var document = JsonDocument.Parse((await client.NextAsync()).Payload);
        return document.RootElement.Clone();
    }

    /// <summary>Lines of the structured log, oldest first.</summary>
    public static async Task<IReadOnlyList<JsonElement>> LogAsync(this AwsHub hub, string query)
    {
        var text = await hub.Administrator.GetStringAsync(new Uri($"/v1/logs?{query}", UriKind.Relative));
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement.Clone())];
    }

    /// <summary>Names of the members of an object.</summary>
    public static IEnumerable<string> Members(this JsonElement element) => element.EnumerateObject().Select(static member => member.Name);

    /// <summary>GetConnection of a client that is leaving: the hub may not have seen it yet.</summary>
    public static async Task<JsonElement> DescribedAsLeftAsync(this AwsHub hub, string clientId)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var state = await hub.JavaScript.DataAsync("GetConnection", new { clientId });
            if (!state.GetProperty("connected").GetBoolean()) return state;
            deadline.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>GET with the administration token.</summary>
    public static Task<HttpResponseMessage> GetAsync(this AwsHub hub, string target) => hub.Administrator.GetAsync(new Uri(target, UriKind.Relative));

    /// <summary>The body of an answer.</summary>
    public static Task<string> TextAsync(this HttpResponseMessage answer) => answer.Content.ReadAsStringAsync();

    /// <summary>The body of an answer to a GET with the administration token of a hub of one's own.</summary>
    public static async Task<string> GetAsync(this HubProcess hub, HttpClient http, string target)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(hub.Http, target));
        request.Headers.Authorization = new("Bearer", (await File.ReadAllTextAsync(Path.Combine(hub.DataDirectory, "admin.token"))).Trim());
        using var answer = await http.SendAsync(request);
        return await answer.TextAsync();
    }

    /// <summary>Status of a direct message with the administration token of a hub of one's own.</summary>
    public static async Task<int> SendDirectAsync(this HubProcess hub, HttpClient http, string clientId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(hub.Http, $"/connections/{clientId}/messages?topic=t"));
        request.Headers.Authorization = new("Bearer", (await File.ReadAllTextAsync(Path.Combine(hub.DataDirectory, "admin.token"))).Trim());
        using var answer = await http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    /// <summary>POST with the administration token of a hub of one's own.</summary>
    public static async Task PostAsync(this HubProcess hub, HttpClient http, string target, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(hub.Http, target));
        request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        request.Headers.Authorization = new("Bearer", (await File.ReadAllTextAsync(Path.Combine(hub.DataDirectory, "admin.token"))).Trim());
        using var answer = await http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.TextAsync());
    }
}
