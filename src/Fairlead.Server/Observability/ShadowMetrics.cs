using Fairlead.Features.Shadows;

namespace Fairlead.Server.Observability;

/// <summary>Metrics of the shadows.</summary>
internal static class ShadowMetrics
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Metric> All =>
    [
        new(
            "fairlead_shadow_requests_total", MetricKind.Counter, "{request}",
            "Requests to shadows, by operation, result (accepted, or the code of the rejection) and door (mqtt, http, twin).",
            ["operation", "result", "via"], Requests),
        new(
            "fairlead_shadow_conflicts_total", MetricKind.Counter, "{request}", "Updates refused because the shadow had another version than they named.",
            [], static s => [new MetricSample([], s.Shadows?.Conflicts ?? 0)]),
    ];

    private static IEnumerable<MetricSample> Requests(MetricSources sources)
    {
        if (sources.Shadows is not { } shadows) yield break;
        foreach (var operation in Enum.GetValues<ShadowOperation>())
        {
            foreach (var door in Enum.GetValues<ShadowDoor>())
            {
                if (operation == ShadowOperation.List && door != ShadowDoor.Http) continue;
                foreach (string result in ShadowCounters.Results)
                {
                    // Most rejections never occur; a series appears with its first one.
                    long count = shadows.Count(operation, door, result);
                    if (count > 0 || result == "accepted")
                        yield return new([MetricCatalog.Label(operation.ToString()), result, MetricCatalog.Label(door.ToString())], count);
                }
            }
        }
    }
}
