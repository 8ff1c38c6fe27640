using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fairlead.Edge.Status;

/// <summary>The payloads of the status topic and of device info (spec sections 10 and 11).</summary>
internal static class StatusMessage
{
    /// <summary>Topic of the status, retained.</summary>
    public const string Topic = "edge/connection/remote/status";

    /// <summary>Topic on which applications ask who the device is.</summary>
    public const string InfoRequest = "edge/thing/request";

    /// <summary>Topic of the answer.</summary>
    public const string InfoResponse = "edge/thing/response";

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The last will: Kanto's to the byte.</summary>
    public static ReadOnlySpan<byte> Will => """{"connected":false,"cause":"CONNECTION_UNKNOWN"}"""u8;

    /// <summary>Writes a status: Kanto's three members first, then ours.</summary>
    public static byte[] Write(LinkStatus status, BufferFigures figures, DateTimeOffset now)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes, Relaxed))
        {
            json.WriteStartObject();
            json.WriteBoolean("connected", status.Connected);
            json.WriteNumber("timestamp", now.ToUnixTimeSeconds());
            if (!status.Connected) json.WriteString("cause", status.Cause);
            json.WriteNumber("since", status.Since.ToUnixTimeSeconds());
            if (status.Attempt > 0) json.WriteNumber("attempt", status.Attempt);
            if (status.RetryIn is { } wait) json.WriteNumber("nextRetryMs", (long)wait.TotalMilliseconds);
            if (status.Detail.Length > 0) json.WriteString("detail", status.Detail);
            json.WriteNumber("buffered", figures.Messages);
            json.WriteNumber("bufferedBytes", figures.Bytes);
            if (figures.OldestUnixMs > 0) json.WriteNumber("oldestMs", Math.Max(0, now.ToUnixTimeMilliseconds() - figures.OldestUnixMs));
            json.WriteNumber("dropped", figures.Dropped);
            json.WriteNumber("deadLettered", figures.DeadLettered);
            if (figures.IsBlocked) json.WriteBoolean("blocked", true);
            if (figures.Fault is { } fault) json.WriteString("spoolFault", fault);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Writes what a Fairlead hub is told over the link itself: what waits, and what went out.</summary>
    public static byte[] WriteReport(Remote.RemoteLink link, BufferFigures figures, DateTimeOffset now)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("version", Hosting.EdgeVersion.Text);
            json.WriteString("deviceId", link.Options.DeviceId);
            json.WriteString("link", link.Options.Name);
            json.WriteNumber("buffered", figures.Messages);
            json.WriteNumber("bufferedBytes", figures.Bytes);
            if (figures.OldestUnixMs > 0) json.WriteNumber("oldestMs", Math.Max(0, now.ToUnixTimeMilliseconds() - figures.OldestUnixMs));
            json.WriteNumber("dropped", figures.Dropped);
            json.WriteNumber("deadLettered", figures.DeadLettered);
            if (figures.IsBlocked) json.WriteBoolean("blocked", true);
            if (figures.Fault is { } fault) json.WriteString("spoolFault", fault);
            json.WriteNumber("sent", link.Sent);
            json.WriteNumber("reconnects", link.Reconnects);
            if (link.ShadowSyncedAt > 0) json.WriteNumber("shadowSyncMs", Math.Max(0, now.ToUnixTimeMilliseconds() - link.ShadowSyncedAt));
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Writes who the device is; <c>policyId</c> only when there is one.</summary>
    public static byte[] WriteInfo(string deviceId, string tenantId, string policyId)
    {
        var bytes = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(bytes, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("deviceId", deviceId);
            json.WriteString("tenantId", tenantId);
            if (policyId.Length > 0) json.WriteString("policyId", policyId);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }
}
