using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using static Fairlead.Server.Configuration.SettingFactory;

namespace Fairlead.Server.Configuration;

/// <summary>
/// The table of everything that can be configured. Defaults are those of <see cref="HubOptions"/> and stand nowhere else; the sample
/// file and the reference page are written from this table.
/// </summary>
public static class HubSettings
{
    private const long KiB = 1024;
    private const long GiB = 1024 * 1024 * KiB;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static readonly (string, ClientCertificateMode)[] CertificateModes =
        [("off", ClientCertificateMode.Off), ("optional", ClientCertificateMode.Optional), ("required", ClientCertificateMode.Required)];

    /// <summary>Every setting, in the order in which documentation lists and start-up applies them.</summary>
    public static IReadOnlyList<Setting> All { get; } =
        [
            .. General(), .. BrokerSettings.All(), .. AwsSettings.All(), .. ShadowSettings.All(), .. DataPlaneSettings.All(), .. RuleSettings.All(),
            .. RuleTargetSettings.All(), .. NotificationSettings.All(), .. IotHubSettings.All(),
            .. Auth(), .. Tls(), .. CertificateSettings.All(), .. Server(), .. Observability(),
        ];

    /// <summary>Finds a setting by its key, in any case.</summary>
    public static Setting? Find(string key)
    {
        foreach (var setting in All)
        {
            if (string.Equals(setting.Key, key, StringComparison.OrdinalIgnoreCase)) return setting;
        }

        return null;
    }

    private static IEnumerable<Setting> General() =>
    [
        Text(
            "Data", "Directory of everything that the hub keeps: store, certificates, users, tokens. Made with mode 0700 when missing.",
            "a directory", static o => o.Data, static (o, v) => o.Data = v, defaultText: "$STATE_DIRECTORY when systemd set it, else ~/.local/share/fairlead"),
        new ListSetting<ListenUrl>(
            "Listen",
            "Listeners. mqtt and ws are plaintext, mqtts and wss use TLS, tls takes MQTT, HTTP, WebSocket and AMQP on one port, amqp and " +
            "amqps (TLS) take AMQP 1.0, http serves health, metrics and administration. Port 0 takes a free one.",
            "a list of addresses such as mqtts://0.0.0.0:8883",
            static text => ListenUrl.TryParse(text, out var url, out var problem) ? (url, "") : (null, problem),
            static o => o.Listen, static (o, v) => o.Listen = v),
        Choice(
            "Store:Durability",
            "What an acknowledgement promises: commit is on the disk, os survives the end of the process but not of the machine, memory keeps nothing.",
            [("commit", Durability.Commit), ("os", Durability.Os), ("memory", Durability.Memory)],
            static o => o.Durability, static (o, v) => o.Durability = v),
    ];

    private static IEnumerable<Setting> Auth() =>
    [
        Flag(
            "Auth:AllowAnonymous", "Whether clients without user name and certificate may connect.",
            static o => o.Auth.AllowAnonymous, static (o, v) => o.Auth.AllowAnonymous = v),
        Text(
            "Auth:UsersFile", "Users with their hashed passwords, written by 'fairlead user'. Read again when it changes.", "a file",
            static o => o.Auth.UsersFile, static (o, v) => o.Auth.UsersFile = v, defaultText: "users.json in the data directory"),
        Number(
            "Auth:PasswordCacheSize", "Passwords whose verification is remembered in memory, so that a storm of reconnects costs no key derivations.",
            "passwords", 0, 10_000_000, static o => o.Auth.PasswordCacheSize, static (o, v) => o.Auth.PasswordCacheSize = (int)v),
        Choice(
            "Auth:UnregisteredCertificates",
            "What becomes of a client certificate that is not registered: refuse, or allow when an authority of Tls:ClientCaFile issued it; its holder may then do what users may.",
            [("refuse", RegistrationNeed.Refuse), ("allow", RegistrationNeed.Allow)],
            static o => o.Certificates.AllowsUnregistered ? RegistrationNeed.Allow : RegistrationNeed.Refuse,
            static (o, v) => o.Certificates.AllowsUnregistered = v == RegistrationNeed.Allow),
    ];

