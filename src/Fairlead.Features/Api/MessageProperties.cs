using System.Globalization;
using System.Text;
using System.Text.Json;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Features.Api;

/// <summary>MQTT 5 properties of a message in query and headers of an HTTP request (spec/aws-messaging, section 3.2).</summary>
internal static class MessageProperties
{
    private const string UserPropertiesHeader = "x-amz-mqtt5-user-properties";
    private const string FormatHeader = "x-amz-mqtt5-payload-format-indicator";
    private const string CorrelationHeader = "x-amz-mqtt5-correlation-data";
    private const int LongestContentType = 256;
    private const int LargestBytes = 8 * 1024;

    /// <summary>Reads them. Without any the one instance that has none comes back.</summary>
    /// <exception cref="ApiException">400: one of them is malformed or too large.</exception>
    public static PublishProperties Read(ApiRequest request, bool withExpiry)
    {
        var contentType = request.Query("contentType");
        var responseTopic = request.Query("responseTopic");
        var expiry = withExpiry ? request.Query("messageExpiry") : null;
        var format = request.Header(FormatHeader);
        var correlation = request.Header(CorrelationHeader);
        var user = request.Header(UserPropertiesHeader);
        if (contentType is null && responseTopic is null && expiry is null && format is null && correlation is null && user is null)
            return PublishProperties.None;
        return new PublishProperties
        {
            ContentType = ContentType(contentType),
            ResponseTopic = ResponseTopic(responseTopic),
            MessageExpiryInterval = Expiry(expiry),
            PayloadIsUtf8 = Format(format),
            CorrelationData = correlation is null ? null : Base64(correlation, CorrelationHeader),
            UserProperties = user is null ? [] : UserProperties(user),
        };
    }

    /// <summary>User Properties as GetRetainedMessage tells them: Base64 of an array of objects with one member each; null for none.</summary>
    public static string? Encode(IReadOnlyList<UserProperty> properties)
    {
        if (properties.Count == 0) return null;
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            foreach (var property in properties)
            {
                json.WriteStartObject();
                json.WriteString(property.Name, property.Value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Convert.ToBase64String(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static string? ContentType(string? text) =>
        text is null || (Encoding.UTF8.GetByteCount(text) <= LongestContentType && IsText(text))
            ? text
            : throw ApiException.InvalidRequest($"contentType has at most {LongestContentType} bytes of text");

    private static string? ResponseTopic(string? text) => text is null || TopicName.IsValid(text)
        ? text
        : throw ApiException.InvalidRequest("responseTopic must be a topic without wildcards");

    private static uint? Expiry(string? text)
    {
        if (text is null) return null;
        if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            throw ApiException.InvalidRequest($"messageExpiry must be a whole number of seconds, not '{text}'");
        return (uint)Math.Min(seconds, uint.MaxValue);
    }

    private static bool? Format(string? text) => text switch
    {
        null => null,
        "UNSPECIFIED_BYTES" => false,
        "UTF8_DATA" => true,
        _ => throw ApiException.InvalidRequest($"{FormatHeader} must be UNSPECIFIED_BYTES or UTF8_DATA, not '{text}'"),
    };

    private static byte[] Base64(string text, string header)
    {
        var bytes = new byte[(text.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(text, bytes, out var length)) throw ApiException.InvalidRequest($"{header} must be Base64");
        return length <= LargestBytes ? bytes[..length] : throw ApiException.InvalidRequest($"{header} carries at most {LargestBytes} bytes");
    }

    /// <summary>
    /// An array of objects, each with one name and value. boto3 sends a text that it was given as a JSON string, so that the array lies in
    /// a string; objects with several pairs are taken in their order.
    /// </summary>
    private static List<UserProperty> UserProperties(string header)
    {
        var bytes = Base64(header, UserPropertiesHeader);
        try
        {
            using var outer = JsonDocument.Parse(bytes);
            if (outer.RootElement.ValueKind != JsonValueKind.String) return UserProperties(outer.RootElement);
            using var inner = JsonDocument.Parse(outer.RootElement.GetString()!);
            return UserProperties(inner.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Malformed();
        }
    }

    private static List<UserProperty> UserProperties(JsonElement array)
    {
        if (array.ValueKind != JsonValueKind.Array) throw Malformed();
        var found = new List<UserProperty>();
        foreach (var element in array.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Object) throw Malformed();
            foreach (var pair in element.EnumerateObject())
            {
                if (pair.Value.ValueKind != JsonValueKind.String || !IsText(pair.Name) || !IsText(pair.Value.GetString()!)) throw Malformed();
                found.Add(new UserProperty(pair.Name, pair.Value.GetString()!));
            }
        }

        return found;
    }

    // [MQTT-1.5.4-2]: no NUL; lone surrogates cannot be written as UTF-8 [MQTT-1.5.4-1].
    private static bool IsText(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal)) return false;
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return false;
            i++;
        }

        return true;
    }

    private static ApiException Malformed() => ApiException.InvalidRequest(
        $"{UserPropertiesHeader} must be Base64 of a JSON array of objects with a name and a text, such as [{{\"name\":\"value\"}}]");
}
