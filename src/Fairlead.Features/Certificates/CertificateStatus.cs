using Fairlead.Features.Api;

namespace Fairlead.Features.Certificates;

/// <summary>Status of a certificate; only an active one lets a device in (spec/aws-registry-and-policies, section 6).</summary>
internal enum CertificateStatus
{
    /// <summary><c>INACTIVE</c>.</summary>
    Inactive,

    /// <summary><c>ACTIVE</c>.</summary>
    Active,

    /// <summary><c>REVOKED</c>; final.</summary>
    Revoked,

    /// <summary><c>PENDING_ACTIVATION</c>: registered by itself, waits for its provisioning.</summary>
    PendingActivation,
}

/// <summary>The words of the API for it.</summary>
internal static class CertificateStatusText
{
    /// <summary>As the API spells it.</summary>
    public static string Of(CertificateStatus status) => status switch
    {
        CertificateStatus.Active => "ACTIVE",
        CertificateStatus.Revoked => "REVOKED",
        CertificateStatus.PendingActivation => "PENDING_ACTIVATION",
        _ => "INACTIVE",
    };

    /// <summary>A status that a caller may give: what is left to the hub, and what this hub does not do, is refused.</summary>
    /// <exception cref="ApiException">400.</exception>
    public static CertificateStatus Parse(string text, string member) => text switch
    {
        "ACTIVE" => CertificateStatus.Active,
        "INACTIVE" => CertificateStatus.Inactive,
        "REVOKED" => CertificateStatus.Revoked,
        "PENDING_ACTIVATION" or "PENDING_TRANSFER" or "REGISTER_INACTIVE" =>
            throw ApiException.InvalidRequest($"{member} {text} cannot be set: ACTIVE, INACTIVE and REVOKED can"),
        _ => throw ApiException.InvalidRequest($"{member} must be ACTIVE, INACTIVE or REVOKED, not '{text}'"),
    };
}
