using System.Text.Json;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Logs;

/// <summary>An event of the structured log as a line for people.</summary>
internal static class LogLine
{
    private static readonly string[] Known = ["timestamp", "time", "logLevel", "level", "traceId", "accountId", "status", "eventType", "event", "clientId", "topicName", "reason", "details", "detail"];

    public static string Of(string json)
    {
        JsonElement entry;
        try
        {
            using var parsed = JsonDocument.Parse(json);
            entry = parsed.RootElement.Clone();
        }
        catch (JsonException)
        {
            return Cells.Safe(json);
        }

        if (entry.ValueKind != JsonValueKind.Object)
            return Cells.Safe(json);
        var words = new List<string> { First(entry, "timestamp", "time"), First(entry, "logLevel", "level").ToUpperInvariant().PadRight(5), First(entry, "eventType", "event").PadRight(12) };
        Add(words, First(entry, "clientId"));
        Add(words, First(entry, "topicName"));
        if (First(entry, "status") == "Failure")
            words.Add("FAILED");
        Add(words, First(entry, "reason"));
        if (First(entry, "details", "detail") is { Length: > 1 } details)
            words.Add($"({details})");
        foreach (var member in entry.EnumerateObject())
        {
            if (!Known.Contains(member.Name, StringComparer.Ordinal) && member.Value.ValueKind != JsonValueKind.Null)
                words.Add($"{member.Name}={Cells.Of(entry, member.Name)}");
        }

        return string.Join(' ', words).TrimEnd();
    }

    private static string First(JsonElement entry, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (entry.TryGetProperty(name, out _))
                return Cells.Of(entry, name);
        }

        return "";
    }

    private static void Add(List<string> words, string word)
    {
        if (word.Length > 0)
            words.Add(word);
    }
}
