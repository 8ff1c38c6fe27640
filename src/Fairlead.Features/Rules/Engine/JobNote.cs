using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.Features.Rules.Engine;

/// <summary>What has to be known of a kept publication after a restart, besides the message itself.</summary>
/// <param name="Rules">Rules that matched it.</param>
/// <param name="Trace">Trace id.</param>
internal sealed record JobNote(IReadOnlyList<string> Rules, string Trace)
{
    /// <summary>Client Identifier of the publisher; null for none.</summary>
    public string? Client { get; init; }

    /// <summary>Identity of the publisher; null for none.</summary>
    public string? Principal { get; init; }

    /// <summary>Address of the publisher; null for none.</summary>
    public string? Ip { get; init; }

    /// <summary>Republications before it.</summary>
    public int Hops { get; init; }

    /// <summary>Whether the trace id belongs to the message, and not just to the log.</summary>
    public bool IsTraced { get; init; }

    /// <summary>Whether it came by basic ingest: its topic begins with the rule's name.</summary>
    public bool IsBasic { get; init; }

    /// <summary>The note as text.</summary>
    public string Write() => JsonSerializer.Serialize(this, JobNoteJson.Default.JobNote);

    /// <summary>Reads a note; null when it is none.</summary>
    public static JobNote? Read(string? text)
    {
        if (text is null) return null;
        try
        {
            return JsonSerializer.Deserialize(text, JobNoteJson.Default.JobNote);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(JobNote))]
internal sealed partial class JobNoteJson : JsonSerializerContext;
