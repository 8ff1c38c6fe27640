using Fairlead.Features.Api;
using Fairlead.Features.Tags;

namespace Fairlead.Features.Certificates;

/// <summary>Operations on CA certificates and the registration code (spec/aws-registry-and-policies, section 7).</summary>
internal sealed class CaCertificateFeature(FeatureContext context, HubRecords records, CertificateServices services, TagService tags) : IFeature
{
    private CaCertificateService Service => services.CaCertificates;

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Control("GetRegistrationCode", "GET", "/registrationcode", GetCodeAsync),
        ApiOperation.Control("DeleteRegistrationCode", "DELETE", "/registrationcode", DeleteCodeAsync),
        ApiOperation.Control("RegisterCACertificate", "POST", "/cacertificate", RegisterAsync),
        ApiOperation.Control("DescribeCACertificate", "GET", "/cacertificate/{caCertificateId}", Describe, ArnIn),
        ApiOperation.Control("ListCACertificates", "GET", "/cacertificates", List),
        ApiOperation.Control("UpdateCACertificate", "PUT", "/cacertificate/{caCertificateId}", UpdateAsync, ArnIn),
        ApiOperation.Control("DeleteCACertificate", "DELETE", "/cacertificate/{caCertificateId}", DeleteAsync, ArnIn),
    ];

    private static double Seconds(long milliseconds) => milliseconds / 1000.0;

    private static string StatusOf(CaCertificate ca) => ca.IsActive ? "ACTIVE" : "INACTIVE";

    private string ArnIn(ApiRequest request) => Service.ArnOf(CertificateId.Parse(request.Label()));

    private async ValueTask<ApiResponse> GetCodeAsync(ApiRequest request)
    {
        string code;
        lock (context.Documents.Gate) code = services.Codes.GetOrCreate();
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Json(new RegistrationCodeDocument(code), CertificateJson.Default.RegistrationCodeDocument);
    }

    private async ValueTask<ApiResponse> DeleteCodeAsync(ApiRequest request)
    {
        lock (context.Documents.Gate) services.Codes.Delete();
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }

    private async ValueTask<ApiResponse> RegisterAsync(ApiRequest request)
    {
        var input = request.Body(CertificateJson.Default.CaRegistrationDocument);
        var isActive = request.QueryBoolean("setAsActive") ?? false;
        var autoRegisters = request.QueryBoolean("allowAutoRegistration") ?? false;
        TagService.Check(input.Tags);
        CaCertificate ca;
        lock (context.Documents.Gate)
        {
            ca = Service.Register(input, isActive, autoRegisters);
            tags.Create(Service.ArnOf(ca.Id), input.Tags);
        }

        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Json(new CertificateMadeDocument(Service.ArnOf(ca.Id), ca.Id, null, null), CertificateJson.Default.CertificateMadeDocument);
    }

    private ValueTask<ApiResponse> Describe(ApiRequest request)
    {
        var ca = Service.Find(CertificateId.Parse(request.Label()));
        var parsed = ParsedCertificate.TryParse(ca.Der) ?? throw new InvalidOperationException($"The CA certificate {ca.Id} is damaged.");
        var document = new CaDescriptionDocument(
            Service.ArnOf(ca.Id), ca.Id, StatusOf(ca), PemText.Certificate(ca.Der), context.Scope.AccountId, Seconds(ca.CreatedAt),
            ca.AutoRegisters ? "ENABLE" : "DISABLE", Seconds(ca.ModifiedAt), ca.Changes + 1, CertificateId.Generation(ca.Id, ca.CreatedAt),
            new ValidityDocument(Seconds(parsed.NotBefore), Seconds(parsed.NotAfter)), ca.IsSniOnly ? "SNI_ONLY" : "DEFAULT");
        var config = ca.TemplateBody is null && ca.TemplateName is null ? null : new RegistrationConfigDocument(ca.TemplateBody, ca.RoleArn, ca.TemplateName);
        return new(ApiResponse.Json(new DescribedCaDocument(document, config), CertificateJson.Default.DescribedCaDocument));
    }

    private ValueTask<ApiResponse> List(ApiRequest request)
    {
        var template = request.Query("templateName");
        lock (context.Documents.Gate)
        {
            var page = services.Index.CaCertificates
                .Page(request, id => records.CaCertificates.Find(id) is { } ca && (template is null || ca.TemplateName == template) ? ca : null, out var next)
                .Select(ca => new CertificateListEntry(Service.ArnOf(ca.Id), ca.Id, StatusOf(ca), null, Seconds(ca.CreatedAt)));
            return new(ApiResponse.Json(new CertificateListDocument([.. page], next), CertificateJson.Default.CertificateListDocument));
        }
    }

    private async ValueTask<ApiResponse> UpdateAsync(ApiRequest request)
    {
        var id = CertificateId.Parse(request.Label());
        var input = request.Body(CertificateJson.Default.CaChangeDocument);
        bool? isActive = request.Query("newStatus") switch
        {
            null => null,
            "ACTIVE" => true,
            "INACTIVE" => false,
            var text => throw ApiException.InvalidRequest($"newStatus must be ACTIVE or INACTIVE, not '{text}'"),
        };
        bool? autoRegisters = request.Query("newAutoRegistrationStatus") switch
        {
            null => null,
            "ENABLE" => true,
            "DISABLE" => false,
            var text => throw ApiException.InvalidRequest($"newAutoRegistrationStatus must be ENABLE or DISABLE, not '{text}'"),
        };
        lock (context.Documents.Gate) Service.Update(id, isActive, autoRegisters, input);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Empty;
    }

    private async ValueTask<ApiResponse> DeleteAsync(ApiRequest request)
    {
        var id = CertificateId.Parse(request.Label());
        lock (context.Documents.Gate) Service.Delete(id);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }
}
