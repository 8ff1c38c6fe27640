using System.Runtime.InteropServices;
using System.Text.Json;
using Amazon.DynamoDBv2.Model;

namespace Fairlead.Targets.DynamoDb;

/// <summary>JSON as attribute values of DynamoDB.</summary>
internal static class Attributes
{
    /// <summary>Members of an object.</summary>
    public static Dictionary<string, AttributeValue> Of(JsonElement item)
    {
        var attributes = new Dictionary<string, AttributeValue>(StringComparer.Ordinal);
        foreach (var member in item.EnumerateObject()) attributes[member.Name] = Value(member.Value);
        return attributes;
    }

    /// <summary>A payload: JSON as it is structured, anything else as bytes.</summary>
    public static AttributeValue Payload(ReadOnlyMemory<byte> payload, bool isJson)
    {
        if (isJson)
        {
            using var document = JsonDocument.Parse(payload);
            return Value(document.RootElement);
        }

        var bytes = MemoryMarshal.TryGetArray(payload, out var segment) ? segment : new ArraySegment<byte>(payload.ToArray());
        return new AttributeValue { B = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false) };
    }

    private static AttributeValue Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => new AttributeValue { M = Of(value), IsMSet = true },
        JsonValueKind.Array => new AttributeValue { L = [.. value.EnumerateArray().Select(Value)], IsLSet = true },
        JsonValueKind.String => new AttributeValue { S = value.GetString() },
        JsonValueKind.Number => new AttributeValue { N = value.GetRawText() },
        JsonValueKind.True or JsonValueKind.False => new AttributeValue { BOOL = value.GetBoolean() },
        _ => new AttributeValue { NULL = true },
    };
}
