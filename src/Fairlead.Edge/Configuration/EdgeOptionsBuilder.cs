using System.Net;
using Fairlead.Edge.Payloads;
using Fairlead.Protocols.Mqtt;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Configuration;

/// <summary>Makes options of values, and tells what in them does not go together (spec section 2, start-up order).</summary>
internal static class EdgeOptionsBuilder
{
    /// <summary>Makes the options.</summary>
    /// <param name="values">What holds for the whole connector.</param>
    /// <param name="links">The values of each link.</param>
    /// <param name="problems">What is wrong already; what is found here is added.</param>
    /// <returns>The options; null when a problem keeps the connector from starting.</returns>
    public static EdgeOptions? Build(EdgeValues values, IReadOnlyList<EdgeValues> links, List<ConfigurationProblem> problems)
    {
        var built = links.Select(link => LinkOptionsBuilder.Build(link, problems)).ToList();
        var local = BuildLocal(values, problems);
        if (values.TextOrNull("metrics.listen") is { } listen && !IPEndPoint.TryParse(listen, out _))
            problems.Add(ConfigurationProblem.Fault("metrics.listen", $"\"{listen}\" is not an address such as 127.0.0.1:9466"));
        if (values.Text("dataDir").Length == 0)
            problems.Add(ConfigurationProblem.Fault("dataDir", "must name a directory"));
        if (problems.Exists(static problem => problem.ExitCode != 0) || local is null) return null;
        return new EdgeOptions
        {
            Links = [.. built.OfType<LinkOptions>()],
            Local = local,
            Log = BuildLog(values),
            DataDirectory = Path.GetFullPath(values.Text("dataDir")),
            Timestamp = Enum.Parse<TimestampMode>(values.Text("timestamp"), ignoreCase: true),
            KeepsQos0 = values.Flag("spool.keepQos0"),
            AnnouncesErrors = values.Flag("errorTopic"),
            RetainsDeviceInfo = values.Flag("deviceInfoRetain"),
            ShutdownTimeout = values.Seconds("shutdownTimeout"),
            MetricsListen = values.TextOrNull("metrics.listen"),
            RemoteConfigShadow = values.Flag("remoteConfig.enabled") ? values.Text("remoteConfig.shadow") : null,
            Values = values,
        };
    }

    /// <summary>The log as the values say; also for a process whose other settings are at fault.</summary>
    public static LogOptions BuildLog(EdgeValues values) => new()
    {
        File = values.TextOrNull("logFile"),
        Level = ToLevel(values.Text("logLevel")),
        MaximumBytes = values.Number("logFileSize") * 1024 * 1024,
        MaximumFiles = (int)Math.Min(values.Number("logFileCount"), int.MaxValue),
        MaximumAge = TimeSpan.FromDays(Math.Min(values.Number("logFileMaxAge"), 1_000_000)),
        IsJson = values.Text("logFormat") == "json",
        Payloads = values.Flag("logPayloads"),
    };

    /// <summary>Kanto's word for a level.</summary>
    public static LogLevel ToLevel(string word) => word switch
    {
        "ERROR" => LogLevel.Error,
        "WARN" => LogLevel.Warning,
        "DEBUG" => LogLevel.Debug,
        "TRACE" => LogLevel.Trace,
        _ => LogLevel.Information,
    };

    /// <summary>The MQTT version of a setting.</summary>
    public static ProtocolVersion ToVersion(string text) => text == "5" ? ProtocolVersion.V5 : ProtocolVersion.V311;

    private static LocalOptions? BuildLocal(EdgeValues values, List<ConfigurationProblem> problems)
    {
        string address = values.Text("localAddress");
        if (address.Length == 0)
        {
            problems.Add(ConfigurationProblem.Fault("localAddress", "must not be empty"));
            return null;
        }

        if (EdgeAddress.FindFault(address) is { } fault)
        {
            problems.Add(ConfigurationProblem.Fault("localAddress", fault));
            return null;
        }

        CheckLocalTls(values, EdgeAddress.IsTls(address), problems);
        string? user = values.TextOrNull("localUsername");
        bool embedded = EdgeAddress.IsEmbedded(address);
        string host = "";
        int port = 0;
        if (embedded) EdgeAddress.TryReadEmbedded(address, out host, out port);
        return new LocalOptions
        {
            Server = embedded ? null : EdgeAddress.ToUrl(address),
            EmbeddedHost = host,
            EmbeddedPort = port,
            UserName = user,
            Password = user is null ? null : values.Text("localPassword"),
            CaFile = EdgeAddress.IsTls(address) ? values.TextOrNull("localCACert") : null,
            CertificateFile = values.TextOrNull("localCert"),
            KeyFile = values.TextOrNull("localKey"),
            StatusClientId = values.Text("localClientId"),
            IntakeClientId = values.Text("cloudClientId"),
            KeepAlive = values.Seconds("localKeepAlive"),
            Version = ToVersion(values.Text("localMqttVersion")),
        };
    }

    private static void CheckLocalTls(EdgeValues values, bool tls, List<ConfigurationProblem> problems)
    {
        if (values.Text("localClientId") == values.Text("cloudClientId"))
            problems.Add(ConfigurationProblem.Fault("localClientId", "must differ from cloudClientId: the broker would throw one out for the other"));
        if (!tls) return;
        if (values.TextOrNull("localCACert") is not { } ca) problems.Add(ConfigurationProblem.Fault("localCACert", "is needed for TLS to the local broker"));
        else if (!File.Exists(ca)) problems.Add(ConfigurationProblem.Fault("localCACert", $"{ca} does not exist"));
        if (values.TextOrNull("localCert") is null != values.TextOrNull("localKey") is null)
            problems.Add(ConfigurationProblem.Fault("localCert", "localCert and localKey go together"));
    }
}
