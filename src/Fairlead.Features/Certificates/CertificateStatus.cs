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