    private static IEnumerable<Setting> Tls() =>
    [
        Text(
            "Tls:CertificateFile", "Server certificate in PEM form, then its intermediates. Read again when it changes.", "a file",
            static o => o.Tls.CertificateFile, static (o, v) => o.Tls.CertificateFile = v, defaultText: "one made by the hub's own authority"),
        Text(
            "Tls:KeyFile", "Private key of the server certificate in PEM form.", "a file",
            static o => o.Tls.KeyFile, static (o, v) => o.Tls.KeyFile = v, defaultText: "the hub's own"),
        Text(
            "Tls:KeyPassword", "Password of the private key, when it is encrypted.", "a text",
            static o => o.Tls.KeyPassword, static (o, v) => o.Tls.KeyPassword = v, secret: true, defaultText: "none"),
        Text(
            "Tls:ClientCaFile", "Authorities in PEM form whose client certificates Auth:UnregisteredCertificates=allow lets in. Read again when it changes.", "a file",
            static o => o.Tls.ClientCaFile, static (o, v) => o.Tls.ClientCaFile = v, defaultText: "none"),
        new ListSetting<string>(
            "Tls:Names", "Names and addresses in the hub's own server certificate besides those of this machine.",
            "a list of host names and addresses", static text => text.Length > 0 ? (text, "") : (null, "is empty"),
            static o => o.Tls.Names, static (o, v) => o.Tls.Names = v),
        Choice(
            "Tls:MqttsClientCertificates", "Whether mqtts listeners ask for a client certificate.", CertificateModes,
            static o => o.Tls.MqttsClientCertificates, static (o, v) => o.Tls.MqttsClientCertificates = v),
        Choice(
            "Tls:WssClientCertificates", "Whether wss listeners ask for a client certificate.", CertificateModes,
            static o => o.Tls.WssClientCertificates, static (o, v) => o.Tls.WssClientCertificates = v),
        Choice(
            "Tls:AlpnClientCertificates",
            "Whether tls listeners ask for a client certificate when the client speaks x-amzn-mqtt-ca or x-amzn-http-ca by ALPN, or sends no ALPN; with http/1.1 one is never required.", CertificateModes,
            static o => o.Tls.AlpnClientCertificates, static (o, v) => o.Tls.AlpnClientCertificates = v),
        Choice(
            "Tls:MinimumVersion", "Oldest TLS version spoken.", [("1.2", SslProtocols.Tls12), ("1.3", SslProtocols.Tls13)],
            static o => o.Tls.MinimumVersion, static (o, v) => o.Tls.MinimumVersion = v),
        Time(
            "Tls:HandshakeTimeout", "Time from the opening of a connection to the end of its TLS handshake.", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5),
            static o => o.Tls.HandshakeTimeout, static (o, v) => o.Tls.HandshakeTimeout = v),
    ];

    private static IEnumerable<Setting> Server() =>
    [
        Flag(
            "Server:InlineSockets", "Whether socket completions run on the threads that poll the sockets: less work for each message.",
            static o => o.Server.InlineSockets, static (o, v) => o.Server.InlineSockets = v),
        Flag(
            "Server:InlineScheduling", "Whether what follows a read or a write runs where it completed instead of on the thread pool.",
            static o => o.Server.InlineScheduling, static (o, v) => o.Server.InlineScheduling = v),
        Number(
            "Server:IoQueues", "Queues over which connections are spread when scheduling is not inline; 0 takes the number of processors, at most 16.",
            "queues", 0, 256, static o => o.Server.IoQueues, static (o, v) => o.Server.IoQueues = (int)v),
        Number(
            "Server:Backlog", "Connections that the operating system holds until they are accepted; net.core.somaxconn is a limit of its own.",
            "connections", 1, 65_535, static o => o.Server.Backlog, static (o, v) => o.Server.Backlog = (int)v),
        Size(
            "Server:ReceiveBlock", "Blocks that bytes are received into: larger ones take more in one read.", 4096, 64 * KiB,
            static o => o.Server.ReceiveBlock, static (o, v) => o.Server.ReceiveBlock = (int)v),
        Size(
            "Server:ReceiveBuffer", "Bytes received from one connection and not yet read by the broker before the peer has to wait.", 64 * KiB, GiB,
            static o => o.Server.ReceiveBuffer, static (o, v) => o.Server.ReceiveBuffer = (int)v),
        Size(
            "Server:SendBuffer", "Bytes written to one connection and not yet taken by its socket before it counts as congested.", 4 * KiB, GiB,
            static o => o.Server.SendBuffer, static (o, v) => o.Server.SendBuffer = (int)v),
        Time(
            "Server:OpeningTimeout", "Time from the opening of a plaintext connection to its first byte.", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5),
            static o => o.Server.OpeningTimeout, static (o, v) => o.Server.OpeningTimeout = v),
        Time(
            "Server:ShutdownTimeout", "Longest time from SIGTERM to the end of the process.", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1),
            static o => o.Server.ShutdownTimeout, static (o, v) => o.Server.ShutdownTimeout = v),
    ];

    private static IEnumerable<Setting> Observability() =>
    [
        Choice(
            "Log:Level", "Least severe level that is logged.",
            [("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("information", LogLevel.Information), ("warning", LogLevel.Warning), ("error", LogLevel.Error), ("none", LogLevel.None)],
            static o => o.LogLevel, static (o, v) => o.LogLevel = v),
        Choice(
            "Log:Format", "Form of the log on standard error; auto is text on a terminal and json otherwise.",
            [("auto", LogFormat.Auto), ("text", LogFormat.Text), ("json", LogFormat.Json)],
            static o => o.LogFormat, static (o, v) => o.LogFormat = v),
        Text(
            "Admin:Token", "Bearer token for the administration API.", "a text of at least 16 characters",
            static o => o.AdminToken, static (o, v) => o.AdminToken = v, secret: true, defaultText: "the one in admin.token of the data directory"),
        Text(
            "Admin:Password",
            "Password of the console user admin, who is an administrator. While it is given it wins over a stored one. FAIRLEAD_ADMIN_PASSWORD and FAIRLEAD_ADMIN_PASSWORD_FILE give it too.",
            "a text of at least 8 characters", static o => o.AdminPassword, static (o, v) => o.AdminPassword = v, secret: true, defaultText: "none"),
        Flag(
            "Admin:OpenMetrics", "Whether /metrics answers other machines without the administration token; this machine never needs it.",
            static o => o.OpenMetrics, static (o, v) => o.OpenMetrics = v),
        Text(
            "Console:Files", "Directory that the files of the web console are read from at each request, for those who work on them.", "a directory with index.html",
            static o => o.ConsoleFiles, static (o, v) => o.ConsoleFiles = v, defaultText: "those inside the program"),
        Text(
            "Otlp:Endpoint", "OpenTelemetry collector that metrics are sent to, such as http://127.0.0.1:4317.", "an http or https address, or empty for none",
            static o => o.OtlpEndpoint, static (o, v) => o.OtlpEndpoint = v, defaultText: "none"),
        Choice(
            "Otlp:Protocol", "How metrics travel to the collector.", [("grpc", OtlpProtocol.Grpc), ("http", OtlpProtocol.Http)],
            static o => o.OtlpProtocol, static (o, v) => o.OtlpProtocol = v),
        Text(
            "Otlp:Headers", "Headers for the collector: name=value, separated by commas.", "a text",
            static o => o.OtlpHeaders, static (o, v) => o.OtlpHeaders = v, secret: true, defaultText: "none"),
        Time(
            "Otlp:Interval", "Time between two exports.", TimeSpan.FromSeconds(1), Day,
            static o => o.OtlpInterval, static (o, v) => o.OtlpInterval = v),
    ];
}
