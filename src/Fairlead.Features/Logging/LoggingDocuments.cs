using System.Text.Json.Serialization;

namespace Fairlead.Features.Logging;

/// <summary>Body of SetV2LoggingOptions, and answer of GetV2LoggingOptions.</summary>
internal sealed record LoggingOptionsDocument(
    string? RoleArn, string? DefaultLogLevel, bool? DisableAllLogs, IReadOnlyList<EventLoggingDocument>? EventConfigurations);

/// <summary>How one event type is logged.</summary>
internal sealed record EventLoggingDocument(string? EventType, string? LogLevel, string? LogDestination);

/// <summary>Body of SetLoggingOptions, and answer of GetLoggingOptions: the older pair of operations over the same options.</summary>
internal sealed record OldLoggingOptionsDocument(string? RoleArn, string? LogLevel);

/// <summary>What a level is for.</summary>
internal sealed record LogTargetDocument(string? TargetType, string? TargetName);

/// <summary>Body of SetV2LoggingLevel, and an entry of ListV2LoggingLevels.</summary>
internal sealed record LoggingTargetDocument(LogTargetDocument? LogTarget, string? LogLevel);

/// <summary>A page of levels.</summary>
internal sealed record LoggingTargetListDocument(IReadOnlyList<LoggingTargetDocument> LogTargetConfigurations, string? NextToken);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LoggingOptionsDocument))]
[JsonSerializable(typeof(OldLoggingOptionsDocument))]
[JsonSerializable(typeof(LoggingTargetDocument))]
[JsonSerializable(typeof(LoggingTargetListDocument))]
internal sealed partial class LoggingJson : JsonSerializerContext;
