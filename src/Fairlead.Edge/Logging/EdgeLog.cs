using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Logging;

/// <summary>What the connector writes into its log; the link is the category.</summary>
internal static partial class EdgeLog
{
    [LoggerMessage(EventId = 8000, Level = LogLevel.Information, Message = "edge connector {Version} starts: device {Device}, tenant {Tenant}, data in {Directory}")]
    public static partial void Starts(this ILogger log, string version, string device, string tenant, string directory);

    [LoggerMessage(EventId = 8001, Level = LogLevel.Warning, Message = "configuration: {Problem}")]
    public static partial void ConfigurationRemark(this ILogger log, string problem);

    [LoggerMessage(EventId = 8002, Level = LogLevel.Error, Message = "configuration: {Problem}")]
    public static partial void ConfigurationFault(this ILogger log, string problem);

    [LoggerMessage(EventId = 8003, Level = LogLevel.Information, Message = "connected to {Server}, session {Session}")]
    public static partial void Connected(this ILogger log, string server, string session);

    [LoggerMessage(EventId = 8004, Level = LogLevel.Warning, Message = "{Error} (attempt {Attempt}, next in {Seconds:0.0} s, {Repeats} times since last told)")]
    public static partial void ConnectFailed(this ILogger log, string error, int attempt, double seconds, int repeats);

    [LoggerMessage(EventId = 8005, Level = LogLevel.Warning, Message = "connection lost: {Error}")]
    public static partial void ConnectionLost(this ILogger log, string error);

    [LoggerMessage(EventId = 8006, Level = LogLevel.Error, Message = "another client uses the client id {ClientId} at this broker; it waits {Seconds:0} s before it comes back")]
    public static partial void TakenOver(this ILogger log, string clientId, double seconds);

    [LoggerMessage(EventId = 8007, Level = LogLevel.Error, Message = "a subscription was refused: {Error}")]
    public static partial void SubscriptionRefused(this ILogger log, string error);

    [LoggerMessage(EventId = 8008, Level = LogLevel.Warning, Message = "message to {Topic} with {Bytes} bytes put aside: {Reason}")]
    public static partial void DeadLettered(this ILogger log, string topic, int bytes, string reason);

    [LoggerMessage(EventId = 8009, Level = LogLevel.Warning, Message = "no acknowledgment for {Seconds:0} s with {Count} messages under way: the link is rebuilt")]
    public static partial void Stalled(this ILogger log, double seconds, int count);

    [LoggerMessage(EventId = 8010, Level = LogLevel.Information, Message = "{Files} changed: the link connects anew")]
    public static partial void FilesChanged(this ILogger log, string files);

    [LoggerMessage(EventId = 8011, Level = LogLevel.Information, Message = "command on {Topic} is not for this device")]
    public static partial void ForeignCommand(this ILogger log, string topic);

    [LoggerMessage(EventId = 8012, Level = LogLevel.Debug, Message = "{Direction} {From} -> {To}, {Bytes} bytes")]
    public static partial void Forwarded(this ILogger log, string direction, string from, string to, int bytes);

    [LoggerMessage(EventId = 8013, Level = LogLevel.Debug, Message = "payload on {Topic}: {Payload}")]
    public static partial void Payload(this ILogger log, string topic, string payload);

    [LoggerMessage(EventId = 8014, Level = LogLevel.Information, Message = "metrics and health on http://{Address}")]
    public static partial void HealthListens(this ILogger log, string address);

    [LoggerMessage(EventId = 8015, Level = LogLevel.Error, Message = "metrics and health are off: {Address} cannot be listened on: {Error}")]
    public static partial void HealthFailed(this ILogger log, string address, string error);

    [LoggerMessage(EventId = 8016, Level = LogLevel.Information, Message = "local broker listens on {Address}")]
    public static partial void EmbeddedListens(this ILogger log, string address);

    [LoggerMessage(EventId = 8017, Level = LogLevel.Information, Message = "settings read again: {Changed} in force, {Restart} need a restart")]
    public static partial void Reloaded(this ILogger log, string changed, string restart);

    [LoggerMessage(EventId = 8018, Level = LogLevel.Error, Message = "settings read again and refused: {Problem}")]
    public static partial void ReloadRefused(this ILogger log, string problem);

    [LoggerMessage(EventId = 8019, Level = LogLevel.Information, Message = "stopping: {Reason}")]
    public static partial void Stopping(this ILogger log, string reason);

    [LoggerMessage(EventId = 8020, Level = LogLevel.Error, Message = "a loop failed and starts again")]
    public static partial void LoopFailed(this ILogger log, Exception exception);

    [LoggerMessage(EventId = 8021, Level = LogLevel.Warning, Message = "what is remembered of requests cannot be written: {Error}")]
    public static partial void MemoryNotWritten(this ILogger log, string error);

    [LoggerMessage(EventId = 8022, Level = LogLevel.Information, Message = "settings from the cloud are in force: {Keys}")]
    public static partial void RemoteConfigApplied(this ILogger log, string keys);

    [LoggerMessage(EventId = 8023, Level = LogLevel.Warning, Message = "settings from the cloud refused: {Problem}")]
    public static partial void RemoteConfigRefused(this ILogger log, string problem);

    [LoggerMessage(EventId = 8024, Level = LogLevel.Error, Message = "settings from the cloud undone: no connection within {Seconds:0} s")]
    public static partial void RemoteConfigUndone(this ILogger log, double seconds);

    [LoggerMessage(EventId = 8025, Level = LogLevel.Information, Message = "stock Mosquitto drops what it cannot queue: set max_inflight_messages 0, max_queued_messages 100000, persistence true and a short autosave_interval there")]
    public static partial void MosquittoHint(this ILogger log);

    [LoggerMessage(EventId = 8026, Level = LogLevel.Error, Message = "the spool cannot be written: {Fault}; local messages are not acknowledged until it can")]
    public static partial void SpoolFault(this ILogger log, string fault);

    [LoggerMessage(EventId = 8027, Level = LogLevel.Information, Message = "the spool can be written again")]
    public static partial void SpoolRecovered(this ILogger log);

    [LoggerMessage(EventId = 8028, Level = LogLevel.Information, Message = "takes messages on {Filters}")]
    public static partial void TakesMessages(this ILogger log, string filters);

    [LoggerMessage(EventId = 8029, Level = LogLevel.Information, Message = "an address of this machine has changed: the next attempt is made now")]
    public static partial void NetworkChanged(this ILogger log);
}
