namespace Fairlead.Features.Certificates;

/// <summary>The rules about certificates, for the slices that make, register and judge them.</summary>
internal sealed class CertificateServices
{
    private readonly FeatureContext _context;
    private readonly HubRecords _records;

    /// <summary>Composes them.</summary>
    public CertificateServices(FeatureContext context, HubRecords records, IDeviceAuthority authority, CertificateOptions options)
    {
        _context = context;
        _records = records;
        Index = new CertificateIndex(records);
        Issuer = new CertificateIssuer(authority, options, context.Time);
        Certificates = new CertificateService(context, records, Index);
        Codes = new RegistrationCodes(context.Documents);
        CaCertificates = new CaCertificateService(context, records, Index, Codes);
        Revocations = new Revocations(context, records);
        Judge = new CertificateJudge(context, records);
        Authenticator = new CertificateAuthenticator(records, options, Judge, new JustInTimeRegistration(context, records, this));
    }

    /// <summary>Looks certificates up by something else than their id.</summary>
    public CertificateIndex Index { get; }

    /// <summary>Makes keys and certificates; never under the gate.</summary>
    public CertificateIssuer Issuer { get; }

    /// <summary>Registers and changes device certificates.</summary>
    public CertificateService Certificates { get; }

    /// <summary>Registers and changes CA certificates.</summary>
    public CaCertificateService CaCertificates { get; }

    /// <summary>The registration code.</summary>
    public RegistrationCodes Codes { get; }

    /// <summary>Decides whether a certificate lets its holder in.</summary>
    public CertificateJudge Judge { get; }

    /// <summary>The way to authenticate a CONNECT by certificate.</summary>
    public CertificateAuthenticator Authenticator { get; }

    /// <summary>Cuts off who is no longer active.</summary>
    public Revocations Revocations { get; }

    /// <summary>Registered device certificates.</summary>
    public int Count => _records.Certificates.Count;

    /// <summary>Active device certificates that end within so many days or have ended.</summary>
    public long CountEnding(int days) => Index.CountEnding(_context.Now, days);
}
