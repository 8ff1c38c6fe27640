using Microsoft.Extensions.Logging;

namespace Fairlead.Gateway.Hosting;

/// <summary>What the gateway writes into its log; never a payload, a key or a token (checklist 12).</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(EventId = 8400, Level = LogLevel.Information, Message = "gateway {Instance} starts: hub {Hub} at {Address}, {Modes}")]
    public static partial void Starts(this ILogger log, string instance, string hub, string address, string modes);

    [LoggerMessage(EventId = 8401, Level = LogLevel.Information, Message = "connection {Number} to the hub stands, its {Generation}.")]
    public static partial void Connected(this ILogger log, int number, int generation);

    [LoggerMessage(EventId = 8402, Level = LogLevel.Warning, Message = "connection {Number} to the hub lost: {Error}")]
    public static partial void ConnectionLost(this ILogger log, int number, string error);

    [LoggerMessage(EventId = 8403, Level = LogLevel.Warning, Message = "connection {Number} to the hub cannot be made: {Error}; next attempt in {Seconds:0.0} s")]
    public static partial void ConnectFailed(this ILogger log, int number, string error, double seconds);

    [LoggerMessage(EventId = 8404, Level = LogLevel.Error, Message = "the hub refuses the access policy {Policy}: {Error}; compare AccessPolicyName and AccessPolicyKey with the hub")]
    public static partial void PolicyRefused(this ILogger log, string policy, string error);

    [LoggerMessage(EventId = 8405, Level = LogLevel.Warning, Message = "the token of the access policy could not be renewed: {Error}")]
    public static partial void RenewalFailed(this ILogger log, string error);

    [LoggerMessage(EventId = 8406, Level = LogLevel.Error, Message = "a loop failed and goes on")]
    public static partial void LoopFailed(this ILogger log, Exception exception);

    [LoggerMessage(EventId = 8407, Level = LogLevel.Information, Message = "device {Device} refused by the hub: {Error} (credential {Fingerprint})")]
    public static partial void CredentialRefused(this ILogger log, string device, string error, string fingerprint);

    [LoggerMessage(EventId = 8408, Level = LogLevel.Debug, Message = "{Kind} link of device {Device} attached")]
    public static partial void Attached(this ILogger log, string kind, string device);

    [LoggerMessage(EventId = 8409, Level = LogLevel.Debug, Message = "{Kind} link of device {Device} gone: {Error}")]
    public static partial void Detached(this ILogger log, string kind, string device, string error);

    [LoggerMessage(EventId = 8410, Level = LogLevel.Information, Message = "{Kind} link of device {Device} taken by another connection")]
    public static partial void LinkStolen(this ILogger log, string kind, string device);

    [LoggerMessage(EventId = 8411, Level = LogLevel.Warning, Message = "webhook of device {Device} at {Host} failed: {Error}; next attempt in {Seconds:0} s")]
    public static partial void WebhookFailed(this ILogger log, string device, string host, string error, double seconds);

    [LoggerMessage(EventId = 8412, Level = LogLevel.Warning, Message = "message {MessageId} for device {Device} rejected after {Count} deliveries to its webhook")]
    public static partial void WebhookGaveUp(this ILogger log, string device, string messageId, int count);

    [LoggerMessage(EventId = 8413, Level = LogLevel.Error, Message = "webhooks cannot be written to {File}: {Error}")]
    public static partial void WebhooksNotWritten(this ILogger log, string file, string error);

    [LoggerMessage(EventId = 8414, Level = LogLevel.Information, Message = "listening on {Address}")]
    public static partial void Listening(this ILogger log, string address);

    [LoggerMessage(EventId = 8415, Level = LogLevel.Warning, Message = "policy mode without ApiKey on {Address}: whoever reaches it can speak for any device")]
    public static partial void PolicyModeOpen(this ILogger log, string address);

    [LoggerMessage(EventId = 8416, Level = LogLevel.Information, Message = "stopping: {Reason}")]
    public static partial void Stopping(this ILogger log, string reason);

    [LoggerMessage(EventId = 8417, Level = LogLevel.Warning, Message = "stopped with {Count} requests under way after {Seconds:0} s")]
    public static partial void StopTimedOut(this ILogger log, int count, double seconds);

    [LoggerMessage(EventId = 8418, Level = LogLevel.Information, Message = "stopped")]
    public static partial void Stopped(this ILogger log);

    [LoggerMessage(EventId = 8419, Level = LogLevel.Error, Message = "request {Method} {Route} failed")]
    public static partial void RequestFailed(this ILogger log, string method, string route, Exception exception);

    [LoggerMessage(EventId = 8420, Level = LogLevel.Warning, Message = "settlement handed to instance {Instance} failed: {Error}")]
    public static partial void PeerFailed(this ILogger log, string instance, string error);

    [LoggerMessage(EventId = 8421, Level = LogLevel.Debug, Message = "{Method} {Route} {Status} in {Milliseconds:0.0} ms")]
    public static partial void Served(this ILogger log, string method, string route, int status, double milliseconds);
}
