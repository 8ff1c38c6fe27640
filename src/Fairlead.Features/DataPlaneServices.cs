using Fairlead.Features.Api;
using Fairlead.Features.Connections;
using Fairlead.Features.DirectMessages;
using Fairlead.Features.Lifecycle;
using Fairlead.Features.Logging;
using Fairlead.Features.Logs;
using Fairlead.Features.Publishing;
using Fairlead.Features.Registry;
using Fairlead.Features.Retained;

namespace Fairlead.Features;

/// <summary>The slices of the data plane, composed: publishing, retained messages, connections, direct messages, lifecycle events, logs.</summary>
internal sealed class DataPlaneServices
{
    /// <summary>Composes them; before documents are loaded.</summary>
    public DataPlaneServices(
        FeatureContext context, HubRecords records, LoggingLevels levels, IApiAuthorizer authorizer, DataPlaneOptions options)
    {
        var access = new DataAuthorizer(context.Scope, authorizer);
        var association = new ThingAssociation(context.Scope, records);
        Presence = new PresenceTable(context, last => association.Find(last.CertificateId, last.ClientId, out _) is not null);
        Things = new ThingConnectivity(records, Presence, association);
        Log = new EventLog(context, levels);
        Authentication = new AuthenticationLog(Log);
        var served = new ServedLog(Log);
        var direct = new DirectMessageCounters();
        var lifecycle = new LifecycleFeature(context, Presence, association);
        Counters = new DataPlaneCounters(direct, () => lifecycle.Dropped, () => Log.Dropped);
        Direct = new DirectMessageFeature(context, access, Log, direct, options.DirectMessageRate);
        Features =
        [
            Things,
            new PublishingFeature(context, access, served),
            new RetainedFeature(context, access, served),
            new ConnectionsFeature(context, access, Presence, association, served),
            Direct,
            lifecycle,
            new TrafficLog(Log, Authentication, association),
            new LogsFeature(context, Log, new LogFiles(options.LogDirectory, options.LogFileSize, options.LogFiles)),
        ];
    }

    /// <summary>The slices.</summary>
    public IReadOnlyList<IFeature> Features { get; }

    /// <summary>Direct messages.</summary>
    public DirectMessageFeature Direct { get; }

    /// <summary>Last known states of connections.</summary>
    public PresenceTable Presence { get; }

    /// <summary>How things are connected.</summary>
    public ThingConnectivity Things { get; }

    /// <summary>The structured log, for every slice that has something to say in it.</summary>
    public EventLog Log { get; }

    /// <summary>Tells the structured log of those who did not prove who they are.</summary>
    public AuthenticationLog Authentication { get; }

    /// <summary>What is counted.</summary>
    public DataPlaneCounters Counters { get; }
}
