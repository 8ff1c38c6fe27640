using Fairlead.Broker;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Security;
using Fairlead.Features.AccessKeys;
using Fairlead.Features.Api;
using Fairlead.Features.Api.Signing;
using Fairlead.Features.Authorizers;
using Fairlead.Features.Backup;
using Fairlead.Features.Certificates;
using Fairlead.Features.Console;
using Fairlead.Features.Console.Live;
using Fairlead.Features.Description;
using Fairlead.Features.Documents;
using Fairlead.Features.EdgeConnectors;
using Fairlead.Features.Endpoints;
using Fairlead.Features.Events;
using Fairlead.Features.Fleet;
using Fairlead.Features.Functions;
using Fairlead.Features.Import;
using Fairlead.Features.IotHub;
using Fairlead.Features.IotHub.Messages;
using Fairlead.Features.IotHub.Mqtt;
using Fairlead.Features.Logging;
using Fairlead.Features.Notifications;
using Fairlead.Features.Policies;
using Fairlead.Features.Policies.Deciding;
using Fairlead.Features.Policies.Language;
using Fairlead.Features.Provisioning;
using Fairlead.Features.Refused;
using Fairlead.Features.Registry;
using Fairlead.Features.Rules;
using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Shadows;
using Fairlead.Features.Tags;
using Fairlead.Features.Tokens;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features;

/// <summary>All slices of a hub, composed.</summary>
internal sealed class HubFeatures
{
    private readonly FeatureContext _context;
    private readonly IReadOnlyList<IFeature> _features;

    /// <summary>Composes the slices.</summary>
    public HubFeatures(
        HubScope scope, DataPlaneOptions dataPlane, IBrokerStore store, IDeviceAuthority authority, CertificateOptions certificates, NotificationSetup notifications, TimeProvider time,
        ILoggerFactory loggers, RulesOptions? rules = null, RuleActionFactory? actions = null, IotHubOptions? iotHub = null, IEventLog? events = null)
    {
        _context = new FeatureContext(scope, new DocumentStore(store, time), time, loggers);
        Records = new HubRecords(_context.Documents);
        LoggingLevels = new LoggingLevels(_context.Documents, Records);
        Tokens = new TokenRegister(_context.Documents, time);
        Registry = new RegistryServices(_context, Records);
        Tags = MakeTags();
        Functions = new FunctionCaller(new FunctionDirectory(scope), time);
        Certificates = new CertificateServices(_context, Records, authority, certificates);
        Signatures = new SignatureCheck(scope, Records.AccessKeys.Find, time);
        var parser = new PolicyParser(scope.LongestPolicyDocument, scope.IgnoreArnScope);
        var library = new PolicyLibrary(Records, parser);
        var stamp = new AccessStamp(Records);
        var access = new SubjectAccess(_context, Records, library, stamp);
        Policies = new PolicyService(_context, Records, parser);
        Authorizer = new PolicyAuthorizer(_context, Records, access, stamp);
        ApiAuthorizer = new CallerAuthorizer(_context, Records, access.Policies, library);
        DataPlane = new DataPlaneServices(_context, Records, LoggingLevels, ApiAuthorizer, dataPlane);
        Shadows = new ShadowFeature(_context, Records, DataPlane.Log, ApiAuthorizer);
        var provisioning = new ProvisioningFeature(_context, Records, Registry, Certificates, Policies, Tags, Functions) { Events = new ProvisioningEvents(DataPlane.Log) };
        Certificates.CaCertificates.Provisioner = provisioning.JustInTime;
        var authorizers = new AuthorizerFeature(_context, Tags, Functions, Policies.Check);
        (ProvisioningCounters, AuthorizerCounters) = (provisioning.Counters, authorizers.Counters);
        Events = new EventFeature(_context, Records);
        Rules = new RulesFeature(_context, Records, rules ?? new RulesOptions(), new RuleNeeds(Registry, Tags, Shadows, Functions.Directory, DataPlane.Log, Site));
        foreach (var type in actions?.Invoke(Rules.Outside) ?? []) Rules.Add(type);
        Notifications = new NotificationFeature(_context, notifications, Site, Functions, Signatures, ApiAuthorizer);
        Rules.Add(new SnsActionType(Notifications.Publisher, Notifications.Arns, notifications.Options, loggers));
        IotHub = new IotHubFeature(_context, Records, iotHub ?? new IotHubOptions(), Registry, Certificates, Shadows);
        Messaging = new MessagingFeature(_context, IotHub, IotHub.Twins, events ?? new MemoryEventLog(IotHub.Options, time));
        Amqp = new AmqpFeature(_context, IotHub, Messaging, IotHub.Twins);
        (Edges, Description) = (new EdgeFeature(_context), new DescriptionFeature(Site));
        var explain = new ExplainFeature(_context, Records, access, library);
        Console = MakeConsole(explain);
        _features =
        [
            new AccessKeyFeature(_context, Records, Policies.Check), new TokenFeature(_context, Tokens),
            new PolicyFeature(_context, Records, Policies, Tags), new AttachmentFeature(_context, Records, Policies),
            new AuthorizationFeature(_context, Records, Policies, access.Policies, library),
            explain, Console, Backup, Description,
            new EndpointFeature(scope), new HubSiteFeature(scope, Site), Shadows, Rules,
            .. RegistryServices.Features(_context, Records, Registry, Tags, ApiAuthorizer),
            new TagFeature(_context, Tags), new LoggingFeature(_context, LoggingLevels), provisioning, authorizers,
            new CertificateFeature(_context, Records, Certificates),
            new ImportFeature(_context, new ThingImport(_context, Records, Registry, Certificates, Policies)),
            .. DataPlane.Features,
            Events, Notifications, IotHub, Amqp, Messaging, Edges,
            .. FleetServices.Features(_context, Records, Registry, DataPlane.Things, Shadows),
            new CaCertificateFeature(_context, Records, Certificates, Tags),
        ];
        var offered = _features.SelectMany(static feature => feature.Operations).ToList();
        var all = Description.Offer([.. offered, .. new RefusedFeature(offered).Operations]);
        ConnectAuthenticators = [Messaging.Connect, provisioning.Connect, authorizers.Connect, Certificates.Authenticator];
        Api = new ApiEndpoint(
            new ApiRoutes(all),
            new CallerProof(Signatures, [authorizers.Http], Certificates.Judge, DataPlane.Authentication), ApiAuthorizer, new Logger<ApiEndpoint>(loggers));
    }

