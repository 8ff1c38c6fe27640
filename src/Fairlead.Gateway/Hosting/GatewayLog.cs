using Microsoft.Extensions.Logging;

namespace Fairlead.Gateway.Hosting;

/// <summary>What the gateway writes into its log; never a payload, a key or a token (checklist 12).</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(EventId = 8300, Level = LogLevel.Information, Message = "gateway {Instance} starts: hub {Hub} at {Address}, {Modes}")]
    public static partial void Starts(this ILogger log, string instance, string hub, string address, string modes);

    [LoggerMessage(EventId = 8301, Level = LogLevel.Information, Message = "connection {Number} to the hub stands, its {Generation}.")]
    public static partial void Connected(this ILogger log, int number, int generation);

    [LoggerMessage(EventId = 8302, Level = LogLevel.Warning, Message = "connection {Number} to the hub lost: {Error}")]
    public static partial void ConnectionLost(this ILogger log, int number, string error);

    [LoggerMessage(EventId = 8303, Level = LogLevel.Warning, Message = "connection {Number} to the hub cannot be made: {Error}; next attempt in {Seconds:0.0} s")]
    public static partial void ConnectFailed(this ILogger log, int number, string error, double seconds);

    [LoggerMessage(EventId = 8304, Level = LogLevel.Error, Message = "the hub refuses the access policy {Policy}: {Error}; compare AccessPolicyName and AccessPolicyKey with the hub")]
    public static partial void PolicyRefused(this ILogger log, string policy, string error);

    [LoggerMessage(EventId = 8305, Level = LogLevel.Warning, Message = "the token of the access policy could not be renewed: {Error}")]
    public static partial void RenewalFailed(this ILogger log, string error);

    [LoggerMessage(EventId = 8306, Level = LogLevel.Error, Message = "a loop failed and goes on")]
    public static partial void LoopFailed(this ILogger log, Exception exception);

    [LoggerMessage(EventId = 8307, Level = LogLevel.Information, Message = "device {Device} refused by the hub: {Error} (credential {Fingerprint})")]
    public static partial void CredentialRefused(this ILogger log, string device, string error, string fingerprint);

    [LoggerMessage(EventId = 8308, Level = LogLevel.Debug, Message = "{Kind} link of device {Device} attached")]
    public static partial void Attached(this ILogger log, string kind, string device);

    [LoggerMessage(EventId = 8309, Level = LogLevel.Debug, Message = "{Kind} link of device {Device} gone: {Error}")]
    public static partial void Detached(this ILogger log, string kind, string device, string error);

    [LoggerMessage(EventId = 8310, Level = LogLevel.Information, Message = "{Kind} link of device {Device} taken by another connection")]
    public static partial void LinkStolen(this ILogger log, string kind, string device);

    [LoggerMessage(EventId = 8311, Level = LogLevel.Warning, Message = "webhook of device {Device} at {Host} failed: {Error}; next attempt in {Seconds:0} s")]
    public static partial void WebhookFailed(this ILogger log, string device, string host, string error, double seconds);

    [LoggerMessage(EventId = 8312, Level = LogLevel.Warning, Message = "message {MessageId} for device {Device} rejected after {Count} deliveries to its webhook")]
    public static partial void WebhookGaveUp(this ILogger log, string device, string messageId, int count);

    [LoggerMessage(EventId = 8313, Level = LogLevel.Error, Message = "webhooks cannot be written to {File}: {Error}")]
    public static partial void WebhooksNotWritten(this ILogger log, string file, string error);

    [LoggerMessage(EventId = 8314, Level = LogLevel.Information, Message = "listening on {Address}")]
    public static partial void Listening(this ILogger log, string address);

    [LoggerMessage(EventId = 8315, Level = LogLevel.Warning, Message = "policy mode without ApiKey on {Address}: whoever reaches it can speak for any device")]
    public static partial void PolicyModeOpen(this ILogger log, string address);

    [LoggerMessage(EventId = 8316, Level = LogLevel.Information, Message = "stopping: {Reason}")]
    public static partial void Stopping(this ILogger log, string reason);

    [LoggerMessage(EventId = 8317, Level = LogLevel.Warning, Message = "stopped with {Count} requests under way after {Seconds:0} s")]
    public static partial void StopTimedOut(this ILogger log, int count, double seconds);

    [LoggerMessage(EventId = 8318, Level = LogLevel.Information, Message = "stopped")]
    public static partial void Stopped(this ILogger log);

    [LoggerMessage(EventId = 8319, Level = LogLevel.Error, Message = "request {Method} {Route} failed")]
    public static partial void RequestFailed(this ILogger log, string method, string route, Exception exception);

    [LoggerMessage(EventId = 8320, Level = LogLevel.Warning, Message = "settlement handed to instance {Instance} failed: {Error}")]
    public static partial void PeerFailed(this ILogger log, string instance, string error);

    [LoggerMessage(EventId = 8321, Level = LogLevel.Debug, Message = "{Method} {Route} {Status} in {Milliseconds:0.0} ms")]
    public static partial void Served(this ILogger log, string method, string route, int status, double milliseconds);
}
