using System.Globalization;
using Fairlead.Features.Api;

namespace Fairlead.Features.Provisioning;

/// <summary>The operations on provisioning templates and their versions.</summary>
internal sealed class TemplateOperations(FeatureContext context, ProvisioningRecords records, TemplateService service)
{
    private const string Templates = "/provisioning-templates";
    private const string Template = "/provisioning-templates/{templateName}";
    private const string Versions = "/provisioning-templates/{templateName}/versions";
    private const string Version = "/provisioning-templates/{templateName}/versions/{versionId}";

    /// <summary>The operations.</summary>
    public IEnumerable<ApiOperation> All =>
    [
        ApiOperation.Control("CreateProvisioningTemplate", "POST", Templates, CreateAsync),
        ApiOperation.Control("ListProvisioningTemplates", "GET", Templates, List),
        ApiOperation.Control("DescribeProvisioningTemplate", "GET", Template, Describe, ArnOf),
        ApiOperation.Control("UpdateProvisioningTemplate", "PATCH", Template, UpdateAsync, ArnOf),
        ApiOperation.Control("DeleteProvisioningTemplate", "DELETE", Template, DeleteAsync, ArnOf),
        ApiOperation.Control("CreateProvisioningTemplateVersion", "POST", Versions, CreateVersionAsync, ArnOf),
        ApiOperation.Control("ListProvisioningTemplateVersions", "GET", Versions, ListVersions, ArnOf),
        ApiOperation.Control("DescribeProvisioningTemplateVersion", "GET", Version, DescribeVersion, ArnOf),
        ApiOperation.Control("DeleteProvisioningTemplateVersion", "DELETE", Version, DeleteVersionAsync, ArnOf),
    ];

    private static double Seconds(long milliseconds) => milliseconds / 1000.0;

    private static string TypeOf(ProvisioningTemplate template) => template.IsJustInTime ? "JITP" : "FLEET_PROVISIONING";

    private static int Number(ApiRequest request) =>
        int.TryParse(request.Label(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ApiException.InvalidRequest($"versionId must be a whole number, not '{request.Label(1)}'");

    private string ArnOf(ApiRequest request) => service.ArnOf(request.Label());

    private async ValueTask<ApiResponse> CreateAsync(ApiRequest request)
    {
        var input = request.Body(ProvisioningJson.Default.NewTemplateDocument);
        ProvisioningTemplate template;
        lock (context.Documents.Gate) template = service.Create(input);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Json(
            new TemplateCreatedDocument(service.ArnOf(template.Name), template.Name, template.DefaultVersion), ProvisioningJson.Default.TemplateCreatedDocument);
    }

    private ValueTask<ApiResponse> List(ApiRequest request)
    {
        var paging = Paging.Registry(request);
        lock (context.Documents.Gate)
        {
            var page = paging.Take(records.Templates.After(paging.After), static entry => entry.Key, out var next);
            return new(ApiResponse.Json(new TemplateListDocument([.. page.Select(entry => Summarize(entry.Value))], next), ProvisioningJson.Default.TemplateListDocument));
        }
    }

    private ValueTask<ApiResponse> Describe(ApiRequest request)
    {
        var template = service.Find(request.Label());
        var hook = template.HookTarget is null ? null : new HookDocument(template.HookPayloadVersion, template.HookTarget);
        return new(ApiResponse.Json(
            new TemplateDocument(
                service.ArnOf(template.Name), template.Name, template.Description, Seconds(template.CreatedAt), Seconds(template.ModifiedAt), template.DefaultVersion,
                template.Body, template.IsEnabled, template.RoleArn, hook, TypeOf(template)),
            ProvisioningJson.Default.TemplateDocument));
    }

    private async ValueTask<ApiResponse> UpdateAsync(ApiRequest request)
    {
        var input = request.Body(ProvisioningJson.Default.TemplateChangeDocument);
        lock (context.Documents.Gate) service.Update(request.Label(), input);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }

    private async ValueTask<ApiResponse> DeleteAsync(ApiRequest request)
    {
        lock (context.Documents.Gate) service.Delete(request.Label());
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }

    private async ValueTask<ApiResponse> CreateVersionAsync(ApiRequest request)
    {
        var input = request.Body(ProvisioningJson.Default.NewTemplateVersionDocument);
        var setAsDefault = request.QueryBoolean("setAsDefault") ?? false;
        var name = request.Label();
        TemplateVersion version;
        lock (context.Documents.Gate) version = service.AddVersion(name, input.TemplateBody, setAsDefault);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Json(
            new TemplateVersionCreatedDocument(service.ArnOf(name), name, version.Number, setAsDefault), ProvisioningJson.Default.TemplateVersionCreatedDocument);
    }

    private ValueTask<ApiResponse> ListVersions(ApiRequest request)
    {
        var paging = Paging.Registry(request);
        var template = service.Find(request.Label());
        if (!TryReadNumber(paging.After, out var after)) throw ApiException.InvalidRequest("nextToken is not one that this hub gave out");
        var page = paging.Take(
            template.Versions.Where(version => version.Number > after), static version => version.Number.ToString(CultureInfo.InvariantCulture), out var next);
        return new(ApiResponse.Json(
            new TemplateVersionListDocument([.. page.Select(version => Show(template, version, withBody: false))], next),
            ProvisioningJson.Default.TemplateVersionListDocument));
    }

    private ValueTask<ApiResponse> DescribeVersion(ApiRequest request)
    {
        var template = service.Find(request.Label());
        var version = template.Find(Number(request)) ?? throw ApiException.NotFound($"the template {template.Name} has no version {Number(request)}");
        return new(ApiResponse.Json(Show(template, version, withBody: true), ProvisioningJson.Default.TemplateVersionDocument));
    }

    private async ValueTask<ApiResponse> DeleteVersionAsync(ApiRequest request)
    {
        lock (context.Documents.Gate) service.DeleteVersion(request.Label(), Number(request));
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }

    private static bool TryReadNumber(string? text, out int number)
    {
        number = 0;
        return text is null || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static TemplateVersionDocument Show(ProvisioningTemplate template, TemplateVersion version, bool withBody) =>
        new(version.Number, Seconds(version.CreatedAt), withBody ? version.Body : null, version.Number == template.DefaultVersion);

    private TemplateSummaryDocument Summarize(ProvisioningTemplate template) => new(
        service.ArnOf(template.Name), template.Name, template.Description, Seconds(template.CreatedAt), Seconds(template.ModifiedAt), template.IsEnabled, TypeOf(template));
}
