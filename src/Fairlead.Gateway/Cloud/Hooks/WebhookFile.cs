using System.Text.Json;

namespace Fairlead.Gateway.Cloud.Hooks;

/// <summary>Keeps registered webhooks over restarts, in a file that only its owner can read: it holds secrets.</summary>
internal static class WebhookFile
{
    private const string Name = "webhooks.json";

    /// <summary>Reads them; an absent file has none.</summary>
    /// <exception cref="IOException">The file is there and cannot be read or understood.</exception>
    public static IReadOnlyList<Webhook> Read(string directory)
    {
        string file = Path.Combine(directory, Name);
        if (!File.Exists(file)) return [];
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            return
            [
                .. json.RootElement.EnumerateArray().Select(static entry => new Webhook(
                    entry.GetProperty("deviceId").GetString()!,
                    entry.GetProperty("byPolicy").GetBoolean(),
                    new WebhookTarget(new Uri(entry.GetProperty("url").GetString()!), entry.GetProperty("secret").GetString()),
                    [.. entry.GetProperty("kinds").EnumerateArray().Select(static kind => kind.GetString()!)])),
            ];
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or UriFormatException or UnauthorizedAccessException)
        {
            throw new IOException($"{file} cannot be read: {exception.Message} Move it away to start without webhooks.", exception);
        }
    }

    /// <summary>Writes them: a file beside it, which then takes its place.</summary>
    public static void Write(string directory, IEnumerable<Webhook> webhooks)
    {
        Directory.CreateDirectory(directory);
        string file = Path.Combine(directory, Name);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(file + ".new", options))
        {
            using (var json = new Utf8JsonWriter(stream)) Write(json, webhooks);
            stream.Flush(flushToDisk: true);
        }

        File.Move(file + ".new", file, overwrite: true);
    }

    private static void Write(Utf8JsonWriter json, IEnumerable<Webhook> webhooks)
    {
        json.WriteStartArray();
        foreach (var webhook in webhooks)
        {
            json.WriteStartObject();
            json.WriteString("deviceId", webhook.DeviceId);
            json.WriteBoolean("byPolicy", webhook.ByPolicy);
            json.WriteString("url", webhook.Target.Url.OriginalString);
            json.WriteString("secret", webhook.Target.Secret);
            json.WriteStartArray("kinds");
            foreach (string kind in webhook.Kinds) json.WriteStringValue(kind);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
