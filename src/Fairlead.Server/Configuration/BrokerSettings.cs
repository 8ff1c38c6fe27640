using Fairlead.Broker;
using Fairlead.Protocols.Mqtt;
using static Fairlead.Server.Configuration.SettingFactory;

namespace Fairlead.Server.Configuration;

/// <summary>The <c>Broker</c> section of the table. The profile comes first: it replaces the defaults of all that follows.</summary>
internal static class BrokerSettings
{
    private const long MiB = 1024 * 1024;
    private const long Million = 1_000_000;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static IEnumerable<Setting> All() => [.. Sizes(), .. Sessions(), .. Limits(), .. Times()];

    private static IEnumerable<Setting> Sizes() =>
    [
        Choice(
            "Broker:Profile", "Which rules hold: standard is MQTT 3.1, 3.1.1 and 5 in full, aws the limits and deviations of AWS IoT Core.",
            [("standard", BrokerProfile.Standard), ("aws", BrokerProfile.Aws)],
            static o => o.Broker.Profile, static (o, v) => o.Broker = BrokerOptions.ForProfile(v)),
        Size(
            "Broker:MaximumPacketSize", "Largest packet accepted, fixed header included.", 128, 268_435_460,
            static o => o.Broker.MaximumPacketSize, static (o, v) => o.Broker = o.Broker with { MaximumPacketSize = (int)v }),
        Size(
            "Broker:MaximumPayloadSize", "Largest payload accepted.", 0, 268_435_455,
            static o => o.Broker.MaximumPayloadSize, static (o, v) => o.Broker = o.Broker with { MaximumPayloadSize = (int)v }),
        Size(
            "Broker:MaximumConnectSize", "Largest CONNECT accepted from a client that nobody knows yet.", 128, 268_435_460,
            static o => o.Broker.MaximumConnectSize, static (o, v) => o.Broker = o.Broker with { MaximumConnectSize = (int)v }),
        Size(
            "Broker:MaximumOutputBytes", "Bytes that wait in one connection's output before QoS 0 is dropped and QoS 1 and 2 stay queued.", 4096, 1024 * MiB,
            static o => o.Broker.MaximumOutputBytes, static (o, v) => o.Broker = o.Broker with { MaximumOutputBytes = (int)v }),
        Number(
            "Broker:MaximumTopicLength", "Longest Topic Name or Topic Filter in UTF-8.", "bytes", 1, 65_535,
            static o => o.Broker.MaximumTopicLength, static (o, v) => o.Broker = o.Broker with { MaximumTopicLength = (int)v }),
        Number(
            "Broker:MaximumTopicLevels", "Most levels in a Topic Name or Topic Filter.", "levels", 1, 65_535,
            static o => o.Broker.MaximumTopicLevels, static (o, v) => o.Broker = o.Broker with { MaximumTopicLevels = (int)v }),
        Number(
            "Broker:MaximumClientIdLength", "Longest Client Identifier in UTF-8.", "bytes", 1, 65_535,
            static o => o.Broker.MaximumClientIdLength, static (o, v) => o.Broker = o.Broker with { MaximumClientIdLength = (int)v }),
    ];

    private static IEnumerable<Setting> Sessions() =>
    [
        Number(
            "Broker:MaximumQoS", "Highest QoS.", "", 0, 2,
            static o => (long)o.Broker.MaximumQoS, static (o, v) => o.Broker = o.Broker with { MaximumQoS = (QualityOfService)v }),
        Number(
            "Broker:ReceiveMaximum", "Receive Maximum told to clients: QoS 1 and 2 publications of one client that may be unacknowledged.",
            "messages", 1, 65_535, static o => o.Broker.ReceiveMaximum, static (o, v) => o.Broker = o.Broker with { ReceiveMaximum = (int)v }),
        Number(
            "Broker:MaximumInflight", "QoS 1 and 2 deliveries to one client that may be unacknowledged; the client's Receive Maximum may lower it.",
            "messages", 1, 65_535, static o => o.Broker.MaximumInflight, static (o, v) => o.Broker = o.Broker with { MaximumInflight = (int)v }),
        Number(
            "Broker:TopicAliasMaximum", "Topic Alias Maximum told to clients.", "aliases", 0, 65_535,
            static o => o.Broker.TopicAliasMaximum, static (o, v) => o.Broker = o.Broker with { TopicAliasMaximum = (int)v }),
        Number(
            "Broker:OutboundTopicAliasMaximum", "Topic aliases that the broker uses towards one client; the client's own maximum may lower it.",
            "aliases", 0, 65_535,
            static o => o.Broker.OutboundTopicAliasMaximum, static (o, v) => o.Broker = o.Broker with { OutboundTopicAliasMaximum = (int)v }),
        Number(
            "Broker:MaximumSessionExpiry", "Longest Session Expiry Interval; 4294967295 is for ever.", "seconds", 0, uint.MaxValue,
            static o => o.Broker.MaximumSessionExpiry, static (o, v) => o.Broker = o.Broker with { MaximumSessionExpiry = (uint)v }),
        Number(
            "Broker:DefaultSessionExpiry", "Session Expiry Interval of version 3 clients with Clean Session 0; 4294967295 is for ever.",
            "seconds", 0, uint.MaxValue,
            static o => o.Broker.DefaultSessionExpiry, static (o, v) => o.Broker = o.Broker with { DefaultSessionExpiry = (uint)v }),
        Number(
            "Broker:MaximumMessageExpiry", "Longest Message Expiry Interval; longer ones are cut; 4294967295 is for ever.", "seconds", 1, uint.MaxValue,
            static o => o.Broker.MaximumMessageExpiry, static (o, v) => o.Broker = o.Broker with { MaximumMessageExpiry = (uint)v }),
        Number(
            "Broker:MinimumKeepAlive", "Shortest Keep Alive; shorter ones are raised; 0 for no bound.", "seconds", 0, 65_535,
            static o => o.Broker.MinimumKeepAlive, static (o, v) => o.Broker = o.Broker with { MinimumKeepAlive = (int)v }),
        Number(
            "Broker:MaximumKeepAlive", "Longest Keep Alive; 0 for no bound.", "seconds", 0, 65_535,
            static o => o.Broker.MaximumKeepAlive, static (o, v) => o.Broker = o.Broker with { MaximumKeepAlive = (int)v }),
    ];

