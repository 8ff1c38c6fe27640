using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Observability;

/// <summary>Writes one log entry as a line of text or as one JSON object.</summary>
internal static class LogLine
{
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private static readonly ConcurrentDictionary<string, string> EventNames = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, string> FieldNames = new(StringComparer.Ordinal);

    public static byte[] Text(DateTimeOffset time, LogLevel level, string message, Exception? exception)
    {
        var line = new StringBuilder(message.Length + 40)
            .Append(CultureInfo.InvariantCulture, $"{time:yyyy-MM-ddTHH:mm:ss.fffZ} ").Append(NameOf(level).PadRight(8)).Append(OneLine(message));
        if (exception is not null) line.Append(" | ").Append(OneLine(exception.ToString()));
        return Encoding.UTF8.GetBytes(line.Append('\n').ToString());
    }

    public static byte[] Json(
        DateTimeOffset time,
        LogLevel level,
        EventId id,
        string message,
        IReadOnlyList<KeyValuePair<string, object?>>? fields,
        Exception? exception)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, JsonOptions))
        {
            json.WriteStartObject();
            json.WriteString("time"u8, time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            json.WriteString("level"u8, NameOf(level));
            if (id.Name is { Length: > 0 } name) json.WriteString("event"u8, EventNames.GetOrAdd(name, SnakeCase));
            json.WriteString("msg"u8, message);
            for (var i = 0; i < (fields?.Count ?? 0); i++)
            {
                var (key, value) = fields![i];
                if (value is null || key == "{OriginalFormat}") continue;
                json.WritePropertyName(FieldNames.GetOrAdd(key, JsonNamingPolicy.CamelCase.ConvertName));
                WriteValue(json, value);
            }

            if (exception is not null) json.WriteString("exception"u8, exception.ToString());
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] DroppedNotice(long count) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"level\":\"warning\",\"event\":\"log_dropped\",\"msg\":\"{count} log lines were dropped: the log is read too slowly\"}}\n"));

    private static void WriteValue(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case bool flag: json.WriteBooleanValue(flag); break;
            case int number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case uint number: json.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
            case DateTimeOffset time: json.WriteStringValue(time); break;
            default: json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }

    // Client ids and topics are written by strangers: a line feed in one must not forge a line.
    private static string OneLine(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f')) return text;
        return string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        _ => "error",
    };

    private static string SnakeCase(string name)
    {
        var result = new StringBuilder(name.Length + 8);
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterUpper(letter) && result.Length > 0) result.Append('_');
            result.Append(char.ToLowerInvariant(letter));
        }

        return result.ToString();
    }
}
