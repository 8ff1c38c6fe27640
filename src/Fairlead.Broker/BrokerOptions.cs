using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker;

/// <summary>Settings of the broker. Immutable; <see cref="ForProfile"/> gives the defaults of a profile. Everything that can grow has a limit here.</summary>
public sealed record BrokerOptions
{
    /// <summary>Which rules hold.</summary>
    public BrokerProfile Profile { get; init; } = BrokerProfile.Standard;

    /// <summary>Largest packet accepted, in bytes, fixed header included; 128 to 268,435,460.</summary>
    public int MaximumPacketSize { get; init; } = 16 * 1024 * 1024;

    /// <summary>Largest payload accepted, in bytes.</summary>
    public int MaximumPayloadSize { get; init; } = 16 * 1024 * 1024;

    /// <summary>Largest CONNECT accepted from a client that nobody knows yet, in bytes.</summary>
    public int MaximumConnectSize { get; init; } = 256 * 1024;

    /// <summary>Time from the opening of the transport to a whole CONNECT.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Highest QoS.</summary>
    public QualityOfService MaximumQoS { get; init; } = QualityOfService.ExactlyOnce;

    /// <summary>Receive Maximum told to clients: unacknowledged QoS 1 and 2 publications from one client; 1 to 65,535.</summary>
    public int ReceiveMaximum { get; init; } = 1024;

    /// <summary>Unacknowledged QoS 1 and 2 deliveries to one client, further limited by its own Receive Maximum; 1 to 65,535.</summary>
    public int MaximumInflight { get; init; } = 1024;

    /// <summary>Topic Alias Maximum told to clients.</summary>
    public int TopicAliasMaximum { get; init; } = 64;

    /// <summary>Topic aliases that the broker uses towards one client, further limited by the client's own maximum; 0 for none.</summary>
    public int OutboundTopicAliasMaximum { get; init; } = 16;

    /// <summary>Longest Session Expiry Interval in seconds; 0xFFFFFFFF for never.</summary>
    public uint MaximumSessionExpiry { get; init; } = uint.MaxValue;

    /// <summary>Session Expiry Interval of version 3.x clients with Clean Session 0, in seconds; 0xFFFFFFFF for never.</summary>
    public uint DefaultSessionExpiry { get; init; } = uint.MaxValue;

    /// <summary>Longest Message Expiry Interval in seconds; longer ones are cut.</summary>
    public uint MaximumMessageExpiry { get; init; } = uint.MaxValue;

    /// <summary>Shortest Keep Alive in seconds that is not raised; 0 for no lower bound.</summary>
    public int MinimumKeepAlive { get; init; }

    /// <summary>Longest Keep Alive in seconds; 0 for no upper bound (and Keep Alive 0 stays off).</summary>
    public int MaximumKeepAlive { get; init; }

    /// <summary>Messages queued for one Session; the newest are dropped and counted beyond it.</summary>
    public int MaximumQueuedMessages { get; init; } = 100_000;

    /// <summary>Bytes queued for one Session.</summary>
    public long MaximumQueuedBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Bytes that wait in one connection's output before QoS 0 is dropped and QoS 1 and 2 stay queued.</summary>
    public int MaximumOutputBytes { get; init; } = 1024 * 1024;

    /// <summary>Changes that may wait to be written before connections that publish are read no further.</summary>
    public int MaximumPendingChanges { get; init; } = 200_000;

    /// <summary>Connections at one time.</summary>
    public int MaximumConnections { get; init; } = 1_000_000;

    /// <summary>Stored Sessions without a connection.</summary>
    public int MaximumSessions { get; init; } = 1_000_000;

    /// <summary>Retained messages.</summary>
    public int MaximumRetained { get; init; } = 1_000_000;

    /// <summary>Subscriptions of one Session.</summary>
    public int MaximumSubscriptions { get; init; } = 100_000;

    /// <summary>Topic Filters in one SUBSCRIBE.</summary>
    public int MaximumFiltersPerSubscribe { get; init; } = 10_000;

    /// <summary>Longest Topic Name or Topic Filter in UTF-8 bytes; 1 to 65,535.</summary>
    public int MaximumTopicLength { get; init; } = 65_535;

    /// <summary>Most levels in a Topic Name or Topic Filter.</summary>
    public int MaximumTopicLevels { get; init; } = 128;

    /// <summary>Longest Client Identifier in UTF-8 bytes.</summary>
    public int MaximumClientIdLength { get; init; } = 65_535;

