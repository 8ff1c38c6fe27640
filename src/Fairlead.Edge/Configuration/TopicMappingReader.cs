using System.Text.Json;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Edge.Configuration;

/// <summary>Reads <c>mappings</c>.</summary>
internal static class TopicMappingReader
{
    /// <summary>Reads the array; what is wrong goes into the problems.</summary>
    public static IReadOnlyList<TopicMapping> Read(string json, List<ConfigurationProblem> problems)
    {
        using var document = JsonDocument.Parse(json);
        List<TopicMapping> mappings = [];
        foreach (var entry in document.RootElement.EnumerateArray())
        {
            string where = $"mappings[{mappings.Count}]";
            string from = Text(entry, "from");
            string to = Text(entry, "to");
            string direction = Text(entry, "direction") is { Length: > 0 } given ? given : "out";
            int qos = entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("qos", out var number) && number.TryGetInt32(out int value) ? value : 1;
            string? fault = FindFault(from, to, direction, qos);
            if (fault is not null) problems.Add(ConfigurationProblem.Fault(where, fault));
            mappings.Add(new TopicMapping(from, to, direction == "out", (QualityOfService)qos));
        }

        return mappings;
    }

    private static string? FindFault(string from, string to, string direction, int qos)
    {
        if (!TopicFilter.IsValid(from) || TopicFilter.IsShared(from)) return $"from \"{from}\" is not a topic filter";
        if (to.Length == 0 || to.AsSpan().ContainsAny('+', '#')) return $"to \"{to}\" is not a topic; write $1, $2, ... for what + and # matched";
        if (direction is not ("out" or "in")) return $"direction \"{direction}\" must be out or in";
        if (qos is < 0 or > 1) return "qos must be 0 or 1";
        int wildcards = from.Split('/').Count(static level => level is "+" or "#");
        for (int i = 1; i <= 9; i++)
        {
            if (i > wildcards && to.Contains($"${i}", StringComparison.Ordinal)) return $"to \"{to}\" asks for ${i}, but from has {wildcards} wildcards";
        }

        return null;
    }

    private static string Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
