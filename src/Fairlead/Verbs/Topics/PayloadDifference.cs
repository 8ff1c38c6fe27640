using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Fairlead.Verbs.Topics;

/// <summary>What changed between two payloads: the fields of JSON, else the text, else where bytes begin to differ.</summary>
/// <param name="Kind">json, text or binary.</param>
/// <param name="Changes">What changed; empty for nothing.</param>
internal sealed record PayloadDifference(string Kind, IReadOnlyList<PayloadChange> Changes)
{
    private const int MostDepth = 64;

    /// <summary>Compares.</summary>
    public static PayloadDifference Of(byte[] before, byte[] after)
    {
        if (Fields(before) is { } old && Fields(after) is { } now)
            return new PayloadDifference("json", [.. Compare(old, now)]);
        if (Utf8.IsValid(before) && Utf8.IsValid(after) && !before.Contains((byte)0) && !after.Contains((byte)0))
            return new PayloadDifference("text", before.AsSpan().SequenceEqual(after) ? [] : [new PayloadChange("", Text(before), Text(after))]);
        int same = before.AsSpan().CommonPrefixLength(after);
        return new PayloadDifference(
            "binary", same == before.Length && same == after.Length ? [] : [new PayloadChange($"from byte {same.ToString(CultureInfo.InvariantCulture)}", Bytes(before), Bytes(after))]);
    }

    private static IEnumerable<PayloadChange> Compare(Dictionary<string, string> before, Dictionary<string, string> after)
    {
        foreach (var (path, value) in after)
        {
            if (!before.TryGetValue(path, out string? old))
                yield return new PayloadChange(path, null, value);
            else if (old != value)
                yield return new PayloadChange(path, old, value);
        }

        foreach (var (path, value) in before)
        {
            if (!after.ContainsKey(path))
                yield return new PayloadChange(path, value, null);
        }
    }

    /// <summary>The leaves of a JSON document by their paths, in its order; null when it is none.</summary>
    private static Dictionary<string, string>? Fields(byte[] payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            Collect(document.RootElement, "", 0, fields);
            return fields;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Collect(JsonElement value, string path, int depth, Dictionary<string, string> fields)
    {
        if (value.ValueKind == JsonValueKind.Object && value.EnumerateObject().MoveNext() && depth < MostDepth)
        {
            foreach (var member in value.EnumerateObject())
            {
                string name = member.Name.Replace(".", "\\.", StringComparison.Ordinal);
                Collect(member.Value, path.Length == 0 ? name : $"{path}.{name}", depth + 1, fields);
            }
        }
        else if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && depth < MostDepth)
        {
            int index = 0;
            foreach (var entry in value.EnumerateArray())
                Collect(entry, string.Create(CultureInfo.InvariantCulture, $"{path}[{index++}]"), depth + 1, fields);
        }
        else
        {
            fields[path] = JsonText.OneLine(value);
        }
    }

    private static string Text(byte[] payload) => JsonText.Of(JsonValue.Create(Encoding.UTF8.GetString(payload)));

    private static string Bytes(byte[] payload) => string.Create(CultureInfo.InvariantCulture, $"\"{payload.Length} bytes\"");
}

/// <summary>One change.</summary>
/// <param name="Path">Field with dots and brackets; empty for the whole payload.</param>
/// <param name="Before">JSON of the value that was; null for none.</param>
/// <param name="After">JSON of the value that is; null for none.</param>
internal sealed record PayloadChange(string Path, string? Before, string? After)
{
    private const int LongestShown = 120;

    /// <summary>On one line.</summary>
    public string Shown => $"{(Path.Length == 0 ? "" : Remote.Cells.Safe(Path) + ": ")}{Cut(Before, "(new)")} -> {Cut(After, "(gone)")}";

    private static string Cut(string? json, string none) =>
        json is null ? none : json.Length <= LongestShown ? json : string.Concat(json.AsSpan(0, LongestShown), "...");
}
