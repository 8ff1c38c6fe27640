using System.Text;

namespace Fairlead.Server.Observability;

/// <summary>Writes the reference page <c>docs/metrics.md</c>.</summary>
internal static class MetricsReference
{
    private const string Introduction = """
        # Metrics

        The `http://` listener shows these at `/metrics` in Prometheus' text format: to this machine freely, to others with the administration token or
        `Admin:OpenMetrics=true`. With `Otlp:Endpoint` they also go to an OpenTelemetry collector, under the name in the last column.
        Labels have few values; a client or a topic is never one. A series with a Reason Code appears with its first event.

        | name | kind | labels | meaning | OpenTelemetry |
        |---|---|---|---|---|

        """;

    /// <summary>The page.</summary>
    public static string Write()
    {
        var page = new StringBuilder(Introduction);
        foreach (var metric in MetricCatalog.All)
        {
            page.Append("| `").Append(metric.Name).Append("` | ").Append(metric.Kind.ToString().ToLowerInvariant()).Append(" | ")
                .Append(string.Join(", ", metric.Labels)).Append(" | ").Append(metric.Help).Append(" | `").Append(metric.DottedName).Append("` (")
                .Append(metric.Unit).Append(") |\n");
        }

        return page.ToString();
    }
}
