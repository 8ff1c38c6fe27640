using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Fairlead.Features.Logging;

/// <summary>Options of the structured log, one for the hub.</summary>
/// <param name="DefaultLevel">Level of what nothing else speaks about.</param>
/// <param name="IsDisabled">Whether nothing is written at all.</param>
internal sealed record LoggingOptions(EventLogLevel DefaultLevel, bool IsDisabled)
{
    /// <summary>Role, kept to be told again.</summary>
    public string? RoleArn { get; init; }

    /// <summary>Levels of single event types, by their name.</summary>
    public ImmutableSortedDictionary<string, EventLogging> Events { get; init; } =
        ImmutableSortedDictionary.Create<string, EventLogging>(StringComparer.Ordinal);
}

/// <summary>How one event type is logged.</summary>
/// <param name="Level">Its level; null takes the default.</param>
/// <param name="Destination">Log group, kept to be told again; null for none.</param>
internal sealed record EventLogging(EventLogLevel? Level, string? Destination);

/// <summary>A level for one thing group, client, address or principal.</summary>
/// <param name="Type">Such as <c>CLIENT_ID</c>.</param>
/// <param name="Name">Which one.</param>
/// <param name="Level">Its level, for every event type.</param>
internal sealed record LoggingTarget(string Type, string Name, EventLogLevel Level);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(LoggingOptions))]
[JsonSerializable(typeof(LoggingTarget))]
internal sealed partial class LoggingRecordJson : JsonSerializerContext;
