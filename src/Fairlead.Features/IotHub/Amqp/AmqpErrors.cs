using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>Errors of the hub as AMQP carries them (spec/azure-gateway, section 2.9).</summary>
internal static class AmqpErrors
{
    /// <summary>The error of a detach, close or rejection: its description is a JSON text, its info holds the tracking id.</summary>
    public static AmqpError Of(IotHubError error, TimeProvider time)
    {
        var tracking = NewTrackingId();
        return new AmqpError(
            error.AmqpCondition, Encoding.UTF8.GetString(Json(error, tracking, time)), new AmqpMap().AddSymbol("com.microsoft:tracking-id", tracking));
    }

    /// <summary>The body of an answer that tells an error: clients wait for ever for one without JSON (section 2.8).</summary>
    public static byte[] Body(IotHubError error, TimeProvider time) => Json(error, NewTrackingId(), time);

    private static string NewTrackingId() => Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture).ToUpperInvariant();

    private static byte[] Json(IotHubError error, string tracking, TimeProvider time)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteNumber("errorCode", error.Code);
            json.WriteString("trackingId", tracking);
            json.WriteString("message", error.Message);
            json.WriteString("timestampUtc", time.GetUtcNow().UtcDateTime);
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }
}
