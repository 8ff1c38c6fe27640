using System.Text;
using System.Text.Json;
using Fairlead.Features.Logging;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Logs;

/// <summary>Which lines of the log somebody wants to see.</summary>
/// <param name="ClientId">Those of one client; null for all.</param>
/// <param name="Topic">Those about topics that a Topic Filter matches; null for all.</param>
/// <param name="Level">That level and what is more severe; null for all.</param>
internal sealed record LogFilter(string? ClientId, string? Topic, EventLogLevel? Level)
{
    /// <summary>Those that came from one address; null for all.</summary>
    public string? Address { get; init; }

    /// <summary>Whether a line is wanted.</summary>
    public bool Matches(string line)
    {
        if (ClientId is null && Topic is null && Level is null && Address is null) return true;
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (ClientId is not null && Text(root, "clientId") != ClientId) return false;
            if (Address is not null && Text(root, "sourceIp") != Address) return false;
            if (Level is { } most && EventLogLevels.Parse(Text(root, "logLevel") ?? "") is { } level && level > most) return false;
            return Topic is null || (Text(root, "topicName") is { } topic && Covers(Topic, topic));
        }
        catch (JsonException)
        {
            return false; // cut off by a crash
        }
    }

    private static string? Text(JsonElement root, string member) =>
        root.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // Subscribe entries name several filters, separated by commas.
    private static bool Covers(string filter, string topics) =>
        Array.Exists(topics.Split(','), topic => topic == filter || TopicFilter.Matches(Encoding.UTF8.GetBytes(filter), Encoding.UTF8.GetBytes(topic)));
}
