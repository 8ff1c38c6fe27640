using System.Formats.Cbor;
using System.Text.Json;

namespace Fairlead.Features.Provisioning;

/// <summary>
/// Turns the payloads of the MQTT API from CBOR (RFC 8949) into JSON and back, so that requests are read and answers made in one place.
/// They consist of maps with text keys, lists, texts, numbers, booleans and null.
/// </summary>
internal static class CborJson
{
    private const int Deepest = 16;

    /// <summary>JSON of a CBOR item.</summary>
    /// <exception cref="FormatException">It is not one of that kind.</exception>
    public static byte[] ToJson(ReadOnlyMemory<byte> cbor)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            try
            {
                var reader = new CborReader(cbor, CborConformanceMode.Strict);
                Copy(reader, writer, 0);
                if (reader.BytesRemaining > 0) throw new FormatException("bytes follow the CBOR item");
            }
            catch (Exception exception) when (exception is CborContentException or InvalidOperationException or OverflowException or ArgumentException)
            {
                throw new FormatException("the payload is not CBOR", exception);
            }
        }

        return buffer.ToArray();
    }

    /// <summary>CBOR of a JSON text of ours.</summary>
    public static byte[] ToCbor(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var writer = new CborWriter(CborConformanceMode.Strict);
        Copy(document.RootElement, writer);
        return writer.Encode();
    }

    private static void Copy(CborReader reader, Utf8JsonWriter writer, int depth)
    {
        if (depth > Deepest) throw new FormatException("the payload is nested too deeply");
        switch (reader.PeekState())
        {
            case CborReaderState.StartMap:
                reader.ReadStartMap();
                writer.WriteStartObject();
                while (reader.PeekState() != CborReaderState.EndMap)
                {
                    writer.WritePropertyName(reader.ReadTextString());
                    Copy(reader, writer, depth + 1);
                }

                reader.ReadEndMap();
                writer.WriteEndObject();
                break;
            case CborReaderState.StartArray:
                reader.ReadStartArray();
                writer.WriteStartArray();
                while (reader.PeekState() != CborReaderState.EndArray) Copy(reader, writer, depth + 1);
                reader.ReadEndArray();
                writer.WriteEndArray();
                break;
            case CborReaderState.TextString or CborReaderState.StartIndefiniteLengthTextString:
                writer.WriteStringValue(reader.ReadTextString());
                break;
            case CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger:
                writer.WriteNumberValue(reader.ReadInt64());
                break;
            case CborReaderState.HalfPrecisionFloat or CborReaderState.SinglePrecisionFloat or CborReaderState.DoublePrecisionFloat:
                writer.WriteNumberValue(reader.ReadDouble());
                break;
            case CborReaderState.Boolean:
                writer.WriteBooleanValue(reader.ReadBoolean());
                break;
            case CborReaderState.Null:
                reader.ReadNull();
                writer.WriteNullValue();
                break;
            default:
                throw new FormatException("the payload has a CBOR item that stands for nothing in this API");
        }
    }

    private static void Copy(JsonElement element, CborWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartMap(element.GetPropertyCount());
                foreach (var member in element.EnumerateObject())
                {
                    writer.WriteTextString(member.Name);
                    Copy(member.Value, writer);
                }

                writer.WriteEndMap();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray(element.GetArrayLength());
                foreach (var item in element.EnumerateArray()) Copy(item, writer);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteTextString(element.GetString()!);
                break;
            case JsonValueKind.Number when element.TryGetInt64(out var whole):
                writer.WriteInt64(whole);
                break;
            case JsonValueKind.Number:
                writer.WriteDouble(element.GetDouble());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                writer.WriteBoolean(element.GetBoolean());
                break;
            default:
                writer.WriteNull();
                break;
        }
    }
}
