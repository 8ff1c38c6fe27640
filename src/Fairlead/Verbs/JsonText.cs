using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fairlead.Verbs;

/// <summary>How the tools write JSON: one line, and text as text, since nothing of it goes into a web page.</summary>
internal static class JsonText
{
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonWriterOptions Indented { get; } = Options with { Indented = true };
}
