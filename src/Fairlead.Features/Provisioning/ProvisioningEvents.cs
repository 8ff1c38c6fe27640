using Fairlead.Features.Api;
using Fairlead.Features.Logging;
using Fairlead.Features.Logs;

namespace Fairlead.Features.Provisioning;

/// <summary>
/// Structured events of the provisioning API over MQTT (spec/aws-messaging, section 5.2): <c>GetDeviceCredentials</c> for a certificate that
/// a device asks for, <c>ProvisionDevice</c> for the rest of it.
/// </summary>
internal sealed class ProvisioningEvents(EventLog log)
{
    /// <summary>A request was granted.</summary>
    /// <param name="call">The request.</param>
    /// <param name="certificateId">The certificate that was made or provisioned.</param>
    public void Succeeded(ProvisioningCall call, string certificateId)
    {
        if (log.IsOn(EventLogLevel.Info)) log.Succeeded(Entry(call) with { DeviceCertificateId = certificateId });
    }

    /// <summary>A request was refused.</summary>
    public void Failed(ProvisioningCall call, ApiException refusal)
    {
        if (log.IsOn(EventLogLevel.Error)) log.Failed(Entry(call), refusal.Type, refusal.Message);
    }

    private static LogEntry Entry(ProvisioningCall call) => new(call.Kind == ProvisioningCallKind.Provision ? "ProvisionDevice" : "GetDeviceCredentials")
    {
        Protocol = "MQTT",
        ClientId = call.ClientId,
        PrincipalId = call.Principal.Id,
        ProvisioningTemplateName = call.TemplateName.Length == 0 ? null : call.TemplateName,
    };
}
