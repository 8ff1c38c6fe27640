namespace Fairlead.Server.Observability;

/// <summary>Metrics of the edge connectors that report to this hub.</summary>
internal static class EdgeMetrics
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Metric> All =>
    [
        new(
            "fairlead_edge_connectors", MetricKind.Gauge, "{connector}", "Edge connectors that have reported to this hub, by whether they are connected.", ["state"],
            static s => s.Edges is { } edges ? [new(["up"], edges.Up), new(["down"], edges.Down)] : []),
        new(
            "fairlead_edge_buffered_messages", MetricKind.Gauge, "{message}", "Messages that wait at all edge connectors, as each last reported.", [],
            static s => [new([], s.Edges?.Buffered ?? 0)]),
    ];
}
