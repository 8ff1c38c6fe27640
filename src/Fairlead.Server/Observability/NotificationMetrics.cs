using Fairlead.Features.Notifications;
using Fairlead.Features.Notifications.Topics;

namespace Fairlead.Server.Observability;

/// <summary>Metrics of notifications.</summary>
internal static class NotificationMetrics
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Metric> All =>
    [
        Single("fairlead_notifications_published_total", MetricKind.Counter, "{message}", "Messages that topics took.", static s => s.Published),
        Single("fairlead_notifications_filtered_total", MetricKind.Counter, "{delivery}", "Deliveries that a filter policy kept back.", static s => s.Filtered),
        new(
            "fairlead_notifications_deliveries_total", MetricKind.Counter, "{delivery}",
            "Deliveries that ended, by protocol and result: delivered, failed (every try), refused (by the receiver), dropped (too many waited).",
            ["protocol", "result"], Deliveries),
        new(
            "fairlead_notifications_retries_total", MetricKind.Counter, "{try}", "Tries of deliveries after the first, by protocol.", ["protocol"],
            static s => Enum.GetValues<Protocol>().Select(protocol => new MetricSample([protocol.Name()], s.Notifications?.Retries(protocol) ?? 0))),
        Single("fairlead_notifications_pending", MetricKind.Gauge, "{delivery}", "Deliveries that wait or are tried.", static s => s.Pending()),
        Single("fairlead_notifications_pending_bytes", MetricKind.Gauge, "By", "Bytes of messages that wait.", static s => s.PendingBytes()),
        Single("fairlead_notifications_topics", MetricKind.Gauge, "{topic}", "Topics.", static s => s.Topics()),
        new(
            "fairlead_notifications_subscriptions", MetricKind.Gauge, "{subscription}", "Subscriptions to topics, by state.", ["state"],
            static s => [new(["confirmed"], s.Notifications?.Confirmed() ?? 0), new(["pending"], s.Notifications?.Unconfirmed() ?? 0)]),
    ];

    private static Metric Single(string name, MetricKind kind, string unit, string help, Func<NotificationCounters, double> read) =>
        new(name, kind, unit, help, [], sources => [new MetricSample([], sources.Notifications is { } counters ? read(counters) : 0)]);

    private static IEnumerable<MetricSample> Deliveries(MetricSources sources)
    {
        foreach (var protocol in Enum.GetValues<Protocol>())
        {
            foreach (var end in Enum.GetValues<DeliveryEnd>())
                yield return new([protocol.Name(), MetricCatalog.Label(end.ToString())], sources.Notifications?.Ended(protocol, end) ?? 0);
        }
    }
}
