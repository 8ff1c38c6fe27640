using Fairlead.Broker;
using Fairlead.Features.Api;

namespace Fairlead.Features.Certificates;

/// <summary>Operations on device certificates (spec/aws-registry-and-policies, section 6).</summary>
internal sealed class CertificateFeature(FeatureContext context, HubRecords records, CertificateServices services) : IFeature
{
    private CertificateService Service => services.Certificates;

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Control("CreateKeysAndCertificate", "POST", "/keys-and-certificate", CreateWithKeyAsync),
        ApiOperation.Control("CreateCertificateFromCsr", "POST", "/certificates", CreateFromRequestAsync),
        ApiOperation.Control("RegisterCertificate", "POST", "/certificate/register", RegisterAsync),
        ApiOperation.Control("RegisterCertificateWithoutCA", "POST", "/certificate/register-no-ca", RegisterWithoutCaAsync),
        ApiOperation.Control("DescribeCertificate", "GET", "/certificates/{certificateId}", Describe, ArnIn),
        ApiOperation.Control("ListCertificates", "GET", "/certificates", List),
        ApiOperation.Control("ListCertificatesByCA", "GET", "/certificates-by-ca/{caCertificateId}", ListByCa),
        ApiOperation.Control("UpdateCertificate", "PUT", "/certificates/{certificateId}", UpdateAsync, ArnIn),
        ApiOperation.Control("DeleteCertificate", "DELETE", "/certificates/{certificateId}", DeleteAsync, ArnIn),
    ];

    /// <inheritdoc/>
    public void Attach(MqttBroker broker) => broker.AddConnectionObserver(services.Revocations);

    private string ArnIn(ApiRequest request) => Service.ArnOf(CertificateId.Parse(request.Label()));

    private async ValueTask<ApiResponse> CreateWithKeyAsync(ApiRequest request)
    {
        var status = FirstStatus(request);
        var made = await services.Issuer.IssueWithKeyAsync(request.Aborted).ConfigureAwait(false);
        var certificate = await AddAsync(made.Der, status).ConfigureAwait(false);
        return Made(certificate, withPem: true, new KeyPairDocument(made.PublicKeyPem, made.PrivateKeyPem));
    }

    private async ValueTask<ApiResponse> CreateFromRequestAsync(ApiRequest request)
    {
        var status = FirstStatus(request);
        // AWS has no such parameter: certificates that end early are asked for by the hub's own tools.
        TimeSpan? life = request.QueryNumber("validityDays", 1, 36_500) is { } days ? TimeSpan.FromDays(days) : null;
        var der = services.Issuer.Issue(request.Body(CertificateJson.Default.SigningRequestDocument).CertificateSigningRequest, life);
        return Made(await AddAsync(der, status).ConfigureAwait(false), withPem: true, keys: null);
    }

    private async ValueTask<ApiResponse> RegisterAsync(ApiRequest request)
    {
        var input = request.Body(CertificateJson.Default.RegistrationDocument);
        var status = StatusIn(input, request.QueryBoolean("setAsActive") ?? false);
        return await RegisterAsync(Service.Check(input.CertificatePem, input.CaCertificatePem), status).ConfigureAwait(false);
    }

    private async ValueTask<ApiResponse> RegisterWithoutCaAsync(ApiRequest request)
    {
        var input = request.Body(CertificateJson.Default.RegistrationDocument);
        var status = StatusIn(input, setAsActive: false);
        return await RegisterAsync(Service.CheckWithoutCa(input.CertificatePem), status).ConfigureAwait(false);
    }

    private async ValueTask<ApiResponse> RegisterAsync(RegistrableCertificate certificate, CertificateStatus status)
    {
        DeviceCertificate registered;
        lock (context.Documents.Gate) registered = Service.Register(certificate, status);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return Made(registered, withPem: false, keys: null);
    }

    private ValueTask<ApiResponse> Describe(ApiRequest request)
    {
        var certificate = Service.Find(CertificateId.Parse(request.Label()));
        var document = new CertificateDescriptionDocument(
            Service.ArnOf(certificate.Id), certificate.Id, certificate.CaId, CertificateStatusText.Of(certificate.Status), PemText.Certificate(certificate.Der),
            context.Scope.AccountId, Seconds(certificate.CreatedAt), Seconds(certificate.ModifiedAt), certificate.Changes + 1,
            CertificateId.Generation(certificate.Id, certificate.CreatedAt), new ValidityDocument(Seconds(certificate.NotBefore), Seconds(certificate.NotAfter)),
            ModeOf(certificate.IsSniOnly));
        return new(ApiResponse.Json(new DescribedCertificateDocument(document), CertificateJson.Default.DescribedCertificateDocument));
    }

    private ValueTask<ApiResponse> List(ApiRequest request)
    {
        lock (context.Documents.Gate) return Page(request, services.Index.Certificates);
    }

    private ValueTask<ApiResponse> ListByCa(ApiRequest request)
    {
        var ca = CertificateId.Parse(request.Label());
        lock (context.Documents.Gate) return Page(request, services.Index.IssuedBy(ca));
    }

    private ValueTask<ApiResponse> Page(ApiRequest request, CreationOrder order)
    {
        var page = order.Page(request, records.Certificates.Find, out var next).Select(certificate => new CertificateListEntry(
            Service.ArnOf(certificate.Id), certificate.Id, CertificateStatusText.Of(certificate.Status), ModeOf(certificate.IsSniOnly), Seconds(certificate.CreatedAt)));
        return new(ApiResponse.Json(new CertificateListDocument([.. page], next), CertificateJson.Default.CertificateListDocument));
    }

    private async ValueTask<ApiResponse> UpdateAsync(ApiRequest request)
    {
        var id = CertificateId.Parse(request.Label());
        var status = CertificateStatusText.Parse(request.Query("newStatus") ?? throw ApiException.InvalidRequest("newStatus is missing"), "newStatus");
        lock (context.Documents.Gate) Service.SetStatus(id, status);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Empty;
    }

    private async ValueTask<ApiResponse> DeleteAsync(ApiRequest request)
    {
        var id = CertificateId.Parse(request.Label());
        var force = request.QueryBoolean("forceDelete") ?? false;
        lock (context.Documents.Gate) Service.Delete(id, force);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Empty;
    }

    private static CertificateStatus FirstStatus(ApiRequest request) =>
        request.QueryBoolean("setAsActive") ?? false ? CertificateStatus.Active : CertificateStatus.Inactive;

    private static CertificateStatus StatusIn(RegistrationDocument input, bool setAsActive) => input.Status is { } text
        ? CertificateStatusText.Parse(text, "status")
        : setAsActive ? CertificateStatus.Active : CertificateStatus.Inactive;

    private static double Seconds(long milliseconds) => milliseconds / 1000.0;

    private static string ModeOf(bool isSniOnly) => isSniOnly ? "SNI_ONLY" : "DEFAULT";

    private ApiResponse Made(DeviceCertificate certificate, bool withPem, KeyPairDocument? keys) => ApiResponse.Json(
        new CertificateMadeDocument(Service.ArnOf(certificate.Id), certificate.Id, withPem ? PemText.Certificate(certificate.Der) : null, keys),
        CertificateJson.Default.CertificateMadeDocument);

    private async Task<DeviceCertificate> AddAsync(byte[] der, CertificateStatus status)
    {
        DeviceCertificate certificate;
        lock (context.Documents.Gate) certificate = Service.Add(der, status);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return certificate;
    }
}
