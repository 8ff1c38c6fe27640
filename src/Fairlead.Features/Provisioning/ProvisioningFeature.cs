using Fairlead.Broker;
using Fairlead.Features.Api;
using Fairlead.Features.Certificates;
using Fairlead.Features.Functions;
using Fairlead.Features.Policies;
using Fairlead.Features.Registry;
using Fairlead.Features.Tags;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Provisioning;

/// <summary>Fleet provisioning: templates, claims, the MQTT API, just-in-time provisioning (spec/aws-registry-and-policies, sections 7 and 11).</summary>
internal sealed class ProvisioningFeature : IFeature
{
    private readonly TemplateOperations _templates;
    private readonly RegistrationOperations _registration;
    private readonly ProvisioningCalls _calls;
    private readonly ExpirySweep _sweep;

    /// <summary>Composes the slice.</summary>
    public ProvisioningFeature(
        FeatureContext context, HubRecords hub, RegistryServices registry, CertificateServices certificates, PolicyService policies, TagService tags, FunctionCaller functions)
    {
        var records = new ProvisioningRecords(context.Documents);
        tags.Register("provisioningtemplate", records.Templates);
        var templates = new TemplateService(context, hub, records, tags, functions.Directory);
        var tokens = new OwnershipTokens(context, hub, records);
        var provisioner = new DeviceProvisioner(context, hub, registry, certificates, policies);
        _templates = new TemplateOperations(context, records, templates);
        _registration = new RegistrationOperations(context, records, templates, certificates, provisioner);
        _calls = new ProvisioningCalls(context, templates, tokens, certificates, provisioner, new PreProvisioningHook(functions));
        _sweep = new ExpirySweep(context, records, tokens, new Logger<ExpirySweep>(context.Loggers));
        Connect = new ClaimConnect(context, records);
        JustInTime = new JustInTimeProvisioner(context, templates, provisioner, new Logger<JustInTimeProvisioner>(context.Loggers));
    }

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations => [.. _templates.All, .. _registration.All];

    /// <summary>Tells the structured log of requests over MQTT.</summary>
    public ProvisioningEvents Events
    {
        init => _calls.Events = value;
    }

    /// <summary>What became of requests.</summary>
    public ProvisioningCounters Counters => _calls.Counters;

    /// <summary>Lets in who holds a claim; asked before certificates in general.</summary>
    public IConnectAuthenticator Connect { get; }

    /// <summary>Provisions certificates that register themselves.</summary>
    public IJustInTimeProvisioner JustInTime { get; }

    /// <inheritdoc/>
    public void Attach(MqttBroker broker)
    {
        broker.AddTopicOwner(new ProvisioningTopics("$aws/certificates/", _calls));
        broker.AddTopicOwner(new ProvisioningTopics("$aws/provisioning-templates/", _calls));
    }

    /// <inheritdoc/>
    public void Start() => _sweep.Start();
}
