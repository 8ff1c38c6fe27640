using Fairlead.Features.Api;
using Fairlead.Features.Certificates;
using Fairlead.Features.IotHub.Credentials;
using Fairlead.Features.IotHub.Http;
using Fairlead.Features.IotHub.Identities;
using Fairlead.Features.IotHub.Twins;
using Fairlead.Features.Registry;
using Fairlead.Features.Shadows;

namespace Fairlead.Features.IotHub;

/// <summary>The Azure dialect: identities, credentials, twins, and the HTTP API over them (spec/azure-gateway). Its other parts build on what it offers.</summary>
internal sealed class IotHubFeature : IFeature
{
    private readonly PolicyOperations _operations;

    /// <summary>Composes it; before documents are loaded.</summary>
    public IotHubFeature(FeatureContext context, HubRecords records, IotHubOptions options, RegistryServices registry, CertificateServices certificates, ShadowFeature shadows)
    {
        Options = options;
        Identities = new IdentityService(context, records, registry.Things);
        Policies = new HubPolicies(context);
        Presence = new IdentityPresence(context.Time);
        View = new IdentityView(Presence);
        var credentials = new HubCredentials(context, options, Policies, Identities, new CertificateProof(context, records, certificates.Index));
        Credentials = credentials;
        Endpoint = new IotHubEndpoint(context, Credentials, Routes);
        _operations = new PolicyOperations(context, Policies, credentials);
        Identities.Deleting += identity => Presence.Forget(identity.Name);
        Twins = new TwinService(context, options, shadows, Identities, View);
        Routes.Add(new TwinRoutes(Twins).Routes);
        Routes.Add(new BulkRoutes(context, Identities, Twins).Routes);
        Routes.Add(new QueryRoutes(context, Identities, Twins).Routes);
        Routes.Add(new RegistryRoutes(context, Identities, View, Presence).Routes);
    }

    /// <summary>Options.</summary>
    public IotHubOptions Options { get; }

    /// <summary>Identities.</summary>
    public IdentityService Identities { get; }

    /// <summary>Policies.</summary>
    public HubPolicies Policies { get; }

    /// <summary>Who is connected.</summary>
    public IdentityPresence Presence { get; }

    /// <summary>What services are told of identities.</summary>
    public IdentityView View { get; }

    /// <summary>Judges tokens and certificates.</summary>
    public IHubCredentials Credentials { get; }

    /// <summary>Twins.</summary>
    public TwinService Twins { get; }

    /// <summary>Operations of the HTTP API; other parts add theirs.</summary>
    public IotHubRoutes Routes { get; } = new();

    /// <summary>The HTTP API.</summary>
    public IotHubEndpoint Endpoint { get; }

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations => _operations.Operations;

    /// <inheritdoc/>
    public void Start() => Policies.Start();
}
