using System.Globalization;
using Fairlead.Broker.Security;

namespace Fairlead.Features.Certificates;

/// <summary>Decides whether a certificate lets its holder in; the same for MQTT and HTTP. Takes no lock.</summary>
internal sealed class CertificateJudge(FeatureContext context, HubRecords records)
{
    /// <summary>Why a certificate proves nothing, with the cure: one sentence. Null when it is registered, active and valid now.</summary>
    public string? RefusalOf(string id)
    {
        if (records.Certificates.Find(id) is not { } certificate) return Unregistered(id);
        if (RefusalOf(certificate) is { } byStatus) return byStatus;
        var now = context.Now;
        if (certificate.NotAfter < now) return $"the client certificate {id} ended at {Time(certificate.NotAfter)}: give the device another, such as by 'fairlead cert rotate'";
        return certificate.NotBefore > now
            ? $"the client certificate {id} is not valid before {Time(certificate.NotBefore)}: wait, or check this machine's clock"
            : null;
    }

    /// <summary>The word for a refusal; one that is active, but not valid now, has none of its own.</summary>
    public AuthenticationFailure FailureOf(string id) => new("AWS_X509", records.Certificates.Find(id)?.Status switch
    {
        null => "DEVICE_CERTIFICATE_NOT_REGISTERED",
        CertificateStatus.Revoked => "DEVICE_CERTIFICATE_REVOKED",
        CertificateStatus.Inactive or CertificateStatus.PendingActivation => "DEVICE_CERTIFICATE_INACTIVE",
        _ => AuthenticationFailure.NotAuthenticated.Word,
    });

    /// <summary>The refusal of a certificate that nobody registered.</summary>
    public static string Unregistered(string id) =>
        $"the client certificate {id} is not registered: 'fairlead cert register FILE' registers it, 'fairlead cert create' makes one that is";

    private static string? RefusalOf(DeviceCertificate certificate) => certificate.Status switch
    {
        CertificateStatus.Active => null,
        CertificateStatus.Revoked => $"the client certificate {certificate.Id} is REVOKED, which is final: 'fairlead cert create' makes another",
        CertificateStatus.PendingActivation =>
            $"the client certificate {certificate.Id} is PENDING_ACTIVATION: it waits for its provisioning, or for 'fairlead cert activate {certificate.Id}'",
        _ => $"the client certificate {certificate.Id} is INACTIVE: 'fairlead cert activate {certificate.Id}' lets it in",
    };

    private static string Time(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("u", CultureInfo.InvariantCulture);
}
