using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fairlead.Client.Mqtt;
using Fairlead.Edge.Ditto;
using Fairlead.Edge.Local;
using Fairlead.Edge.Logging;
using Fairlead.Edge.Spool;
using Fairlead.Edge.Topics;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Edge.Remote;

/// <summary>Tells about a message that was put aside: in the log once, and on Hono's error topic if that is on (spec section 8.3).</summary>
internal sealed class ErrorNotice(RemoteLink link, LinkServices services)
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A message was put aside.</summary>
    public void OnDeadLetter(SpooledMessage message, in SendRefusal refusal)
    {
        link.Log.DeadLettered(message.LocalTopic, message.Payload.Length, refusal.Text);
        services.Metrics.Count("out", LocalIntake.NameOf(message.Class), "dead");
        if (!services.AnnouncesErrors()) return;
        var topic = (HonoTopic.TryParse(message.LocalTopic) ?? new HonoTopic(HonoKind.Event, "", "", "", "")).Fill(link.Options.TenantId, link.Options.DeviceId);
        string kind = topic.Kind switch { HonoKind.Telemetry => "telemetry", HonoKind.Response => "command-response", _ => "event" };
        string id = PropertyBag.Find(topic.Bag, "correlation-id") ?? DittoEnvelope.TryRead(message.Payload)?.CorrelationId ?? "-1";
        string segment = id.AsSpan().ContainsAny('/', '+', '#') ? "-1" : id;
        string status = refusal.Status.ToString(CultureInfo.InvariantCulture);
        _ = PublishAsync($"error/{topic.Tenant}/{topic.Device}/{kind}/{segment}/{status}", Write(refusal, id));
    }

    private byte[] Write(in SendRefusal refusal, string correlationId)
    {
        var bytes = new ArrayBufferWriter<byte>(192);
        using (var json = new Utf8JsonWriter(bytes, Relaxed))
        {
            json.WriteStartObject();
            json.WriteNumber("code", refusal.Status);
            json.WriteString("message", refusal.Text);
            json.WriteString("timestamp", services.Time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            json.WriteString("correlation-id", correlationId);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private async Task PublishAsync(string topic, byte[] payload)
    {
        try
        {
            await services.Local.PublishAsync(topic, payload, QualityOfService.AtLeastOnce, services.Stopping);
        }
        catch (Exception exception) when (exception is OperationCanceledException or MqttException)
        {
            // The counters and the log have it all the same.
        }
    }
}
