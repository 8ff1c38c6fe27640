using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Logging;

/// <summary>The forms of a line: Kanto's, and JSON (spec section 15).</summary>
internal static class LogLine
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary><c>2026/11/20 20:48:49.529512  [fairlead-edge]  INFO   text link=hub</c>: local time, microseconds.</summary>
    public static string ToText(DateTimeOffset now, LogLevel level, string link, string text) => string.Create(
        CultureInfo.InvariantCulture, $"{now:yyyy/MM/dd HH:mm:ss.ffffff}  [fairlead-edge]  {Word(level),-6} {text.ReplaceLineEndings(" ")} link={link}");

    /// <summary>One object a line.</summary>
    public static string ToJson(DateTimeOffset now, LogLevel level, string link, EventId id, string text)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("time", now.ToString("yyyy-MM-ddTHH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture));
            json.WriteString("level", Word(level));
            json.WriteString("link", link);
            json.WriteNumber("event", id.Id);
            json.WriteString("text", text);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        _ => "ERROR",
    };
}
