using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Provisioning;

/// <summary>What this slice logs. Numbers 5275 to 5299.</summary>
internal static partial class ProvisioningLog
{
    [LoggerMessage(5275, LogLevel.Information, "the thing {Thing} is provisioned with certificate {CertificateId} by the template {Template}", EventName = "device_provisioned")]
    public static partial void DeviceProvisioned(this ILogger log, string thing, string certificateId, string template);

    [LoggerMessage(5276, LogLevel.Warning, "{ClientId} is refused with {Status} on {Topic}: {Reason}", EventName = "provisioning_rejected")]
    public static partial void ProvisioningRejected(this ILogger log, string clientId, string topic, int status, string reason);

    [LoggerMessage(5277, LogLevel.Error, "a request of {ClientId} on {Topic} failed")]
    public static partial void ProvisioningFailed(this ILogger log, Exception exception, string clientId, string topic);

    [LoggerMessage(5278, LogLevel.Warning, "{ClientId} did not get its answer on {Topic}: it is gone, may not receive it, or does not read", EventName = "answer_not_delivered")]
    public static partial void AnswerNotDelivered(this ILogger log, string clientId, string topic);

    [LoggerMessage(5279, LogLevel.Warning, "certificate {CertificateId} could not be provisioned by CA {CaId}: {Reason}", EventName = "just_in_time_failed")]
    public static partial void JustInTimeFailed(this ILogger log, string certificateId, string caId, string reason);

    [LoggerMessage(5280, LogLevel.Error, "what has expired could not be taken away; the next try follows")]
    public static partial void SweepFailed(this ILogger log, Exception exception);
}
