using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Features.Api;
using Fairlead.Features.Certificates;
using Fairlead.Features.Provisioning.Templates;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Provisioning;

/// <summary>Provisions devices whose certificates register themselves, by what stands in their subject (JITP; spec/aws-registry-and-policies, section 7).</summary>
internal sealed class JustInTimeProvisioner(
    FeatureContext context, TemplateService templates, DeviceProvisioner provisioner, ILogger<JustInTimeProvisioner> log) : IJustInTimeProvisioner
{
    /// <inheritdoc/>
    public void Check(string? templateBody, string? templateName)
    {
        if (templateName is not null)
        {
            var template = templates.Find(templateName);
            if (!template.IsJustInTime) throw ApiException.InvalidRequest($"the template {templateName} is not of type JITP");
            return;
        }

        TemplateService.CheckBody(templateBody, justInTime: true);
    }

    /// <inheritdoc/>
    public async Task<string?> ProvisionAsync(DeviceCertificate certificate, CaCertificate ca, CancellationToken cancellationToken)
    {
        try
        {
            var resolved = ResolvedTemplate.From(TemplateReader.Read(BodyOf(ca)), ParametersOf(certificate));
            if (resolved.Certificate.Value != certificate.Id) return Fail("the template names another certificate than that of the device");
            lock (context.Documents.Gate) provisioner.Provision(resolved, new PreparedCertificate(certificate.Id, null, null));
            await context.Documents.CommitAsync().ConfigureAwait(false);
            log.DeviceProvisioned(resolved.Thing?.Name ?? "", certificate.Id, ca.TemplateName ?? "");
            return null;
        }
        catch (Exception exception) when (exception is ApiException or TemplateProblem)
        {
            return Fail(exception.Message);
        }

        string Fail(string reason)
        {
            log.JustInTimeFailed(certificate.Id, ca.Id, reason);
            return reason;
        }
    }

    private string BodyOf(CaCertificate ca)
    {
        if (ca.TemplateName is not { } name) return ca.TemplateBody ?? throw new TemplateProblem("the CA has no template");
        var template = templates.Find(name);
        return template.IsEnabled ? template.Body : throw new TemplateProblem($"the template {name} is not enabled");
    }

    private static Dictionary<string, string> ParametersOf(DeviceCertificate certificate)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal) { [ProvisioningTexts.CertificateId] = certificate.Id };
        try
        {
            using var parsed = X509CertificateLoader.LoadCertificate(certificate.Der);
            foreach (var part in parsed.SubjectName.EnumerateRelativeDistinguishedNames(reversed: false))
            {
                if (part.HasMultipleElements || part.GetSingleElementType().Value is not { } oid) continue;
                if (ProvisioningTexts.SubjectParameters.TryGetValue(oid, out var name) && part.GetSingleElementValue() is { } value) parameters.TryAdd(name, value);
            }
        }
        catch (CryptographicException)
        {
            // What cannot be read is not there: parameters without a value fail the template.
        }

        return parameters;
    }
}
