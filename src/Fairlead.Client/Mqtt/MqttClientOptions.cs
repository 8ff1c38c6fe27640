using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Client.Mqtt;

/// <summary>
/// Everything an <see cref="MqttClient"/> can be told. Immutable: change a copy with <c>with</c>. The defaults connect to a
/// local server in plain text, with MQTT 5 and no Session that outlives the connection, and reconnect for ever.
/// </summary>
public sealed record MqttClientOptions
{
    /// <summary>
    /// Where to connect: <c>mqtt://host[:1883]</c>, <c>mqtts://host[:8883]</c>, <c>ws://host[:80][/path]</c> or <c>wss://host[:443][/path]</c>.
    /// A WebSocket URL without a path means <c>/mqtt</c>. User name and password in the URL are not read. Default <c>mqtt://localhost:1883</c>.
    /// </summary>
    public Uri Server { get; init; } = new("mqtt://localhost:1883");

    /// <summary>The standard to speak. Default MQTT 5.</summary>
    public ProtocolVersion Version { get; init; } = ProtocolVersion.V5;

    /// <summary>Client Identifier. Default empty: the Server assigns one (MQTT 5), and it is used again when reconnecting.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>User Name. Default none.</summary>
    public string? UserName { get; init; }

    /// <summary>Password bytes. Default none.</summary>
    public byte[]? Password { get; init; }

    /// <summary>
    /// Clean Start (MQTT 5) or Clean Session (3.x). Default true. With MQTT 5 and a Session Expiry Interval it holds for the first
    /// connection only, so that a reconnect resumes the Session.
    /// </summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>Session Expiry Interval in seconds, <see cref="uint.MaxValue"/> for never; MQTT 5. Default 0: the Session ends with the connection.</summary>
    public uint SessionExpiryInterval { get; init; }

    /// <summary>Keep Alive, whole seconds up to 65,535; zero turns it off. The Server may set another. Default 60 s.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an answer to PINGREQ may take before the connection counts as dead. Default 10 s.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The Will Message. Default none.</summary>
    public WillMessage? Will { get; init; }

    /// <summary>How many QoS 1 and 2 messages the Server may send before they are acknowledged; MQTT 5. Default 256.</summary>
    public ushort ReceiveMaximum { get; init; } = 256;

    /// <summary>Largest packet accepted, in bytes; a larger one closes the connection. Announced to the Server in MQTT 5. Default 16 MiB.</summary>
    public int MaximumPacketSize { get; init; } = 16 * 1024 * 1024;

    /// <summary>Highest Topic Alias the Server may use towards this client; MQTT 5. Default 32.</summary>
    public ushort TopicAliasMaximum { get; init; } = 32;

    /// <summary>Whether the Server is asked for Response Information; MQTT 5. Default false.</summary>
    public bool RequestResponseInformation { get; init; }

    /// <summary>Whether the Server may send Reason Strings on any packet; MQTT 5. Default true.</summary>
    public bool RequestProblemInformation { get; init; } = true;

    /// <summary>Authentication Method sent in CONNECT; MQTT 5. A challenge by AUTH is answered with an error. Default none.</summary>
    public string? AuthenticationMethod { get; init; }

    /// <summary>Authentication Data sent in CONNECT; MQTT 5. Default none.</summary>
    public byte[]? AuthenticationData { get; init; }

    /// <summary>User Properties of CONNECT; MQTT 5. Default none.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    /// <summary>TLS settings, used by <c>mqtts://</c> and <c>wss://</c>. Default: the trust store of the machine, no client certificate.</summary>
    public TlsOptions Tls { get; init; } = TlsOptions.Default;

    /// <summary>HTTP headers of the request that opens a WebSocket, such as those of a custom authorizer. Default none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> HttpHeaders { get; init; } = [];

    /// <summary>HTTP proxy to go through. Default none: proxies that the environment names are not used.</summary>
    public HttpProxyOptions? Proxy { get; init; }

    /// <summary>How long name look-up, TCP, TLS and CONNACK may take together. Default 15 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How to come back after a lost connection; null for never. Default: see <see cref="ReconnectOptions"/>.</summary>
    public ReconnectOptions? Reconnect { get; init; } = new();

    /// <summary>Whether subscriptions are made again when the Server no longer has the Session after a reconnect. Default true.</summary>
    public bool Resubscribe { get; init; } = true;

    /// <summary>Who acknowledges received QoS 1 and 2 messages. Default: the client, as the message is handed over.</summary>
    public AcknowledgeMode Acknowledge { get; init; } = AcknowledgeMode.Automatic;

    /// <summary>Most received messages that wait to be taken. Default 4,096.</summary>
    public int ReceiveQueueLimit { get; init; } = 4096;

    /// <summary>Most bytes of received messages that wait to be taken. Default 64 MiB.</summary>
    public long ReceiveQueueByteLimit { get; init; } = 64L * 1024 * 1024;

    /// <summary>What happens to a QoS 0 message when the receive queue is full. Default: the oldest QoS 0 message is dropped and counted.</summary>
    public ReceiveQueuePolicy ReceiveQueueFull { get; init; } = ReceiveQueuePolicy.DropOldest;

    /// <summary>Most publications that wait for their acknowledgment, sent or not. Default 4,096.</summary>
    public int PublishQueueLimit { get; init; } = 4096;

    /// <summary>Most bytes of publications that wait for the network or their acknowledgment. Default 64 MiB.</summary>
    public long PublishQueueByteLimit { get; init; } = 64L * 1024 * 1024;

    /// <summary>What <see cref="MqttClient.PublishAsync(PublishPacket, CancellationToken)"/> does when that is reached. Default: it waits for room.</summary>
    public PublishQueuePolicy PublishQueueFull { get; init; } = PublishQueuePolicy.Wait;

    /// <summary>
    /// Opens the byte stream instead of <see cref="Server"/>: a proxy, a Unix socket, a test. Called for each connection; the client disposes
    /// of the stream. Default null.
    /// </summary>
    public Func<CancellationToken, ValueTask<Stream>>? OpenTransport { get; init; }

    /// <summary>The clock. Default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Randomness for the jitter of reconnects. Default shared.</summary>
    public Random Random { get; init; } = Random.Shared;
}
