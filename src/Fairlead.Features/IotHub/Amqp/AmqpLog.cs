using Microsoft.Extensions.Logging;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>What the AMQP endpoint logs. Numbers 8260 to 8279. No keys, signatures and payloads.</summary>
internal static partial class AmqpLog
{
    [LoggerMessage(8260, LogLevel.Information, "{Remote} on {Listener} refused at stage {Stage}: {Reason}", EventName = "amqp_refused")]
    public static partial void AmqpRefused(this ILogger log, string remote, string listener, string stage, string reason);

    [LoggerMessage(8261, LogLevel.Information, "{Count} tokens of the AMQP connection from {Remote} have expired", EventName = "amqp_tokens_expired")]
    public static partial void AmqpTokensExpired(this ILogger log, string remote, int count);

    [LoggerMessage(8262, LogLevel.Error, "an AMQP link to {Address} failed", EventName = "amqp_link_failed")]
    public static partial void AmqpLinkFailed(this ILogger log, Exception exception, string address);
}
