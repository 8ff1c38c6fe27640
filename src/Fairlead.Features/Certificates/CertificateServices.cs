namespace Fairlead.Features.Certificates;

/// <summary>The rules about certificates, for the slices that make, register and judge them.</summary>
internal sealed class CertificateServices
{
    /// <summary>Composes them.</summary>
    public CertificateServices(FeatureContext context, HubRecords records, IDeviceAuthority authority, CertificateOptions options)
    {
        Index = new CertificateIndex(records);
        Issuer = new CertificateIssuer(authority, options, context.Time);
        Certificates = new CertificateService(context, records, Index);
        Revocations = new Revocations(context, records);
    }

    /// <summary>Looks certificates up by something else than their id.</summary>
    public CertificateIndex Index { get; }

    /// <summary>Makes keys and certificates; never under the gate.</summary>
    public CertificateIssuer Issuer { get; }

    /// <summary>Registers and changes device certificates.</summary>
    public CertificateService Certificates { get; }

    /// <summary>Cuts off who is no longer active.</summary>
    public Revocations Revocations { get; }
}
