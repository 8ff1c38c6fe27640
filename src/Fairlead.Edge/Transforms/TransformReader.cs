using System.Text.Json;
using Fairlead.Edge.Configuration;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Edge.Transforms;

/// <summary>Reads <c>transforms</c>.</summary>
internal static class TransformReader
{
    private const int MostMessages = 1000;
    private const int MostBytes = 128 * 1024;
    private const int MostWait = 3_600_000;

    /// <summary>Reads the array; what is wrong goes into the problems.</summary>
    public static IReadOnlyList<TransformRule> Read(string json, List<ConfigurationProblem> problems)
    {
        using var document = JsonDocument.Parse(json);
        List<TransformRule> rules = [];
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            problems.Add(ConfigurationProblem.Fault("transforms", "must be an array"));
            return rules;
        }

        foreach (var entry in document.RootElement.EnumerateArray())
        {
            var where = $"transforms[{rules.Count}]";
            if (ReadRule(entry, out var fault) is { } rule) rules.Add(rule);
            if (fault is null) continue;
            problems.Add(ConfigurationProblem.Fault(where, fault));
            return rules;
        }

        return rules;
    }

    private static TransformRule? ReadRule(JsonElement entry, out string? fault)
    {
        fault = null;
        if (entry.ValueKind != JsonValueKind.Object) fault = "must be an object";
        else if (entry.EnumerateObject().Select(static member => member.Name).FirstOrDefault(static name => name is not ("topic" or "batch" or "compress" or "compressMinBytes")) is { } unknown)
            fault = $"there is no \"{unknown}\"; there are topic, batch, compress and compressMinBytes";
        if (fault is not null) return null;
        var topic = entry.TryGetProperty("topic", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
        var compress = entry.TryGetProperty("compress", out var word) && word.ValueKind == JsonValueKind.String ? word.GetString()! : "off";
        if (!TopicFilter.IsValid(topic) || TopicFilter.IsShared(topic)) fault = $"topic \"{topic}\" is not a topic filter";
        else if (compress is not ("off" or "gzip" or "zstd")) fault = $"compress \"{compress}\" must be off, gzip or zstd";
        var least = Number(entry, "compressMinBytes", TransformRule.DefaultLeastBytes, 0, MostBytes, ref fault);
        var batch = entry.TryGetProperty("batch", out var limits) ? ReadBatch(limits, ref fault) : null;
        return fault is not null ? null : new TransformRule
        {
            Topic = topic,
            Batch = batch,
            LeastBytes = least,
            Compress = compress switch { "gzip" => PayloadEncoding.Gzip, "zstd" => PayloadEncoding.Zstd, _ => PayloadEncoding.Identity },
        };
    }

    private static BatchLimits? ReadBatch(JsonElement limits, ref string? fault)
    {
        if (limits.ValueKind != JsonValueKind.Object)
        {
            fault ??= "batch must be an object with max, bytes and ms";
            return null;
        }

        var messages = Number(limits, "max", 100, 1, MostMessages, ref fault);
        var bytes = Number(limits, "bytes", 64 * 1024, 1, MostBytes - 4096, ref fault);
        var wait = Number(limits, "ms", 1000, 1, MostWait, ref fault);
        return new BatchLimits(messages, bytes, TimeSpan.FromMilliseconds(wait));
    }

    private static int Number(JsonElement json, string name, int otherwise, int least, int most, ref string? fault)
    {
        if (!json.TryGetProperty(name, out var value)) return otherwise;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most) return number;
        fault ??= $"{name} must be a number from {least} to {most}";
        return otherwise;
    }
}
