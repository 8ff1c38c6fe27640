using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Shadows;

/// <summary>One thing: requests on its topics and over HTTP, and every message that the hub publishes about its shadows.</summary>
public sealed partial class ShadowRoom(AwsHub aws, ForeignClient client, string thing)
{
    public string Thing => thing;

    public ForeignClient Client => client;

    /// <summary>Topic of the classic shadow, or of a named one.</summary>
    public static string Topic(string thing, string? shadow, string suffix) =>
        shadow is null ? $"$aws/things/{thing}/shadow/{suffix}" : $"$aws/things/{thing}/shadow/name/{shadow}/{suffix}";

    /// <summary>Publishes a request.</summary>
    public Task PublishAsync(string operation, string payload, string? shadow = null) => client.PublishAsync(Topic(thing, shadow, operation), payload, 1);

    /// <summary>Publishes a request of bytes.</summary>
    public Task PublishAsync(string operation, byte[] payload, string? shadow = null) => client.PublishAsync(Topic(thing, shadow, operation), payload, 1);

    /// <summary>The next message of the hub: what follows <c>shadow/</c>, and the document. Requests, which are routed like any message, are passed over.</summary>
    public async Task<ShadowMessage> NextAsync()
    {
        while (true)
        {
            var delivery = await client.NextAsync();
            string suffix = delivery.Topic[$"$aws/things/{thing}/shadow/".Length..];
            if (suffix.EndsWith("get", StringComparison.Ordinal) || suffix.EndsWith("update", StringComparison.Ordinal) || suffix.EndsWith("delete", StringComparison.Ordinal)) continue;
            delivery.QoS.ShouldBe(1);
            delivery.Retain.ShouldBeFalse();
            return new ShadowMessage(suffix, delivery.Text);
        }
    }

    /// <summary>Updates, and returns accepted, delta if there is one, and documents; or the rejection alone.</summary>
    public async Task<IReadOnlyList<ShadowMessage>> UpdateAsync(string payload, string? shadow = null)
    {
        await PublishAsync("update", payload, shadow);
        return await ReadUpdateAsync();
    }

    /// <summary>Messages of one update.</summary>
    public async Task<IReadOnlyList<ShadowMessage>> ReadUpdateAsync()
    {
        var messages = new List<ShadowMessage>();
        do messages.Add(await NextAsync());
        while (!messages[^1].Suffix.EndsWith("rejected", StringComparison.Ordinal) && !messages[^1].Suffix.EndsWith("documents", StringComparison.Ordinal));
        return messages;
    }

    /// <summary>Publishes a request and expects its one answer.</summary>
    public async Task<string> AskAsync(string operation, string payload, string answer, string? shadow = null)
    {
        await PublishAsync(operation, payload, shadow);
        var message = await NextAsync();
        message.Suffix.ShouldBe($"{(shadow is null ? "" : $"name/{shadow}/")}{operation}/{answer}", message.Text);
        return message.Text;
    }

    /// <summary>The whole document by a get over MQTT.</summary>
    public async Task<JsonElement> GetAsync(string? shadow = null) => Parse(await AskAsync("get", "", "accepted", shadow));

    /// <summary>The state by a get over MQTT, as text.</summary>
    public async Task<string> StateAsync(string? shadow = null) => (await GetAsync(shadow)).GetProperty("state").GetRawText();

    /// <summary>Nothing is on its way: the answer to this get is the next message.</summary>
    public async Task QuietAsync()
    {
        await PublishAsync("get", """{"clientToken":"quiet"}""", "quiet");
        (await NextAsync()).Suffix.ShouldBe("name/quiet/get/rejected");
    }

    /// <summary>UpdateThingShadow; the answer as text.</summary>
    public Task<string> HttpUpdateAsync(AwsApi api, string payload, string? shadow = null) =>
        HttpAsync(api, "UpdateThingShadow", shadow is null ? new { thingName = thing, payload = Bytes(payload) } : new { thingName = thing, shadowName = shadow, payload = Bytes(payload) });

    /// <summary>GetThingShadow; the answer as text.</summary>
    public Task<string> HttpGetAsync(AwsApi api, string? shadow = null) => HttpAsync(api, "GetThingShadow", Name(shadow));

    /// <summary>DeleteThingShadow; the answer as text.</summary>
    public Task<string> HttpDeleteAsync(AwsApi api, string? shadow = null) => HttpAsync(api, "DeleteThingShadow", Name(shadow));

    /// <summary>An operation that is refused.</summary>
    public Task<AwsError> HttpRefusedAsync(AwsApi api, string code, int status, string operation, string? payload = null, string? shadow = null) =>
        api.RefusedAsync(code, status, operation, payload is null ? Name(shadow) : Named(shadow, payload), "iot-data");

    /// <summary>boto3, and the SDK for JavaScript.</summary>
    public IEnumerable<AwsApi> Sdks => [aws.Boto3, aws.JavaScript];

    public static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>Replaces times of the present by <c>T</c>.</summary>
    public static string Timeless(string text) => Time().Replace(text, "\"timestamp\":T");

    private static async Task<string> HttpAsync(AwsApi api, string operation, object parameters)
    {
        var result = await api.DataAsync(operation, parameters);
        return Encoding.UTF8.GetString(result.GetProperty("payload").GetProperty("base64").GetBytesFromBase64());
    }

    private static object Bytes(string text) => new { base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) };

    private object Name(string? shadow) => shadow is null ? new { thingName = thing } : new { thingName = thing, shadowName = shadow };

    private object Named(string? shadow, string payload) =>
        shadow is null ? new { thingName = thing, payload = Bytes(payload) } : new { thingName = thing, shadowName = shadow, payload = Bytes(payload) };

    [GeneratedRegex("\"timestamp\":1[0-9]{9}", RegexOptions.None, 1000)]
    private static partial Regex Time();
}

/// <summary>A message of the hub about a shadow.</summary>
/// <param name="Suffix">Topic behind <c>shadow/</c>.</param>
/// <param name="Text">Document.</param>
public sealed record ShadowMessage(string Suffix, string Text)
{
    public JsonElement Json => ShadowRoom.Parse(Text);

    /// <summary>The document with <c>T</c> in place of times.</summary>
    public string Timeless => ShadowRoom.Timeless(Text);
}
