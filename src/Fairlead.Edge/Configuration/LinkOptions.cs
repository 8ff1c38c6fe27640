using System.Text.RegularExpressions;
using Fairlead.Edge.Transforms;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Edge.Configuration;

/// <summary>Everything about one remote endpoint.</summary>
internal sealed record LinkOptions
{
    /// <summary>Name in logs, metrics and the spool.</summary>
    public required string Name { get; init; }

    /// <summary>What is there.</summary>
    public required LinkKind Kind { get; init; }

    /// <summary>Address in the client's words.</summary>
    public required Uri Server { get; init; }

    /// <summary>Device id, <c>namespace:name</c>.</summary>
    public required string DeviceId { get; init; }

    /// <summary>Tenant.</summary>
    public required string TenantId { get; init; }

    /// <summary>Thing name in shadow topics.</summary>
    public required string ThingName { get; init; }

    /// <summary>Policy told to local applications; empty for none.</summary>
    public string PolicyId { get; init; } = "";

    /// <summary>Client Identifier.</summary>
    public required string ClientId { get; init; }

    /// <summary>User Name; null for none.</summary>
    public string? UserName { get; init; }

    /// <summary>Password; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>Certificate authorities of the endpoint; null on plain connections.</summary>
    public string? CaFile { get; init; }

    /// <summary>Device certificate; null for none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Its key; null for none.</summary>
    public string? KeyFile { get; init; }

    /// <summary>ALPN names.</summary>
    public IReadOnlyList<string> Alpn { get; init; } = [];

    /// <summary>SNI; null takes the host.</summary>
    public string? ServerName { get; init; }

    /// <summary>Headers of a WebSocket connection.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>HTTP proxy; null for none.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>User name at the proxy; null for none.</summary>
    public string? ProxyUserName { get; init; }

    /// <summary>Password at the proxy; null for none.</summary>
    public string? ProxyPassword { get; init; }

    /// <summary>MQTT version.</summary>
    public ProtocolVersion Version { get; init; } = ProtocolVersion.V311;

    /// <summary>MQTT 5: Session Expiry Interval in seconds.</summary>
    public uint SessionExpiry { get; init; }

    /// <summary>Keep Alive.</summary>
    public TimeSpan KeepAlive { get; init; }

    /// <summary>Time for a connection attempt.</summary>
    public TimeSpan ConnectTimeout { get; init; }

    /// <summary>Waits between attempts.</summary>
    public required BackoffOptions Backoff { get; init; }

    /// <summary>How long acknowledgments may fail to come before the link is rebuilt (spec section 17.2).</summary>
    public TimeSpan StallTimeout { get; init; }

    /// <summary>Messages sent and not acknowledged.</summary>
    public int Inflight { get; init; }

    /// <summary>Messages a second; 0 for no limit.</summary>
    public long MessageRate { get; init; }

    /// <summary>Bytes a second; 0 for no limit.</summary>
    public long ByteRate { get; init; }

    /// <summary>Whether the limits of AWS hold: size, slashes, no QoS 2, no RETAIN.</summary>
    public bool HasAwsLimits { get; init; }

    /// <summary>QoS of commands.</summary>
    public QualityOfService CommandQos { get; init; }

    /// <summary>Whether commands with a tenant segment are taken too.</summary>
    public bool AllCommandForms { get; init; }

    /// <summary>How long a request is remembered.</summary>
    public TimeSpan ResponseMemory { get; init; }

    /// <summary>Whether answers to unknown requests are dropped.</summary>
    public bool StrictResponses { get; init; }

    /// <summary>Whether the property bag of a topic is cut off.</summary>
    public bool StripsPropertyBag { get; init; }

    /// <summary>Whether the topic style is suite-connector's generic one.</summary>
    public bool IsGenericStyle { get; init; }

    /// <summary>generic-mqtt: topic of telemetry and events.</summary>
    public string TopicTemplate { get; init; } = "";

    /// <summary>generic-mqtt: topic of requests and answers.</summary>
    public string CommandTemplate { get; init; } = "";

    /// <summary>Further topics.</summary>
    public IReadOnlyList<TopicMapping> Mappings { get; init; } = [];

    /// <summary>Batching and compression.</summary>
    public IReadOnlyList<TransformRule> Transforms { get; init; } = [];

    /// <summary>Whether twin messages become shadow requests.</summary>
    public bool TwinEnabled { get; init; }

    /// <summary>Whether the endpoint is a Fairlead hub that is told how the link is doing.</summary>
    public bool ReportsStatus { get; init; }

    /// <summary>Drops twin messages by Ditto topic; null for none.</summary>
    public Regex? TopicFilter { get; init; }

    /// <summary>Drops other Ditto messages by topic; null for none.</summary>
    public Regex? ForwardTopicFilter { get; init; }

    /// <summary>Remove parts of twin payloads.</summary>
    public IReadOnlyList<Regex> PayloadFilters { get; init; } = [];

    /// <summary>The values that it was made from.</summary>
    public required EdgeValues Values { get; init; }
}
