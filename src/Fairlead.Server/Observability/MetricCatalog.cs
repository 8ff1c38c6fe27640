using System.Reflection;
using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Security;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Server.Observability;

/// <summary>Every metric of the hub.</summary>
internal static class MetricCatalog
{
    private static readonly string[] QosLabels = ["0", "1", "2"];
    private static readonly string Version =
        typeof(MetricCatalog).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>All of them, in the order of the page.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [
        Gauge("fairlead_mqtt_connections", "{connection}", "Clients connected.", static s => s.Broker.Connections),
        new(
            "fairlead_mqtt_connects_total", MetricKind.Counter, "{connect}", "CONNECT packets answered, by result and Reason Code.",
            ["result", "reason"], Connects),
        new(
            "fairlead_mqtt_disconnects_total", MetricKind.Counter, "{disconnect}", "Connections ended, by who ended them and Reason Code.",
            ["by", "reason"], Disconnects),
        new(
            "fairlead_mqtt_messages_total", MetricKind.Counter, "{message}", "PUBLISH packets received and sent, by QoS.",
            ["direction", "qos"], Messages),
        new(
            "fairlead_mqtt_message_bytes_total", MetricKind.Counter, "By", "Payload bytes of PUBLISH packets received and sent.",
            ["direction"], static s => InAndOut(s.Broker.PublishBytesReceived, s.Broker.PublishBytesSent)),
        new(
            "fairlead_mqtt_bytes_total", MetricKind.Counter, "By", "Bytes received from and sent to clients, packet headers included.",
            ["direction"], static s => InAndOut(s.Broker.BytesReceived, s.Broker.BytesSent)),
        new("fairlead_mqtt_dropped_total", MetricKind.Counter, "{message}", "Deliveries dropped, by reason.", ["reason"], Dropped),
        Gauge("fairlead_mqtt_queued_messages", "{message}", "Messages that wait in Session queues.", static s => s.Broker.Queued),
        Gauge("fairlead_mqtt_queued_bytes", "By", "Bytes that wait in Session queues.", static s => s.Broker.QueuedBytes),
        Gauge("fairlead_mqtt_inflight_messages", "{message}", "Deliveries sent and not yet acknowledged.", static s => s.Broker.Inflight),
        Gauge("fairlead_mqtt_sessions", "{session}", "Sessions, connected or stored.", static s => s.Broker.Sessions),
        Gauge("fairlead_mqtt_subscriptions", "{subscription}", "Subscriptions.", static s => s.Broker.Subscriptions),
        Gauge("fairlead_mqtt_retained_messages", "{message}", "Retained messages.", static s => s.Broker.Retained),
        Gauge("fairlead_mqtt_retained_bytes", "By", "Bytes of retained messages.", static s => s.Broker.RetainedBytes),
        new(
            "fairlead_authorization_total", MetricKind.Counter, "{decision}", "Decisions about what clients wanted to do.",
            ["action", "decision"], Authorization),
        .. ShadowMetrics.All,
        .. ProvisioningMetrics.All,
        .. NotificationMetrics.All,
        .. RuleMetrics.All,
        .. IotHubMessageMetrics.All,
        .. IotHubAmqpMetrics.All,
        .. EdgeMetrics.All,
        new(
            "fairlead_registry_events_total", MetricKind.Counter, "{event}", "Events of the registry published, and dropped because too many waited.", ["result"],
            static s => s.RegistryEvents is { } events ? [new(["published"], events.Published), new(["dropped"], events.Dropped)] : []),
        new(
            "fairlead_publish_latency_seconds", MetricKind.Histogram, "s",
            "From reading a batch with PUBLISH packets to handing their last delivery to the transports.", ["le"],
            static s => Ranges(s.Broker.PublishLatency)),
        new(
            "fairlead_store_commit_seconds", MetricKind.Histogram, "s", "Duration of the store's transactions, sync included.", ["le"],
            static s => Ranges(s.Store.Commits)),
        Gauge("fairlead_store_healthy", "1", "1 while the store can write, 0 while it cannot.", static s => s.Store.IsHealthy ? 1 : 0),
        new(
            "fairlead_direct_messages_total", MetricKind.Counter, "{message}", "Calls of SendDirectMessage, by result.", ["result"],
            static s => s.DataPlane?.DirectMessages.ByResult().Select(static one => new MetricSample([one.Result], one.Count)) ?? []),
        new(
            "fairlead_direct_message_ack_seconds", MetricKind.Histogram, "s", "From a confirmed direct message to the PUBACK of its receiver.", ["le"],
            static s => s.DataPlane is { } dataPlane ? Ranges(dataPlane.DirectMessages.Acknowledged) : []),
        Single(
            "fairlead_lifecycle_dropped_events_total", MetricKind.Counter, "{event}", "Lifecycle events lost because they came faster than they could be published.",
            static s => s.DataPlane?.LifecycleEventsDropped() ?? 0),
        Single(
            "fairlead_event_log_dropped_total", MetricKind.Counter, "{event}", "Events of the structured log lost because they came faster than they could be written.",
            static s => s.DataPlane?.LogEventsDropped() ?? 0),
        new(
            "fairlead_certificate_expiry_timestamp_seconds", MetricKind.Gauge, "s", "End of validity of a certificate in force, since the Unix epoch.",
            ["subject"], Certificates),
        Gauge("fairlead_device_certificates", "{certificate}", "Registered device certificates.", static s => s.Devices?.Count ?? 0),
        Gauge(
            "fairlead_device_certificates_expiring", "{certificate}", "Active device certificates that end within 30 days, or have ended.",
            static s => s.Devices?.CountEnding(days: 30) ?? 0),
        Single("fairlead_log_dropped_lines_total", MetricKind.Counter, "{line}", "Log lines lost because the log was read too slowly.", static s => s.Log?.Dropped ?? 0),
        new(
            "fairlead_build_info", MetricKind.Gauge, "1", "Always 1; says which build runs.", ["version"], static _ => [new MetricSample([Version], 1)]),
        Single(
            "process_cpu_seconds_total", MetricKind.Counter, "s", "Processor time of the process.",
            static _ => Environment.CpuUsage.TotalTime.TotalSeconds),
        Gauge("process_resident_memory_bytes", "By", "Memory of the process that is in RAM.", static _ => Environment.WorkingSet),
        Gauge("process_managed_heap_bytes", "By", "Memory of the process that the garbage collector manages.", static _ => GC.GetTotalMemory(forceFullCollection: false)),
        Gauge("process_start_time_seconds", "s", "Start of the process, since the Unix epoch.", static s => s.Started.ToUnixTimeMilliseconds() / 1000.0),
    ];