    /// <summary>How often <c>$SYS/broker/...</c> is published; zero for never.</summary>
    public TimeSpan SystemTopicInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time that connected clients get to leave when the broker stops.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Keep QoS 1 deliveries of Sessions without expiry too until they are acknowledged, so that they can be sent again.</summary>
    public bool KeepsUnacknowledged { get; init; }

    /// <summary>AWS: version 3.x clients get unacknowledged messages again after this time on a live connection; zero for never.</summary>
    public TimeSpan RetryIntervalV3 { get; init; }

    /// <summary>AWS: an unacknowledged delivery to a version 3.x client is dropped after this time; zero for never.</summary>
    public TimeSpan InflightLifeV3 { get; init; }

    /// <summary>AWS: an unacknowledged delivery to a version 5 client is dropped after this time; zero for never.</summary>
    public TimeSpan InflightLifeV5 { get; init; }

    /// <summary>AWS: DUP is never set on outgoing packets (spec/aws-messaging 1.4).</summary>
    public bool NeverSetsDup { get; init; }

    /// <summary>AWS: <c>a/#</c> does not match <c>a</c> (spec/aws-messaging 1.8).</summary>
    public bool HashMatchesParent { get; init; } = true;

    /// <summary>AWS: a retained message goes only to a subscription whose filter is exactly its topic (spec/aws-messaging 1.6).</summary>
    public bool RetainedToExactFiltersOnly { get; init; }

    /// <summary>Whether Subscription Identifiers are accepted.</summary>
    public bool SubscriptionIdentifiersAvailable { get; init; } = true;

    /// <summary>AWS: whether a 3.x client that may not connect is cut off without CONNACK.</summary>
    public bool SilentConnectDenial { get; init; }

    /// <summary>AWS: whether a 3.x client that may not subscribe is cut off instead of getting 0x80 in SUBACK.</summary>
    public bool StrictV3Disconnect { get; init; }

    /// <summary>Whether Client Identifiers with <c>+</c>, <c>#</c>, <c>*</c> or <c>/</c> are refused: they could mislead policies that contain them.</summary>
    public bool RefuseWildcardClientIds { get; init; }

    /// <summary>Smallest Maximum Packet Size of a client that is accepted, in bytes; AWS: 512.</summary>
    public int MinimumClientPacketSize { get; init; } = 1;

    /// <summary>
    /// Messages that one connection may have in a second, both directions together; more are discarded, and a client that sends twice as
    /// many is disconnected. 0 for no limit; AWS: 100.
    /// </summary>
    public int MaximumMessageRate { get; init; }

    /// <summary>Longest life of a WebSocket connection with a signed handshake; zero for no limit (AWS: 24 h).</summary>
    public TimeSpan MaximumWebSocketLife { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Whether a Session is resumed only by the protocol version that made it (AWS).</summary>
    public bool SessionsKeepVersion { get; init; }

    /// <summary>Defaults of a profile.</summary>
    public static BrokerOptions ForProfile(BrokerProfile profile) => profile == BrokerProfile.Standard
        ? new BrokerOptions()
        : new BrokerOptions
        {
            // spec/aws-messaging 1.2 (CONNACK as captured), 1.3, 1.5, 1.8, 1.10, 1.14.
            Profile = BrokerProfile.Aws,
            MaximumPacketSize = 146 * 1024,
            MaximumPayloadSize = 128 * 1024,
            MaximumQoS = QualityOfService.AtLeastOnce,
            ReceiveMaximum = 100,
            MaximumInflight = 100,
            TopicAliasMaximum = 8,
            OutboundTopicAliasMaximum = 0,
            MaximumSessionExpiry = 3600,
            DefaultSessionExpiry = 3600,
            MaximumMessageExpiry = 604_800,
            MinimumKeepAlive = 30,
            MaximumKeepAlive = 1200,
            MaximumRetained = 500_000,
            MaximumSubscriptions = 50,
            MaximumFiltersPerSubscribe = 8,
            MaximumTopicLength = 256,
            MaximumTopicLevels = 8,
            MaximumClientIdLength = 128,
            SystemTopicInterval = TimeSpan.Zero,
            KeepsUnacknowledged = true,
            RetryIntervalV3 = TimeSpan.FromSeconds(60),
            InflightLifeV3 = TimeSpan.FromHours(1),
            InflightLifeV5 = TimeSpan.FromSeconds(960),
            NeverSetsDup = true,
            HashMatchesParent = false,
            RetainedToExactFiltersOnly = true,
            SubscriptionIdentifiersAvailable = false,
            MinimumClientPacketSize = 512,
            SessionsKeepVersion = true,
        };
}
