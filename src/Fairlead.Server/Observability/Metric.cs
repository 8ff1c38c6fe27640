namespace Fairlead.Server.Observability;

/// <summary>Kind of a metric.</summary>
internal enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>
    /// Durations in ranges. Its samples are Prometheus' own series: the suffix in place of the label where there is no range.
    /// </summary>
    Histogram,
}

/// <summary>One value of a metric.</summary>
/// <param name="Labels">Values of its labels, in their order.</param>
/// <param name="Value">The value.</param>
internal readonly record struct MetricSample(string[] Labels, double Value);

/// <summary>A metric: what it is called, what it means and how it is read. Prometheus, OTLP and the documentation all come from this.</summary>
/// <param name="Name">Prometheus name, with its unit and <c>_total</c>.</param>
/// <param name="Kind">Kind.</param>
/// <param name="Unit">Unit in UCUM, for OTLP.</param>
/// <param name="Help">One sentence.</param>
/// <param name="Labels">Names of its labels; few values each, never a client or a topic.</param>
/// <param name="Read">Reads its values.</param>
internal sealed record Metric(
    string Name, MetricKind Kind, string Unit, string Help, string[] Labels, Func<MetricSources, IEnumerable<MetricSample>> Read)
{
    /// <summary>OpenTelemetry name: dots instead of underscores within the name space, no <c>_total</c>.</summary>
    public string DottedName => (Name.EndsWith("_total", StringComparison.Ordinal) ? Name[..^"_total".Length] : Name)
        .Replace("fairlead_mqtt_", "fairlead.mqtt.", StringComparison.Ordinal)
        .Replace("fairlead_", "fairlead.", StringComparison.Ordinal)
        .Replace("process_", "process.", StringComparison.Ordinal);
}
