using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fairlead.Verbs;

/// <summary>How the tools write JSON: one line, and text as text, since nothing of it goes into a web page.</summary>
internal static class JsonText
{
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonWriterOptions Indented { get; } = Options with { Indented = true };

    /// <summary>On one line.</summary>
    public static string Of(JsonNode node) => Write(node.WriteTo, Options);

    /// <summary>On one line; numbers keep their digits.</summary>
    public static string OneLine(JsonElement element) => Write(writer => element.WriteTo(writer), Options);

    /// <summary>Indented; numbers keep their digits.</summary>
    public static string Pretty(JsonElement element) => Write(writer => element.WriteTo(writer), Indented);

    private static string Write(Action<Utf8JsonWriter> write, JsonWriterOptions options)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, options))
            write(writer);
        return Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    private static string Write(Action<Utf8JsonWriter, JsonSerializerOptions?> write, JsonWriterOptions options) => Write(writer => write(writer, null), options);
}
