using Fairlead.Features.Api;
using Fairlead.Features.Connections;
using Fairlead.Features.Console.Live;
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
        Association = association;
        Refused = new RefusedLog(context.Time);
        Authentication = new AuthenticationLog(Log, Refused);
        var served = new ServedLog(Log);
        var direct = new DirectMessageCounters();
        Lifecycle = new LifecycleFeature(context, Presence, association);
        Counters = new DataPlaneCounters(direct, () => Lifecycle.Dropped, () => Log.Dropped);
        Direct = new DirectMessageFeature(context, access, Log, direct, options.DirectMessageRate);
        Logs = new LogsFeature(context, Log, new LogFiles(options.LogDirectory, options.LogFileSize, options.LogFiles));
        Features =
        [
            Things,
            new PublishingFeature(context, access, served),
            new RetainedFeature(context, access, served),
            new ConnectionsFeature(context, access, Presence, association, served),
            Direct,
            Lifecycle,
            new TrafficLog(Log, Authentication, association, Refused),
            Logs,
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

    /// <summary>Presence events and the last events of clients.</summary>
    public LifecycleFeature Lifecycle { get; }

    /// <summary>The structured log as it is read.</summary>
    public LogsFeature Logs { get; }

    /// <summary>Which thing a connection stands for.</summary>
    public ThingAssociation Association { get; }

    /// <summary>The last refusals.</summary>
    public RefusedLog Refused { get; }

    /// <summary>Tells the structured log of those who did not prove who they are.</summary>
    public AuthenticationLog Authentication { get; }

    /// <summary>What is counted.</summary>
    public DataPlaneCounters Counters { get; }
}