    /// <summary>A name of code as a label: words in lower case with underscores.</summary>
    public static string Label(string name) => string.Concat(
        name.Select(static (letter, i) => char.IsAsciiLetterUpper(letter) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(letter) : letter.ToString()));

    private static Metric Gauge(string name, string unit, string help, Func<MetricSources, double> read) =>
        Single(name, MetricKind.Gauge, unit, help, read);

    private static Metric Single(string name, MetricKind kind, string unit, string help, Func<MetricSources, double> read) =>
        new(name, kind, unit, help, [], sources => [new MetricSample([], read(sources))]);

    private static MetricSample[] InAndOut(long received, long sent) => [new(["in"], received), new(["out"], sent)];

    private static IEnumerable<MetricSample> Connects(MetricSources sources)
    {
        yield return new(["accepted", "success"], sources.Broker.ConnectsAccepted);
        foreach (var code in Enum.GetValues<ReasonCode>().Distinct())
        {
            // Most codes never occur; a series appears with its first event.
            if (sources.Broker.ConnectsRefused(code) is > 0 and var count) yield return new(["refused", Label(code.ToString())], count);
        }
    }

    private static IEnumerable<MetricSample> Disconnects(MetricSources sources)
    {
        foreach (var by in Enum.GetValues<ClosedBy>())
        {
            foreach (var code in Enum.GetValues<ReasonCode>().Distinct())
            {
                if (sources.Broker.Disconnects(by, code) is > 0 and var count) yield return new([Label(by.ToString()), Label(code.ToString())], count);
            }
        }
    }

    private static IEnumerable<MetricSample> Messages(MetricSources sources)
    {
        foreach (var qos in Enum.GetValues<QualityOfService>())
        {
            yield return new(["in", QosLabels[(int)qos]], sources.Broker.MessagesReceived(qos));
            yield return new(["out", QosLabels[(int)qos]], sources.Broker.MessagesSent(qos));
        }
    }

    private static IEnumerable<MetricSample> Dropped(MetricSources sources)
    {
        foreach (var reason in Enum.GetValues<DropReason>()) yield return new([Label(reason.ToString())], sources.Broker.Dropped(reason));
    }

    private static IEnumerable<MetricSample> Authorization(MetricSources sources)
    {
        foreach (var action in Enum.GetValues<AccessAction>())
        {
            yield return new([Label(action.ToString()), "allowed"], sources.Broker.Authorization(action, allowed: true));
            yield return new([Label(action.ToString()), "denied"], sources.Broker.Authorization(action, allowed: false));
        }
    }

    /// <summary>A histogram: counts up to each bound, then sum and count.</summary>
    public static IEnumerable<MetricSample> Ranges(LatencyHistogram histogram)
    {
        long below = 0;
        for (int i = 0; i <= LatencyHistogram.Bounds.Count; i++)
        {
            below += histogram.Count(i);
            string bound = i < LatencyHistogram.Bounds.Count
                ? LatencyHistogram.Bounds[i].ToString(System.Globalization.CultureInfo.InvariantCulture)
                : "+Inf";
            yield return new([bound], below);
        }

        yield return new(["_sum"], histogram.Sum);
        yield return new(["_count"], below);
    }

    private static IEnumerable<MetricSample> Certificates(MetricSources sources)
    {
        if (sources.Certificates is not { } certificates) yield break;
        yield return new(["server"], certificates.Expires.ToUnixTimeSeconds());
        yield return new(["authority"], certificates.AuthorityExpires.ToUnixTimeSeconds());
    }
}
