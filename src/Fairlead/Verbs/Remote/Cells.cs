using System.Globalization;
using System.Text.Json;

namespace Fairlead.Verbs.Remote;

/// <summary>JSON values as text for people.</summary>
internal static class Cells
{
    /// <summary>The value of a member; "-" for none.</summary>
    public static string Of(JsonElement document, string name) =>
        document.ValueKind == JsonValueKind.Object && document.TryGetProperty(name, out var value) ? Of(name, value) : "-";

    /// <summary>The members of an object, those of its objects too, as far as they fit on a line.</summary>
    public static List<(string Name, string Value)> Lines(JsonElement document)
    {
        var lines = new List<(string, string)>();
        foreach (var member in document.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Object)
                lines.AddRange(Lines(member.Value).Select(inner => ($"{member.Name}.{inner.Name}", inner.Value)));
            else
                lines.Add((member.Name, Of(member.Name, member.Value)));
        }

        return lines;
    }

    /// <summary>What a stranger wrote may hold control characters: none of them on a terminal, no tabs in a column.</summary>
    public static string Safe(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(static c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString())) : text;

    /// <summary>Seconds since the Unix epoch as ISO 8601.</summary>
    public static string Time(double seconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(seconds * 1000)).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Of(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "-",
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.String => Text(name, value.GetString()!),
        JsonValueKind.Number when IsTime(name) && value.TryGetDouble(out double seconds) => Time(seconds > 100_000_000_000 ? seconds / 1000 : seconds),
        JsonValueKind.Object => string.Join(' ', value.EnumerateObject().Select(static member => $"{Safe(member.Name)}={Of(member.Name, member.Value)}")),
        JsonValueKind.Array when value.GetArrayLength() == 0 => "-",
        JsonValueKind.Array => string.Join(' ', value.EnumerateArray().Select(entry => Of(name, entry))),
        _ => value.GetRawText(),
    };

    private static string Text(string name, string text)
    {
        if (text.StartsWith("-----BEGIN ", StringComparison.Ordinal))
            return "PEM, shown with --pem or --json";
        bool isTime = name is "since" or "time" || name.EndsWith("At", StringComparison.Ordinal);
        return isTime && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time)
            ? time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
            : Safe(text);
    }

    private static bool IsTime(string name) =>
        name.EndsWith("Date", StringComparison.Ordinal) || name.EndsWith("Since", StringComparison.Ordinal) || name is "notBefore" or "notAfter" or "lastModifiedTime" or "timestamp";
}
