using Fairlead.Features.Api;
using Fairlead.Features.Functions;
using Fairlead.Features.Tags;

namespace Fairlead.Features.Provisioning;

/// <summary>Fleet provisioning: templates, claims, the MQTT API, just-in-time provisioning (spec/aws-registry-and-policies, sections 7 and 11).</summary>
internal sealed class ProvisioningFeature : IFeature
{
    private readonly TemplateOperations _templates;

    /// <summary>Composes the slice.</summary>
    public ProvisioningFeature(FeatureContext context, HubRecords hub, TagService tags, FunctionCaller functions)
    {
        var records = new ProvisioningRecords(context.Documents);
        tags.Register("provisioningtemplate", records.Templates);
        _templates = new TemplateOperations(context, records, new TemplateService(context, hub, records, tags, functions.Directory));
    }

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations => [.. _templates.All];
}
