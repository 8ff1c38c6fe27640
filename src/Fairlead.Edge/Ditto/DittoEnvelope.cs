using System.Text.Json;
using System.Text.Unicode;
using Fairlead.Edge.Json;

namespace Fairlead.Edge.Ditto;

/// <summary>
/// A JSON object whose <c>topic</c> is a Ditto topic (spec/kanto-edge, section 13.1), and where its parts lie in the payload. Members of
/// the wrong JSON type count as absent.
/// </summary>
internal sealed class DittoEnvelope
{
    private readonly ReadOnlyMemory<byte> _payload;
    private JsonValue? _headers;

    private DittoEnvelope(ReadOnlyMemory<byte> payload) => _payload = payload;

    /// <summary>What it is about.</summary>
    public DittoTopic Topic { get; private set; } = null!;

    /// <summary>JSON pointer; null when absent.</summary>
    public string? Path { get; private set; }

    /// <summary>Field selector; null when absent.</summary>
    public string? Fields { get; private set; }

    /// <summary>Whether it has a status other than 0, which makes it a response.</summary>
    public bool HasStatus { get; private set; }

    /// <summary>Place of <c>value</c> in the payload; null when absent.</summary>
    public Range? ValueRange { get; private set; }

    /// <summary>Place of <c>headers</c> in the payload, whatever its type; null when absent.</summary>
    public Range? HeadersRange { get; private set; }

    /// <summary>The headers; an empty object when there are none.</summary>
    public JsonValue Headers => _headers ??=
        HeadersRange is { } range && JsonText.TryParse(_payload.Span[range]) is { Kind: JsonKind.Object } headers ? headers : JsonValue.Empty;

    /// <summary>Header <c>correlation-id</c>; null when absent or empty.</summary>
    public string? CorrelationId => Headers["correlation-id"]?.AsString() is { Length: > 0 } id ? id : null;

    /// <summary>Reads a payload; null when it is no envelope. Costs next to nothing for what is plainly none.</summary>
    /// <param name="payload">Is kept as long as the envelope.</param>
    public static DittoEnvelope? TryRead(ReadOnlyMemory<byte> payload)
    {
        var span = payload.Span;
        int first = span.IndexOfAnyExcept(" \t\r\n"u8);
        if (first < 0 || span[first] != (byte)'{' || span.IndexOf("\"topic\""u8) < 0 || !Utf8.IsValid(span)) return null;
        try
        {
            return Read(payload);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null; // no JSON, or half of a surrogate pair
        }
    }

    /// <summary>Reads <c>value</c>; null when absent.</summary>
    public JsonValue? ReadValue() => ValueRange is { } range ? JsonText.TryParse(_payload.Span[range]) : null;

    private static DittoEnvelope? Read(ReadOnlyMemory<byte> payload)
    {
        var reader = new Utf8JsonReader(payload.Span, JsonText.ReaderOptions);
        string? topic = null;
        var read = new DittoEnvelope(payload);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            int start = (int)reader.TokenStartIndex;
            string? text = name is "topic" or "path" or "fields" ? TextOf(ref reader) : null;
            bool isZero = reader.TokenType == JsonTokenType.Null || (reader.TokenType == JsonTokenType.Number && reader.ValueSpan.SequenceEqual("0"u8));
            reader.Skip();
            if (name == "topic") topic = text;
            else read.Take(name, text, isZero, start..(int)reader.BytesConsumed);
        }

        while (reader.Read()) { } // what follows the object makes it no JSON
        if (topic is null || DittoTopic.TryParse(topic) is not { } parsed) return null;
        read.Topic = parsed;
        return read;
    }

    private void Take(string name, string? text, bool isZero, Range range)
    {
        switch (name)
        {
            case "path":
                Path = text;
                break;
            case "fields":
                Fields = text;
                break;
            case "status":
                HasStatus = !isZero;
                break;
            case "headers":
                HeadersRange = range;
                break;
            case "value":
                ValueRange = range;
                break;
        }
    }

    private static string? TextOf(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
}
