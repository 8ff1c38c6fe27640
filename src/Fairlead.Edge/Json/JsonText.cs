using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Fairlead.Edge.Json;

/// <summary>Reads JSON text into values and writes them, without converting a number.</summary>
internal static class JsonText
{
    /// <summary>Deepest nesting that is read; what is deeper counts as no JSON and passes through untouched.</summary>
    public const int MaxDepth = 128;

    /// <summary>Options of every reader here.</summary>
    public static JsonReaderOptions ReaderOptions => new() { MaxDepth = MaxDepth };

    /// <summary>Reads a text; null when it is not JSON in UTF-8. Of members of one name the last counts.</summary>
    public static JsonValue? TryParse(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8)) return null;
        try
        {
            var reader = new Utf8JsonReader(utf8, ReaderOptions);
            if (!reader.Read()) return null;
            var value = ReadValue(ref reader);
            return reader.Read() ? null : value;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null; // the second: an escaped half of a surrogate pair in a name
        }
    }

    /// <summary>Writes a value, compact.</summary>
    public static void Write(IBufferWriter<byte> to, JsonValue value)
    {
        bool first = true;
        switch (value.Kind)
        {
            case JsonKind.Object:
                to.Write("{"u8);
                foreach (var (name, member) in value.Members!)
                {
                    if (!first) to.Write(","u8);
                    first = false;
                    to.Write(Quote(name).Span);
                    to.Write(":"u8);
                    Write(to, member);
                }

                to.Write("}"u8);
                break;
            case JsonKind.Array:
                to.Write("["u8);
                foreach (var element in value.Elements)
                {
                    if (!first) to.Write(","u8);
                    first = false;
                    Write(to, element);
                }

                to.Write("]"u8);
                break;
            default:
                to.Write(value.Text.Span);
                break;
        }
    }

    /// <summary>A string as JSON writes it, with quotes.</summary>
    public static ReadOnlyMemory<byte> Quote(string text)
    {
        var encoded = JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        var quoted = new byte[encoded.EncodedUtf8Bytes.Length + 2];
        quoted[0] = quoted[^1] = (byte)'"';
        encoded.EncodedUtf8Bytes.CopyTo(quoted.AsSpan(1));
        return quoted;
    }

    /// <summary>The text of a JSON string; null when it holds half of a surrogate pair.</summary>
    public static string? Unquote(ReadOnlySpan<byte> quoted)
    {
        if (!quoted.Contains((byte)'\\')) return Encoding.UTF8.GetString(quoted[1..^1]);
        var reader = new Utf8JsonReader(quoted);
        try
        {
            return reader.Read() ? reader.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>An integer as JSON writes it.</summary>
    public static ReadOnlyMemory<byte> Number(long number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    private static JsonValue ReadValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var members = new OrderedDictionary<string, JsonValue>(StringComparer.Ordinal);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    string name = reader.GetString()!;
                    reader.Read();
                    members[name] = ReadValue(ref reader);
                }

                return JsonValue.Object(members);
            case JsonTokenType.StartArray:
                var elements = new List<JsonValue>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) elements.Add(ReadValue(ref reader));
                return JsonValue.Array([.. elements]);
            case JsonTokenType.String:
                var quoted = new byte[reader.ValueSpan.Length + 2];
                quoted[0] = quoted[^1] = (byte)'"';
                reader.ValueSpan.CopyTo(quoted.AsSpan(1));
                return JsonValue.Scalar(JsonKind.String, quoted);
            case JsonTokenType.Null:
                return JsonValue.Null;
            default:
                return JsonValue.Scalar(JsonKind.Literal, reader.ValueSpan.ToArray());
        }
    }
}