    private static IEnumerable<Setting> Limits() =>
    [
        Number(
            "Broker:MaximumQueuedMessages", "Messages queued for one Session; beyond it the newest are dropped and counted.", "messages", 0, 1000 * Million,
            static o => o.Broker.MaximumQueuedMessages, static (o, v) => o.Broker = o.Broker with { MaximumQueuedMessages = (int)v }),
        Size(
            "Broker:MaximumQueuedBytes", "Bytes queued for one Session.", 0, 1024 * 1024 * MiB,
            static o => o.Broker.MaximumQueuedBytes, static (o, v) => o.Broker = o.Broker with { MaximumQueuedBytes = v }),
        Number(
            "Broker:MaximumConnections", "Connections at one time.", "connections", 1, 100 * Million,
            static o => o.Broker.MaximumConnections, static (o, v) => o.Broker = o.Broker with { MaximumConnections = (int)v }),
        Number(
            "Broker:MaximumSessions", "Stored Sessions without a connection.", "sessions", 0, 100 * Million,
            static o => o.Broker.MaximumSessions, static (o, v) => o.Broker = o.Broker with { MaximumSessions = (int)v }),
        Number(
            "Broker:MaximumRetained", "Retained messages.", "messages", 0, 100 * Million,
            static o => o.Broker.MaximumRetained, static (o, v) => o.Broker = o.Broker with { MaximumRetained = (int)v }),
        Number(
            "Broker:MaximumSubscriptions", "Subscriptions of one Session.", "subscriptions", 1, 100 * Million,
            static o => o.Broker.MaximumSubscriptions, static (o, v) => o.Broker = o.Broker with { MaximumSubscriptions = (int)v }),
        Number(
            "Broker:MaximumFiltersPerSubscribe", "Topic Filters in one SUBSCRIBE.", "filters", 1, Million,
            static o => o.Broker.MaximumFiltersPerSubscribe, static (o, v) => o.Broker = o.Broker with { MaximumFiltersPerSubscribe = (int)v }),
    ];

    private static IEnumerable<Setting> Times() =>
    [
        Time(
            "Broker:ConnectTimeout", "Time from the opening of the transport to a whole CONNECT.", Second, TimeSpan.FromMinutes(5),
            static o => o.Broker.ConnectTimeout, static (o, v) => o.Broker = o.Broker with { ConnectTimeout = v }),
        Time(
            "Broker:MaximumWebSocketLife", "Longest life of a WebSocket connection whose handshake was signed; 0 for no limit.", TimeSpan.Zero, TimeSpan.FromDays(30),
            static o => o.Broker.MaximumWebSocketLife, static (o, v) => o.Broker = o.Broker with { MaximumWebSocketLife = v }),
        Time(
            "Broker:SystemTopicInterval", "Time between two publications of $SYS/broker; 0 for none.", TimeSpan.Zero, Hour,
            static o => o.Broker.SystemTopicInterval, static (o, v) => o.Broker = o.Broker with { SystemTopicInterval = v }),
        Time(
            "Broker:DrainTimeout", "Time that connected clients get to leave when the hub stops.", TimeSpan.Zero, Hour,
            static o => o.Broker.DrainTimeout, static (o, v) => o.Broker = o.Broker with { DrainTimeout = v }),
    ];
}
