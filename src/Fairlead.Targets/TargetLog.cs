using Microsoft.Extensions.Logging;

namespace Fairlead.Targets;

/// <summary>What targets log themselves. What becomes of calls is the engine's to log.</summary>
internal static partial class TargetLog
{
    [LoggerMessage(EventId = 7100, Level = LogLevel.Information, Message = "Connected to {Place}")]
    public static partial void TargetConnected(this ILogger log, string place);

    [LoggerMessage(EventId = 7101, Level = LogLevel.Debug, Message = "Closing the connection to {Place} failed: {Reason}")]
    public static partial void TargetCloseFailed(this ILogger log, string place, string reason);

    [LoggerMessage(EventId = 7102, Level = LogLevel.Debug, Message = "Kafka at {Servers}: {Facility} {Message}")]
    public static partial void KafkaTold(this ILogger log, string servers, string facility, string message);

    [LoggerMessage(EventId = 7103, Level = LogLevel.Warning, Message = "Kafka at {Servers}: {Reason}")]
    public static partial void KafkaFailed(this ILogger log, string servers, string reason);

    [LoggerMessage(EventId = 7104, Level = LogLevel.Warning, Message = "The stream file {Path} cannot be cut back to its last whole record: {Reason}")]
    public static partial void StreamNotCut(this ILogger log, string path, string reason);
}
