using System.Text.Json;

namespace Fairlead.Features.EdgeConnectors;

/// <summary>What a connector has said about itself. Counters are since its start.</summary>
internal sealed record EdgeReport
{
    private const int LongestText = 256;

    /// <summary>Version of the connector.</summary>
    public string Version { get; init; } = "";

    /// <summary>Device that it speaks for.</summary>
    public string DeviceId { get; init; } = "";

    /// <summary>Name of the link, for it may have several.</summary>
    public string Link { get; init; } = "";

    /// <summary>Messages that wait for the link.</summary>
    public long Buffered { get; init; }

    /// <summary>Bytes of the spool.</summary>
    public long BufferedBytes { get; init; }

    /// <summary>When the oldest of them came, milliseconds since the Unix epoch by this hub's clock; 0 when none waits.</summary>
    public long OldestAt { get; init; }

    /// <summary>Messages dropped.</summary>
    public long Dropped { get; init; }

    /// <summary>Messages put aside because the hub cannot take them.</summary>
    public long DeadLettered { get; init; }

    /// <summary>Whether local messages wait because the spool can take nothing.</summary>
    public bool Blocked { get; init; }

    /// <summary>Why the spool cannot be written; null when it can.</summary>
    public string? SpoolFault { get; init; }

    /// <summary>Messages that the hub has acknowledged.</summary>
    public long Sent { get; init; }

    /// <summary>Connections after the first.</summary>
    public long Reconnects { get; init; }

    /// <summary>When the hub last acknowledged a shadow request, milliseconds since the Unix epoch; 0 for never.</summary>
    public long ShadowSyncedAt { get; init; }

    /// <summary>Reads a report; null when it is none. Members that are not known are passed over: a connector may be newer than its hub.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="now">Now, milliseconds since the Unix epoch: ages in the report count from here.</param>
    public static EdgeReport? TryRead(ReadOnlySpan<byte> payload, long now)
    {
        try
        {
            var reader = new Utf8JsonReader(payload);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return null;
            return new EdgeReport
            {
                Version = Text(root, "version") ?? "",
                DeviceId = Text(root, "deviceId") ?? "",
                Link = Text(root, "link") ?? "",
                Buffered = Number(root, "buffered"),
                BufferedBytes = Number(root, "bufferedBytes"),
                OldestAt = Before(root, "oldestMs", now),
                Dropped = Number(root, "dropped"),
                DeadLettered = Number(root, "deadLettered"),
                Blocked = root.TryGetProperty("blocked", out var blocked) && blocked.ValueKind == JsonValueKind.True,
                SpoolFault = Text(root, "spoolFault"),
                Sent = Number(root, "sent"),
                Reconnects = Number(root, "reconnects"),
                ShadowSyncedAt = Before(root, "shadowSyncMs", now),
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static long Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? Math.Max(0, number) : 0;

    private static long Before(JsonElement root, string name, long now) => root.TryGetProperty(name, out _) ? Math.Max(1, now - Number(root, name)) : 0;

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text[..Math.Min(text.Length, LongestText)] : null;
}
