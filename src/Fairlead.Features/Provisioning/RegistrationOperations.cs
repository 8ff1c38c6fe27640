using Fairlead.Features.Api;
using Fairlead.Features.Certificates;
using Fairlead.Features.Provisioning.Templates;

namespace Fairlead.Features.Provisioning;

/// <summary>RegisterThing and CreateProvisioningClaim.</summary>
internal sealed class RegistrationOperations(
    FeatureContext context, ProvisioningRecords records, TemplateService templates, CertificateServices certificates, DeviceProvisioner provisioner)
{
    private const int MostClaims = 10_000;
    private static readonly TimeSpan ClaimLife = TimeSpan.FromMinutes(5);

    /// <summary>The operations.</summary>
    public IEnumerable<ApiOperation> All =>
    [
        ApiOperation.Control("RegisterThing", "POST", "/things", RegisterAsync),
        ApiOperation.Control(
            "CreateProvisioningClaim", "POST", "/provisioning-templates/{templateName}/provisioning-claim", ClaimAsync, request => templates.ArnOf(request.Label())),
    ];

    private async ValueTask<ApiResponse> RegisterAsync(ApiRequest request)
    {
        var input = request.Body(ProvisioningJson.Default.RegisterThingDocument);
        if (input.TemplateBody is null) throw ApiException.InvalidRequest("templateBody is missing");
        ProvisionedDevice device;
        try
        {
            var resolved = ResolvedTemplate.From(TemplateReader.Read(input.TemplateBody), input.Parameters ?? []);
            var prepared = provisioner.Prepare(resolved.Certificate);
            lock (context.Documents.Gate) device = provisioner.Provision(resolved, prepared);
        }
        catch (TemplateProblem problem)
        {
            throw ApiException.InvalidRequest($"templateBody: {problem.Message}");
        }
        catch (ApiException refusal) when (refusal.Type is not ("InvalidRequestException" or "ConflictingResourceUpdateException" or "ServiceUnavailableException"))
        {
            throw new ApiException(400, "ResourceRegistrationFailureException", refusal.Message);
        }

        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Json(new ThingRegisteredDocument(PemText.Certificate(device.Certificate.Der), device.Arns), ProvisioningJson.Default.ThingRegisteredDocument);
    }

    private async ValueTask<ApiResponse> ClaimAsync(ApiRequest request)
    {
        var template = templates.Find(request.Label());
        if (template.IsJustInTime) throw ApiException.InvalidRequest($"the template {template.Name} is of type JITP: its devices need no claim");
        if (records.Claims.Count >= MostClaims) throw new ApiException(400, "ThrottlingException", $"{MostClaims} claims are open already: try again later");
        var made = await certificates.Issuer.IssueWithKeyAsync(request.Aborted, ClaimLife).ConfigureAwait(false);
        var expiresAt = context.Now + (long)ClaimLife.TotalMilliseconds;
        DeviceCertificate? certificate = null;
        lock (context.Documents.Gate)
        {
            context.Documents.AllOrNone(() =>
            {
                certificate = certificates.Certificates.Add(made.Der, CertificateStatus.Active, isTemporary: true);
                records.Claims.Save(certificate.Id, new ProvisioningClaim(template.Name, expiresAt));
            });
        }

        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Json(
            new ClaimDocument(certificate!.Id, PemText.Certificate(made.Der), new KeyPairDocument(made.PublicKeyPem, made.PrivateKeyPem), expiresAt / 1000.0),
            ProvisioningJson.Default.ClaimDocument);
    }
}
