using Fairlead.Features.Api;
using Fairlead.Features.Functions;

namespace Fairlead.Features.Provisioning;

/// <summary>Fleet provisioning: templates, claims, the MQTT API, just-in-time provisioning (spec/aws-registry-and-policies, sections 7 and 11).</summary>
internal sealed class ProvisioningFeature : IFeature
{
    private readonly TemplateOperations _templates;

    /// <summary>Composes the slice.</summary>
    public ProvisioningFeature(FeatureContext context, HubRecords hub, FunctionDirectory functions)
    {
        var records = new ProvisioningRecords(context.Documents);
        _templates = new TemplateOperations(context, records, new TemplateService(context, hub, records, functions));
    }

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations => [.. _templates.All];
}
