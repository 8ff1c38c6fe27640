using System.Text;
using System.Text.Json;
using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Http;

/// <summary>
/// Takes a batch apart: a JSON array, or JSON texts on lines of their own. An element with a member <c>body</c> has its properties beside it;
/// any other element is a body itself. With the hub's own media type bodies are base64 (spec section 4.1).
/// </summary>
internal static class BatchBody
{
    private const int Most = 500;
    private const string HubType = "application/vnd.microsoft.iothub.json";
    private const string Application = "iothub-app-";

    /// <summary>Reads a batch.</summary>
    /// <param name="body">Body.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="key">Idempotency key; each message gets it with its number as message id. Null for none.</param>
    /// <param name="messages">Messages in order.</param>
    /// <param name="fault">What is wrong.</param>
    public static bool TryRead(ReadOnlyMemory<byte> body, string? contentType, string? key, out List<DeviceMessage> messages, out string fault)
    {
        messages = [];
        bool base64 = contentType?.StartsWith(HubType, StringComparison.OrdinalIgnoreCase) == true;
        bool lines = contentType?.Contains("ndjson", StringComparison.OrdinalIgnoreCase) == true || contentType?.Contains("jsonl", StringComparison.OrdinalIgnoreCase) == true;
        try
        {
            var elements = lines ? Lines(body) : Array(body);
            if (elements is null || elements.Count is 0 or > Most)
            {
                fault = $"send a JSON array (or lines of JSON as application/x-ndjson) with 1 to {Most} messages";
                return false;
            }

            foreach (var element in elements)
            {
                if (Read(element, base64, key is null ? null : $"{key}-{messages.Count}") is not { } message)
                {
                    fault = $"message {messages.Count} has a body that is not base64 text";
                    return false;
                }

                messages.Add(message);
            }

            fault = "";
            return true;
        }
        catch (JsonException exception)
        {
            fault = $"the batch is not valid JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}";
            return false;
        }
    }

    private static List<JsonElement>? Array(ReadOnlyMemory<byte> body)
    {
        var root = JsonElement.Parse(body.Span);
        return root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : null;
    }

    private static List<JsonElement> Lines(ReadOnlyMemory<byte> body)
    {
        List<JsonElement> elements = [];
        foreach (var range in body.Span.Split((byte)'\n'))
        {
            var line = body.Span[range].Trim(" \t\r"u8);
            if (!line.IsEmpty) elements.Add(JsonElement.Parse(line));
        }

        return elements;
    }

    private static DeviceMessage? Read(JsonElement element, bool base64, string? id)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("body", out var body))
            return new DeviceMessage(Encoding.UTF8.GetBytes(element.GetRawText())) { MessageId = id, ContentType = "application/json", ContentEncoding = "utf-8" };
        bool encoded = element.TryGetProperty("base64Encoded", out var flag) ? flag.ValueKind == JsonValueKind.True : base64;
        bool json = body.ValueKind != JsonValueKind.String || !(base64 || encoded);
        byte[] bytes;
        if (encoded)
        {
            if (body.ValueKind != JsonValueKind.String || !body.TryGetBytesFromBase64(out bytes!)) return null;
        }
        else
        {
            bytes = Encoding.UTF8.GetBytes(json ? body.GetRawText() : body.GetString()!);
        }

        return WithProperties(new DeviceMessage(bytes) { MessageId = id }, element, json);
    }

    private static DeviceMessage WithProperties(DeviceMessage message, JsonElement element, bool json)
    {
        if (json) message = message with { ContentType = "application/json", ContentEncoding = "utf-8" };
        if (!element.TryGetProperty("properties", out var given) || given.ValueKind != JsonValueKind.Object) return message;
        List<KeyValuePair<string, string>> properties = [];
        foreach (var member in given.EnumerateObject())
        {
            string value = member.Value.ToString();
            switch (member.Name.ToLowerInvariant())
            {
                case "iothub-messageid": message = message with { MessageId = value }; break;
                case "iothub-correlationid": message = message with { CorrelationId = value }; break;
                case "iothub-userid": message = message with { UserId = value }; break;
                case "iothub-contenttype": message = message with { ContentType = value }; break;
                case "iothub-contentencoding": message = message with { ContentEncoding = value }; break;
                default:
                    properties.Add(new(member.Name.StartsWith(Application, StringComparison.OrdinalIgnoreCase) ? member.Name[Application.Length..] : member.Name, value));
                    break;
            }
        }

        return message with { Properties = properties };
    }
}
