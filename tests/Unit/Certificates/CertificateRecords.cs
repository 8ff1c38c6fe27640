using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Broker.Durability;
using Fairlead.Features;
using Fairlead.Features.Api;
using Fairlead.Features.Certificates;
using Fairlead.Features.Documents;
using Fairlead.Unit.Client;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Fairlead.Unit.Certificates;

/// <summary>The rules about certificates over records in memory, and authorities of the test's own.</summary>
internal sealed class CertificateRecords : IDeviceAuthority
{
    private readonly (X500DistinguishedName Name, ECDsa Key) _own = (new X500DistinguishedName("CN=hub"), ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public CertificateRecords()
    {
        Context = new FeatureContext(new HubScope(), new DocumentStore(new MemoryStore(), Time), Time, NullLoggerFactory.Instance);
        Records = new HubRecords(Context.Documents);
        Services = new CertificateServices(Context, Records, this, Options);
    }

    public ManualTimeProvider Time { get; } = new();

    public CertificateOptions Options { get; } = new();

    public FeatureContext Context { get; }

    public HubRecords Records { get; }

    public CertificateServices Services { get; }

    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>A certificate in PEM form.</summary>
    public static string Pem(byte[] der) => new(PemEncoding.Write("CERTIFICATE", der));

    public static ApiException Refused(Action action, int status, string type)
    {
        var refusal = Should.Throw<ApiException>(action);
        (refusal.Status, refusal.Type).ShouldBe((status, type), refusal.Message);
        return refusal;
    }

    public byte[] Sign(X500DistinguishedName subject, PublicKey key, DateTimeOffset notAfter) => Issue(_own.Name, _own.Key, subject, key, notAfter);

    /// <summary>An authority that signs itself.</summary>
    public (byte[] Der, ECDsa Key) Authority(string name)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(Now.AddHours(-1), Now.AddYears(1));
        return (certificate.RawData, key);
    }

    /// <summary>A certificate that an authority issues for a new key.</summary>
    public byte[] Issue((byte[] Der, ECDsa Key) authority, string name, TimeSpan? life = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parsed = ParsedCertificate.TryParse(authority.Der)!;
        return Issue(parsed.Subject, authority.Key, new X500DistinguishedName($"CN={name}"), new PublicKey(key), Now + (life ?? TimeSpan.FromDays(30)));
    }

    /// <summary>Registers a CA without proof.</summary>
    public CaCertificate Register(byte[] der, bool isActive = true, bool autoRegisters = false)
    {
        lock (Context.Documents.Gate)
            return Services.CaCertificates.Register(new CaRegistrationDocument(Pem(der), null, null, null, "SNI_ONLY"), isActive, autoRegisters);
    }

    /// <summary>Registers a certificate of the hub's own authority.</summary>
    public async Task<DeviceCertificate> MakeAsync(CertificateStatus status = CertificateStatus.Active, TimeSpan? life = null, bool isTemporary = false)
    {
        var made = await Services.Issuer.IssueWithKeyAsync(CancellationToken.None, life);
        lock (Context.Documents.Gate) return Services.Certificates.Add(made.Der, status, isTemporary);
    }

    /// <summary>A request with a query.</summary>
    public static ApiRequest Request(string target)
    {
        RawTarget.TryParse(target, out var parsed).ShouldBeTrue();
        return new ApiRequest
        {
            Operation = ApiOperation.Control("Test", "GET", "/", static _ => default),
            Caller = new Caller(CallerKind.Administrator, "administrator"),
            RequestId = "1",
            Target = parsed!,
            Labels = [],
            Headers = new HeaderDictionary(),
            RawBody = default,
            Host = "localhost",
            Aborted = CancellationToken.None,
        };
    }

    private byte[] Issue(X500DistinguishedName issuer, ECDsa issuerKey, X500DistinguishedName subject, PublicKey key, DateTimeOffset notAfter)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        using var certificate = request.Create(
            issuer, X509SignatureGenerator.CreateForECDsa(issuerKey), Now.AddHours(-1), notAfter, RandomNumberGenerator.GetBytes(8));
        return certificate.RawData;
    }
}
