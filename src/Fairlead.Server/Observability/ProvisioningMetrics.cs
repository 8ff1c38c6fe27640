using Fairlead.Features.Authorizers;
using Fairlead.Features.Provisioning;

namespace Fairlead.Server.Observability;

/// <summary>Metrics of fleet provisioning, of custom authorizers and of the functions that both call.</summary>
internal static class ProvisioningMetrics
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Metric> All =>
    [
        new(
            "fairlead_provisioning_requests_total", MetricKind.Counter, "{request}", "Requests of the provisioning API over MQTT, by request and result.",
            ["request", "result"], Requests),
        new(
            "fairlead_provisioning_throttled_total", MetricKind.Counter, "{request}", "Requests of the provisioning API that found no room in its queue.",
            [], static s => [new MetricSample([], s.Provisioning?.Throttled ?? 0)]),
        new(
            "fairlead_authorizer_verdicts_total", MetricKind.Counter, "{verdict}", "What custom authorizers said, by result.", ["result"], Verdicts),
        new(
            "fairlead_function_calls_refused_total", MetricKind.Counter, "{call}", "Calls of functions that were not made because too many were under way.",
            [], static s => [new MetricSample([], s.Functions?.Refused ?? 0)]),
    ];

    private static IEnumerable<MetricSample> Requests(MetricSources sources)
    {
        foreach (var (kind, name) in ((ProvisioningCallKind, string)[])
        [
            (ProvisioningCallKind.Create, "create"), (ProvisioningCallKind.CreateFromSigningRequest, "create-from-csr"), (ProvisioningCallKind.Provision, "provision"),
        ])
        {
            yield return new MetricSample([name, "accepted"], sources.Provisioning?.Answered(kind, accepted: true) ?? 0);
            yield return new MetricSample([name, "rejected"], sources.Provisioning?.Answered(kind, accepted: false) ?? 0);
        }
    }

    private static IEnumerable<MetricSample> Verdicts(MetricSources sources)
    {
        foreach (var (kind, name) in ((RefusalKind, string)[])
        [
            (RefusalKind.None, "granted"), (RefusalKind.Denied, "denied"), (RefusalKind.Unavailable, "unavailable"), (RefusalKind.InvalidAnswer, "invalid"),
        ])
        {
            yield return new MetricSample([name], sources.Authorizers?.Verdicts(kind) ?? 0);
        }
    }
}
