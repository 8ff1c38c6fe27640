using Fairlead.Broker;
using Fairlead.Features;
using Fairlead.Features.Certificates;
using Fairlead.Features.IotHub;
using Fairlead.Features.Notifications;
using Fairlead.Features.Rules;
using Fairlead.Targets;
using Fairlead.Targets.Mail;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Configuration;

/// <summary>
/// Everything that can be configured, with its default. <see cref="HubSettings"/> gives each property its key, limits and description.
/// Filled once while the hub starts and only read afterwards.
/// </summary>
public sealed class HubOptions
{
    /// <summary>Data directory.</summary>
    public string Data { get; set; } = DefaultDataDirectory();

    /// <summary>Listeners.</summary>
    public IReadOnlyList<ListenUrl> Listen { get; set; } =
    [
        new(ListenerKind.Mqtt, "127.0.0.1", 1883, ""),
        new(ListenerKind.Mqtts, "0.0.0.0", 8883, ""),
        new(ListenerKind.Ws, "127.0.0.1", 8081, "/mqtt"),
        new(ListenerKind.Tls, "0.0.0.0", 8443, "/mqtt"),
        new(ListenerKind.Http, "127.0.0.1", 8080, ""),
    ];

    /// <summary>Developer's mode (<c>fairlead dev</c>): anonymous clients on loopback are administrators.</summary>
    public bool DevMode { get; set; }

    /// <summary>Whether a listener whose port is taken takes a free one: the ports were nobody's choice.</summary>
    public bool PortsArePreferences { get; set; }

    /// <summary>Broker.</summary>
    public BrokerOptions Broker { get; set; } = new();

    /// <summary>What an acknowledgement promises.</summary>
    public Durability Durability { get; set; } = Durability.Commit;

    /// <summary>Authentication.</summary>
    public AuthOptions Auth { get; } = new();

    /// <summary>TLS.</summary>
    public TlsOptions Tls { get; } = new();

    /// <summary>Account that the AWS-shaped API stands for.</summary>
    public HubScope Aws { get; } = new();

    /// <summary>Certificates that the hub makes for devices.</summary>
    public CertificateOptions Certificates { get; } = new();
    /// <summary>The rules engine.</summary>
    public RulesOptions Rules { get; } = new();

    /// <summary>The Azure dialect.</summary>
    public IotHubOptions IotHub { get; } = new();

    /// <summary>Limits of the data plane and its log.</summary>
    public DataPlaneOptions DataPlane { get; } = new();

    /// <summary>Limits of notifications.</summary>
    public NotificationOptions Notifications { get; } = new();

    /// <summary>Where mails go.</summary>
    public SmtpOptions Smtp { get; } = new();

    /// <summary>What rule actions talk to.</summary>
    public RuleTargetOptions Targets { get; } = new();

    /// <summary>Transport and process.</summary>
    public ServerOptions Server { get; } = new();

    /// <summary>Least severe level that is logged.</summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    /// <summary>Form of the log.</summary>
    public LogFormat LogFormat { get; set; } = LogFormat.Auto;

    /// <summary>Administration token; empty takes the one in <c>admin.token</c> of the data directory.</summary>
    public string AdminToken { get; set; } = "";

    /// <summary>Password of the console user <c>admin</c>; empty for none but a stored one.</summary>
    public string AdminPassword { get; set; } = "";

    /// <summary>Whether <c>/metrics</c> answers other machines without the administration token.</summary>
    public bool OpenMetrics { get; set; }

    /// <summary>Directory that the console's files are read from; empty for those inside the program.</summary>
    public string ConsoleFiles { get; set; } = "";

    /// <summary>Every setting with its value and origin, for those who want to see it.</summary>
    public IReadOnlyList<EffectiveSetting> Effective { get; set; } = [];

    /// <summary>Collector that metrics are sent to; empty for none.</summary>
    public string OtlpEndpoint { get; set; } = "";

    /// <summary>How they travel.</summary>
    public OtlpProtocol OtlpProtocol { get; set; } = OtlpProtocol.Grpc;

    /// <summary>Headers for the collector, <c>name=value</c> separated by commas.</summary>
    public string OtlpHeaders { get; set; } = "";

    /// <summary>Time between two exports.</summary>
    public TimeSpan OtlpInterval { get; set; } = TimeSpan.FromSeconds(30);

    private static string DefaultDataDirectory()
    {
        // systemd names the directory that StateDirectory= made; people get the place that the XDG standard gives to user data.
        if (Environment.GetEnvironmentVariable("STATE_DIRECTORY") is { Length: > 0 } state) return state.Split(':')[0];
        var xdg = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
        var root = string.IsNullOrEmpty(xdg)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share")
            : xdg;
        return Path.Combine(root, "fairlead");
    }
}
