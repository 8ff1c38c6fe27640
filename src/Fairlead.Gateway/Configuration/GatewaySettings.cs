namespace Fairlead.Gateway.Configuration;

/// <summary>Every setting, once: file, environment, flags, help, <c>check-config</c>, sample and reference page come from this list.</summary>
internal static class GatewaySettings
{
    /// <summary>Name of the section in the file and prefix in the environment, as in the sample gateway (spec section 1.2).</summary>
    public const string Section = "ServerOptions";

    /// <summary>The settings of the sample gateway, with its names and defaults.</summary>
    public static IReadOnlyList<GatewaySetting> Sample { get; } =
    [
        new("IoTHubHostName", SettingKind.Text, "", "Name of the hub, such as myhub.azure-devices.net: the name that tokens are signed for. Needed, unless HubConnectionString gives it."),
        new("AccessPolicyName", SettingKind.Text, "", "Name of the hub's access policy that the gateway uses for devices without a token; the permission DeviceConnect is enough (policy \"device\")."),
        new("AccessPolicyKey", SettingKind.Text, "", "Key of that policy, base64. Better in a file: AccessPolicyKeyFile.") { Secret = true },
        new("SharedAccessPolicyKeyEnabled", SettingKind.Switch, "false", "Serve devices without a token by the access policy. Whoever reaches the gateway can then speak for any device: protect it, or set ApiKey."),
        new("MaxPoolSize", SettingKind.Number, "65535", "Most AMQP connections of a pool. There are two pools: devices with tokens, devices by the policy.") { Least = 1, Most = 65_535 },
        new("DeviceOperationTimeout", SettingKind.Number, "10000", "Milliseconds that a request may wait for the hub; after that it is answered with 503 or 504.") { Least = 100, Most = 600_000 },
        new("DefaultDeviceCacheInMinutes", SettingKind.Number, "60", "Minutes without use after which the links of a device are detached. With a token its expiry ends it earlier.") { Least = 1, Most = 43_200 },
        new("DirectMethodEnabled", SettingKind.Switch, "false", "Direct methods reach devices, by stream, long poll, webhook or DirectMethodCallback."),
        new("DirectMethodCallback", SettingKind.Text, "", "URL that gets the direct methods of devices which have no consumer of their own; its answer is the device's answer."),
        new("CloudMessagesEnabled", SettingKind.Switch, "false", "Cloud-to-device messages reach devices, by stream, long poll, webhook or CloudMessageCallback."),
        new("CloudMessageParallelism", SettingKind.Number, "10", "Cloud-to-device messages and methods that are under way to webhooks and callbacks at the same time.") { Least = 1, Most = 10_000 },
        new("CloudMessageCallback", SettingKind.Text, "", "URL that gets the cloud-to-device messages of devices which have no consumer of their own; 2xx completes the message."),
    ];

    /// <summary>Where the hub is and who may ask.</summary>
    public static IReadOnlyList<GatewaySetting> Access { get; } =
    [
        new("HubConnectionString", SettingKind.Text, "", "HostName, SharedAccessKeyName and SharedAccessKey in one, as portals show it (spec section 5.3); what is set separately wins.") { Secret = true },
        new("HubAddress", SettingKind.Text, "", "Where to connect, when that is not port 5671 of IoTHubHostName: amqps://host:port, amqp://host:port (loopback only), wss://host:port or ws://host:port."),
        new("HubCaFile", SettingKind.Path, "", "PEM file of the authorities that the hub's certificate may come from; empty trusts those of the system."),
        new("AccessPolicyKeyFile", SettingKind.Path, "", "File with the key of the access policy; it is read at start."),
        new("Listen", SettingKind.List, "http://127.0.0.1:8088", "Addresses to listen on: http://address:port, https://address:port (HTTP/1.1 and HTTP/2), h2c://address:port (HTTP/2 in the clear, for proxies that bring many devices on one connection); port 0 takes a free one."),
        new("CertificateFile", SettingKind.Path, "", "PEM file with the certificate chain of https:// addresses."),
        new("KeyFile", SettingKind.Path, "", "PEM file with its private key."),
        new("ApiKey", SettingKind.Text, "", "What requests in policy mode must bring as X-Api-Key (at least 16 characters); empty asks for nothing.") { Secret = true },
        new("ApiKeyFile", SettingKind.Path, "", "File with that key."),
        new("TrustForwardedFor", SettingKind.Switch, "false", "Take the caller's address from the last entry of X-Forwarded-For; only behind a proxy that sets it."),
        new("DeviceRateLimit", SettingKind.Fraction, "100", "Requests a second of one device, with bursts of twice as many; more is answered with 429. 0 sets no limit.") { Most = 1e6 },
        new("AddressRateLimit", SettingKind.Fraction, "0", "Requests a second from one address, with bursts of twice as many; more is answered with 429. 0 sets no limit, as behind a proxy.") { Most = 1e6 },
    ];