    /// <summary>What the host fills in once it listens.</summary>
    public HubSite Site { get; } = new();

    /// <summary>Backups; the host makes them.</summary>
    public BackupFeature Backup { get; } = new();

    /// <summary>The description of the hub's own API.</summary>
    public DescriptionFeature Description { get; }

    /// <summary>Records that slices share.</summary>
    public HubRecords Records { get; }

    /// <summary>Tokens of the HTTP API.</summary>
    public TokenRegister Tokens { get; }

    /// <summary>Events of the registry.</summary>
    public EventFeature Events { get; }

    /// <summary>Levels of the structured log.</summary>
    public LoggingLevels LoggingLevels { get; }

    /// <summary>The rules of the registry, for slices that create and change things.</summary>
    public RegistryServices Registry { get; }

    /// <summary>The rules about certificates.</summary>
    public CertificateServices Certificates { get; }

    /// <summary>Tags of every slice's resources.</summary>
    public TagService Tags { get; }

    /// <summary>Calls functions: hooks and authorizers.</summary>
    public FunctionCaller Functions { get; }

    /// <summary>Policies: made, attached, checked.</summary>
    public PolicyService Policies { get; }

    /// <summary>Shadows, for slices that read them.</summary>
    public ShadowFeature Shadows { get; }

    /// <summary>Topics and their subscribers: mail, HTTP, functions.</summary>
    public NotificationFeature Notifications { get; }

    /// <summary>The Azure dialect.</summary>
    public IotHubFeature IotHub { get; }

    /// <summary>Its messages and methods.</summary>
    public MessagingFeature Messaging { get; }

    /// <summary>The same over AMQP.</summary>
    public AmqpFeature Amqp { get; }

    /// <summary>Edge connectors that report to this hub.</summary>
    public EdgeFeature Edges { get; }

    /// <summary>Topic rules.</summary>
    public RulesFeature Rules { get; }

    /// <summary>Messages over HTTP, connections, lifecycle events, the structured log.</summary>
    public DataPlaneServices DataPlane { get; }

    /// <summary>What the web console needs.</summary>
    public ConsoleFeature Console { get; }

    /// <summary>What MQTT clients may do, by policies.</summary>
    public PolicyAuthorizer Authorizer { get; }

    /// <summary>What MQTT clients may do: devices of the Azure dialect by its rules, all others by policies, and edge connectors report.</summary>
    public IAuthorizer MqttAuthorizer => new IotHubAuthorizer(new EdgeAuthorizer(Authorizer));

    /// <summary>What callers of the HTTP API may do.</summary>
    public CallerAuthorizer ApiAuthorizer { get; }

    /// <summary>What became of requests of the provisioning API.</summary>
    public ProvisioningCounters ProvisioningCounters { get; }

    /// <summary>What custom authorizers have said.</summary>
    public AuthorizerCounters AuthorizerCounters { get; }

    /// <summary>The slices' ways to authenticate a CONNECT, in the order in which they are asked.</summary>
    public IReadOnlyList<IConnectAuthenticator> ConnectAuthenticators { get; }

    /// <summary>Verifies signed requests; the WebSocket listener uses it too.</summary>
    public SignatureCheck Signatures { get; }

    /// <summary>The HTTP API.</summary>
    public ApiEndpoint Api { get; }

    /// <summary>Hooks the slices into the broker, before it starts.</summary>
    public void Attach(MqttBroker broker)
    {
        _context.Attach(broker);
        DataPlane.Direct.Route = Messaging.Direct;
        foreach (var feature in _features) feature.Attach(broker);
    }

    /// <summary>Takes the records as they lay in the store, before the first listener opens.</summary>
    public void Start(IReadOnlyList<Document> documents)
    {
        _context.Documents.Load(documents);
        foreach (var feature in _features) feature.Start();
    }

    /// <summary>Ends what runs in the background, after the broker has said goodbye to its clients.</summary>
    public async Task StopAsync()
    {
        foreach (var feature in _features) await feature.StopAsync().ConfigureAwait(false);
        if (_context.Documents.IsHealthy) await _context.Documents.CommitAsync().ConfigureAwait(false);
    }

    private ConsoleFeature MakeConsole(ExplainFeature explain)
    {
        var sources = new ViewSources(DataPlane.Association, DataPlane.Lifecycle, DataPlane.Refused, Shadows, Rules, Certificates, Edges, Amqp.Pages);
        return new ConsoleFeature(_context, Records, sources, DataPlane, LoggingLevels, explain);
    }

    private TagService MakeTags()
    {
        var tags = new TagService(_context);
        tags.Register("thinggroup", Records.ThingGroups);
        tags.Register("thingtype", Records.ThingTypes);
        tags.Register("billinggroup", Registry.BillingGroups.Groups);
        tags.Register("policy", Records.Policies);
        tags.Register("cacert", Records.CaCertificates);
        return tags;
    }
}
