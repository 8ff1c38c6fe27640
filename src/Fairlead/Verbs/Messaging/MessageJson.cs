using System.Globalization;
using System.Text.Json;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Verbs.Messaging;

/// <summary>A received message as JSON, with the names of mosquitto_sub.</summary>
internal static class MessageJson
{
    /// <summary>Writes it; false, with nothing written, when the payload shall be JSON and is not.</summary>
    public static bool TryWrite(Stream output, ReceivedMessage message, bool payloadIsJson, bool pretty)
    {
        if (payloadIsJson && !IsJson(message.Payload.Span))
            return false;
        using var json = new Utf8JsonWriter(output, pretty ? JsonText.Indented : JsonText.Options);
        json.WriteStartObject();
        json.WriteString("tst", message.ReceivedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
        json.WriteString("topic", message.Topic);
        json.WriteNumber("qos", (byte)message.QoS);
        json.WriteNumber("retain", message.Retain ? 1 : 0);
        json.WriteNumber("payloadlen", message.Payload.Length);
        if (message.PacketId != 0)
            json.WriteNumber("mid", message.PacketId);
        WriteProperties(json, message.Properties);
        if (payloadIsJson)
        {
            json.WritePropertyName("payload");
            json.WriteRawValue(message.Payload.Span, skipInputValidation: true);
        }
        else if (message.Payload.IsEmpty)
        {
            json.WriteNull("payload");
        }
        else if (System.Text.Unicode.Utf8.IsValid(message.Payload.Span))
        {
            json.WriteString("payload", message.Payload.Span);
        }
        else
        {
            json.WriteBase64String("payloadBase64", message.Payload.Span);
        }

        json.WriteEndObject();
        json.Flush();
        return true;
    }

    private static void WriteProperties(Utf8JsonWriter json, PublishProperties properties)
    {
        if (properties == PublishProperties.None)
            return;
        json.WriteStartObject("properties");
        if (properties.ContentType is not null)
            json.WriteString("content-type", properties.ContentType);
        if (properties.UserProperties.Count > 0)
            WriteUserProperties(json, properties.UserProperties);
        if (properties.ResponseTopic is not null)
            json.WriteString("response-topic", properties.ResponseTopic);
        if (properties.CorrelationData is { } correlation)
        {
            if (System.Text.Unicode.Utf8.IsValid(correlation))
                json.WriteString("correlation-data", correlation);
            else
                json.WriteBase64String("correlation-data-base64", correlation);
        }

        if (properties.PayloadIsUtf8 is { } utf8)
            json.WriteNumber("payload-format-indicator", utf8 ? 1 : 0);
        if (properties.MessageExpiryInterval is { } expiry)
            json.WriteNumber("message-expiry-interval", expiry);
        if (properties.SubscriptionIdentifiers.Count > 0)
            json.WriteNumber("subscription-identifier", properties.SubscriptionIdentifiers[0]);
        json.WriteEndObject();
    }

    /// <summary>As mosquitto_sub: one member a property, so that a repeated name is a repeated member.</summary>
    private static void WriteUserProperties(Utf8JsonWriter json, IReadOnlyList<UserProperty> properties)
    {
        json.WriteStartObject("user-properties");
        foreach (var property in properties)
            json.WriteString(property.Name, property.Value);
        json.WriteEndObject();
    }

    private static bool IsJson(ReadOnlySpan<byte> payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = 256 });
            if (!reader.Read())
                return false;
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