    /// <summary>Bounds of the engine (spec section 9.4).</summary>
    public static IReadOnlyList<GatewaySetting> Engine { get; } =
    [
        new("IdentitiesPerConnection", SettingKind.Number, "900", "Devices on one AMQP connection; hubs refuse more than 1000.") { Least = 1, Most = 995 },
        new("AuthorisationRate", SettingKind.Fraction, "50", "Devices a second that are authorised and attached on one connection, so that a reconnect does not run into the hub's throttle.") { Least = 0.1, Most = 1e6 },
        new("ReconnectInit", SettingKind.Fraction, "1", "Seconds of the first wait between connection attempts; the wait is drawn at random below its bound (full jitter).") { Least = 0.01, Most = 3600 },
        new("ReconnectMax", SettingKind.Fraction, "60", "Bound of that wait in seconds.") { Least = 0.01, Most = 3600 },
        new("ConnectTimeout", SettingKind.Fraction, "15", "Seconds for name look-up, TCP, TLS and AMQP open together.") { Least = 0.1, Most = 600 },
        new("CredentialPause", SettingKind.Fraction, "30", "Seconds for which a token is refused without asking the hub after it refused it, or did not know its device, three times in a row.") { Most = 3600 },
        new("PolicyTokenMinutes", SettingKind.Number, "60", "Life of the tokens that the gateway makes from the policy key; they are renewed after 85 % of it.") { Least = 2, Most = 1440 },
        new("DeviceQueue", SettingKind.Number, "100", "Messages of one device that may wait for the hub; more is answered with 429.") { Least = 1, Most = 100_000 },
        new("MemoryBudget", SettingKind.Number, "256", "Mebibytes of message bodies that may be in memory at once; more is answered with 429.") { Least = 1, Most = 65_536 },
        new("MaximumDevices", SettingKind.Number, "100000", "Devices with an entry in memory; a new one beyond that is answered with 503.") { Least = 1, Most = 10_000_000 },
        new("MaximumBody", SettingKind.Number, "262144", "Bytes of a message; more is answered with 413. Hubs take 256 KiB.") { Least = 1, Most = 1_048_576 },
        new("IdempotencyMinutes", SettingKind.Number, "5", "Minutes for which the outcome of a request with an Idempotency-Key is remembered.") { Least = 1, Most = 1440 },
        new("IdempotencyEntries", SettingKind.Number, "100000", "Outcomes remembered at most; the oldest go first.") { Least = 1, Most = 10_000_000 },
        new("ShutdownTimeout", SettingKind.Fraction, "20", "Seconds for requests under way when the gateway is told to end.") { Most = 3600 },
    ];

    /// <summary>Ways to the device, several instances, traces, log.</summary>
    public static IReadOnlyList<GatewaySetting> Delivery { get; } =
    [
        new("LockSeconds", SettingKind.Number, "50", "Seconds that a consumer has to settle a message; less than the hub's lock of 60. Then it goes back to the hub.") { Least = 1, Most = 3600 },
        new("StreamWindow", SettingKind.Number, "10", "Unsettled messages that one stream may hold.") { Least = 1, Most = 1000 },
        new("MaximumStreams", SettingKind.Number, "30000", "Streams and long polls open at once; more is answered with 503.") { Least = 1, Most = 1_000_000 },
        new("WebhookAllow", SettingKind.List, "", "Hosts or networks (10.0.0.0/8) to which webhooks and callbacks may go although they are private; without an entry only public addresses are reached, over https."),
        new("WebhookSecretFile", SettingKind.Path, "", "File with the key that signs requests to DirectMethodCallback and CloudMessageCallback; devices' own webhooks bring their own."),
        new("WebhookTimeout", SettingKind.Fraction, "10", "Seconds for one request to a webhook.") { Least = 0.1, Most = 300 },
        new("WebhookDeliveries", SettingKind.Number, "10", "Deliveries of a message after which a webhook's message is rejected, which makes the hub dead-letter it.") { Least = 1, Most = 100 },
        new("MaximumWebhooks", SettingKind.Number, "10000", "Webhooks registered at once.") { Least = 1, Most = 1_000_000 },
        new("DataDirectory", SettingKind.Path, "", "Directory that keeps registered webhooks over restarts; empty keeps them in memory alone."),
        new("InstanceId", SettingKind.Text, "", "Name of this instance among several, letters, digits and hyphens; empty makes one up at each start."),
        new("Peers", SettingKind.List, "", "The other instances as name=url. A settlement that arrives at the wrong instance is handed to the right one."),
        new("StealHoldDown", SettingKind.Fraction, "1", "Seconds before links of a device are attached again that another instance has taken; doubled with each time up to a minute.") { Least = 0.05, Most = 60 },
        new("OpenMetrics", SettingKind.Switch, "false", "Serve /metrics and /status to other machines too."),
        new("OtlpEndpoint", SettingKind.Text, "", "OpenTelemetry collector that traces are sent to, such as http://127.0.0.1:4317; empty makes no traces."),
        new("OtlpProtocol", SettingKind.Text, "grpc", "How they travel: grpc, or http, for which the address has its path, such as http://127.0.0.1:4318/v1/traces."),
        new("TraceRatio", SettingKind.Fraction, "0.01", "Share of requests that are traced, 0 to 1. A caller that sends traceparent decides itself.") { Most = 1 },
        new("TraceDeviceIds", SettingKind.Switch, "false", "Name the device in traces, for collectors that can hold as many values."),
        new("LogLevel", SettingKind.Text, "information", "trace, debug, information, warning, error or none."),
        new("LogFormat", SettingKind.Text, "auto", "auto, text or json; auto is json when the log is not a terminal."),
    ];

    /// <summary>Groups with their titles, in the order of the reference page.</summary>
    public static IReadOnlyList<(string Title, IReadOnlyList<GatewaySetting> Settings)> Groups { get; } =
    [
        ("Settings of the sample gateway", Sample),
        ("Hub, listeners, callers", Access),
        ("Connections, queues, bounds", Engine),
        ("To the device, several instances, traces, log", Delivery),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<GatewaySetting> All { get; } = [.. Groups.SelectMany(static group => group.Settings)];

    /// <summary>The setting of a name; null for none.</summary>
    public static GatewaySetting? Find(string key) =>
        All.FirstOrDefault(setting => setting.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
}
