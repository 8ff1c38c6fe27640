using System.Net;

namespace Fairlead.Gateway.Configuration;

/// <summary>Settings of a gateway, checked. <see cref="GatewaySettings"/> has what each means.</summary>
internal sealed record GatewayOptions
{
    /// <summary>Host name of the hub without scheme and port, as tokens are signed for it.</summary>
    public required string HubHostName { get; init; }

    /// <summary>Where to connect: <c>amqps</c>, <c>amqp</c>, <c>wss</c> or <c>ws</c>.</summary>
    public required Uri HubAddress { get; init; }

    /// <summary>PEM file with authorities; null for those of the system.</summary>
    public string? HubCaFile { get; init; }

    /// <summary>Policy by which devices without a token are served; null when that is off.</summary>
    public PolicyKey? Policy { get; init; }

    /// <summary>Addresses to listen on.</summary>
    public required IReadOnlyList<Uri> Listen { get; init; }

    /// <summary>PEM file of the certificate chain; null without https.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of the key.</summary>
    public string? KeyFile { get; init; }

    /// <summary>What requests in policy mode must bring; null for nothing.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Whether X-Forwarded-For is believed.</summary>
    public bool TrustForwardedFor { get; init; }

    /// <summary>Requests a second of one device; 0 for no limit.</summary>
    public double DeviceRateLimit { get; init; } = 100;

    /// <summary>Requests a second from one address; 0 for no limit.</summary>
    public double AddressRateLimit { get; init; }

    /// <summary>Most connections of a pool.</summary>
    public int MaxPoolSize { get; init; } = 65_535;

    /// <summary>Devices on one connection, 1 to 995.</summary>
    public int IdentitiesPerConnection { get; init; } = 900;

    /// <summary>How long a request may wait for the hub.</summary>
    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a device may be idle before its links go.</summary>
    public TimeSpan DeviceCache { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>Whether methods reach devices.</summary>
    public bool DirectMethodEnabled { get; init; }

    /// <summary>Where methods of devices without a consumer go; null for nowhere.</summary>
    public Uri? DirectMethodCallback { get; init; }

    /// <summary>Whether cloud-to-device messages reach devices.</summary>
    public bool CloudMessagesEnabled { get; init; }

    /// <summary>Deliveries to webhooks and callbacks under way at once.</summary>
    public int CloudMessageParallelism { get; init; } = 10;

    /// <summary>Where messages of devices without a consumer go; null for nowhere.</summary>
    public Uri? CloudMessageCallback { get; init; }

    /// <summary>Authorisations a second on one connection.</summary>
    public double AuthorisationRate { get; init; } = 50;

    /// <summary>First bound of the reconnect wait.</summary>
    public TimeSpan ReconnectInit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Last bound of the reconnect wait.</summary>
    public TimeSpan ReconnectMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time for a connection to stand.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a token is refused that the hub refused three times.</summary>
    public TimeSpan CredentialPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Life of tokens made from the policy key.</summary>
    public TimeSpan PolicyTokenLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Messages of one device that may wait.</summary>
    public int DeviceQueue { get; init; } = 100;

    /// <summary>Bytes of bodies in memory.</summary>
    public long MemoryBudget { get; init; } = 256L << 20;

    /// <summary>Devices with an entry.</summary>
    public int MaximumDevices { get; init; } = 100_000;

    /// <summary>Bytes of one message.</summary>
    public int MaximumBody { get; init; } = 262_144;

    /// <summary>How long outcomes are remembered.</summary>
    public TimeSpan IdempotencyWindow { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Outcomes remembered.</summary>
    public int IdempotencyEntries { get; init; } = 100_000;

    /// <summary>Time for requests under way at the end.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Time that a consumer has to settle a message.</summary>
    public TimeSpan LockTime { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary>Unsettled messages of one stream.</summary>
    public int StreamWindow { get; init; } = 10;

    /// <summary>Streams and long polls open at once.</summary>
    public int MaximumStreams { get; init; } = 30_000;

    /// <summary>Hosts to which webhooks may go although their addresses are private.</summary>
    public IReadOnlyList<string> WebhookHosts { get; init; } = [];

    /// <summary>Networks to which webhooks may go although they are private.</summary>
    public IReadOnlyList<IPNetwork> WebhookNetworks { get; init; } = [];

    /// <summary>Key that signs requests to the callbacks; null for no signature.</summary>
    public string? CallbackSecret { get; init; }

    /// <summary>Time for one request to a webhook.</summary>
    public TimeSpan WebhookTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Deliveries after which a message is rejected.</summary>
    public int WebhookDeliveries { get; init; } = 10;

    /// <summary>Webhooks registered at once.</summary>
    public int MaximumWebhooks { get; init; } = 10_000;

    /// <summary>Directory that keeps webhooks; null for memory alone.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Name of this instance.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Other instances by name.</summary>
    public IReadOnlyDictionary<string, Uri> Peers { get; init; } = new Dictionary<string, Uri>(StringComparer.Ordinal);

    /// <summary>First wait before stolen links are attached again.</summary>
    public TimeSpan StealHoldDown { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Collector of traces; null for none.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Whether traces go there over HTTP instead of gRPC.</summary>
    public bool OtlpOverHttp { get; init; }

    /// <summary>Share of requests that are traced, 0 to 1.</summary>
    public double TraceRatio { get; init; } = 0.01;

    /// <summary>Whether traces name the device.</summary>
    public bool TraceDeviceIds { get; init; }

    /// <summary>Whether other machines may read the metrics.</summary>
    public bool OpenMetrics { get; init; }
}
