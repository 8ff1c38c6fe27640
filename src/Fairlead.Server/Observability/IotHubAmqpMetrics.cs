using System.Globalization;
using Fairlead.Features.IotHub.Amqp;
using Fairlead.Storage.Events;

namespace Fairlead.Server.Observability;

/// <summary>Metrics of the Azure dialect over AMQP, and of the log of what devices sent.</summary>
internal static class IotHubAmqpMetrics
{
    // A label has few values: twenty thousand devices need two dozen connections.
    private const int MostGateways = 100;

    /// <summary>All of them.</summary>
    public static IEnumerable<Metric> All =>
    [
        One("fairlead_iothub_amqp_connections", MetricKind.Gauge, "{connection}", "AMQP connections open now.", static c => c.Connections),
        One("fairlead_iothub_amqp_connects_total", MetricKind.Counter, "{connection}", "AMQP connections opened.", static c => c.Opened),
        One("fairlead_iothub_amqp_links", MetricKind.Gauge, "{link}", "AMQP links attached now.", static c => c.Links),
        One("fairlead_iothub_amqp_attaches_refused_total", MetricKind.Counter, "{link}", "AMQP links refused: no token that reaches so far, no such identity or node.", static c => c.AttachRefused),
        Pair("fairlead_iothub_amqp_tokens_total", "{token}", "Tokens given to $cbs, by result.", "accepted", static c => c.Tokens, "refused", static c => c.TokensRefused),
        Pair("fairlead_iothub_amqp_telemetry_total", "{message}", "Device-to-cloud messages over AMQP accepted, and deliveries rejected.", "accepted", static c => c.Telemetry, "rejected", static c => c.TelemetryRejected),
        Pair("fairlead_iothub_amqp_devicebound_total", "{delivery}", "Cloud-to-device messages sent over AMQP, and those that devices have settled.", "sent", static c => c.DeviceBound, "settled", static c => c.Settled),
        OfGateways("fairlead_gateway_links", "{link}", "AMQP links attached by a gateway: a connection that serves several devices. The hundred oldest are shown.", static load => load.Links),
        OfGateways("fairlead_gateway_unsettled", "{delivery}", "Deliveries on the links of such a connection that are not settled yet, either way.", static load => load.Unsettled),
        One("fairlead_iothub_events_read_total", MetricKind.Counter, "{event}", "Events sent to readers of what devices sent.", static c => c.EventsRead),
        new(
            "fairlead_iothub_events_total", MetricKind.Counter, "{event}",
            "Events of the device-to-cloud log: appended, refused (too much waited, or the disk takes nothing), removed because of age or size.", ["result"], Events),
        OfStore("fairlead_iothub_events_bytes", "Bytes of all events in the device-to-cloud log.", static store => store.Bytes),
        OfStore("fairlead_iothub_events_pending_bytes", "Bytes appended to the device-to-cloud log and not yet written.", static store => store.PendingBytes),
        new(
            "fairlead_iothub_events_commit_seconds", MetricKind.Histogram, "s", "Duration of commits of the device-to-cloud log.", ["le"],
            static s => s.Events is { } store ? MetricCatalog.Ranges(store.Commits) : []),
    ];

    private static Metric One(string name, MetricKind kind, string unit, string help, Func<AmqpCounters, double> read) =>
        new(name, kind, unit, help, [], sources => [new MetricSample([], sources.Amqp is { } counters ? read(counters) : 0)]);

    private static Metric Pair(string name, string unit, string help, string first, Func<AmqpCounters, double> readFirst, string second, Func<AmqpCounters, double> readSecond) =>
        new(
            name, MetricKind.Counter, unit, help, ["result"],
            sources => sources.Amqp is { } counters ? [new([first], readFirst(counters)), new([second], readSecond(counters))] : []);

    private static Metric OfGateways(string name, string unit, string help, Func<GatewayLoad, double> read) => new(
        name, MetricKind.Gauge, unit, help, ["connection"],
        sources => sources.AmqpConnections is { } endpoint ? endpoint.Gateways(MostGateways).Select(load => new MetricSample([load.Number.ToString(CultureInfo.InvariantCulture)], read(load))) : []);

    private static Metric OfStore(string name, string help, Func<EventStore, double> read) =>
        new(name, MetricKind.Gauge, "By", help, [], sources => [new MetricSample([], sources.Events is { } store ? read(store) : 0)]);

    private static IEnumerable<MetricSample> Events(MetricSources sources)
    {
        if (sources.Events is not { } store) yield break;
        yield return new(["appended"], store.Appended);
        yield return new(["refused"], store.Refused);
        yield return new(["removed"], store.Removed);
    }
}
