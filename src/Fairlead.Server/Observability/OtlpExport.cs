using System.Diagnostics.Metrics;
using Fairlead.Server.Configuration;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Fairlead.Server.Observability;

/// <summary>Sends the metrics to an OpenTelemetry collector. Exists only when one is configured.</summary>
internal sealed class OtlpExport : IDisposable
{
    private const string MeterName = "Fairlead";

    private readonly Meter _meter = new(MeterName);
    private readonly MeterProvider _provider;

    /// <summary>Starts to export.</summary>
    public OtlpExport(HubOptions options, MetricSources sources)
    {
        foreach (var metric in MetricCatalog.All) Add(metric, sources);
        _provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(static resource => resource.AddService("fairlead"))
            .AddMeter(MeterName)
            .AddOtlpExporter((exporter, reader) =>
            {
                exporter.Endpoint = new Uri(options.OtlpEndpoint);
                exporter.Protocol = options.OtlpProtocol == OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
                if (options.OtlpHeaders.Length > 0) exporter.Headers = options.OtlpHeaders;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.OtlpInterval.TotalMilliseconds;
            })
            .Build();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _provider.Dispose();
        _meter.Dispose();
    }

    private static IEnumerable<Measurement<double>> Observe(Metric metric, MetricSources sources)
    {
        foreach (var sample in metric.Read(sources))
        {
            var tags = new KeyValuePair<string, object?>[metric.Labels.Length];
            for (var i = 0; i < tags.Length; i++) tags[i] = new(metric.Labels[i], sample.Labels[i]);
            yield return new Measurement<double>(sample.Value, tags);
        }
    }

    private void Add(Metric metric, MetricSources sources)
    {
        // Histograms are counted here already: they go out as counters, one for each range.
        if (metric.Kind != MetricKind.Gauge)
            _meter.CreateObservableCounter(metric.DottedName, () => Observe(metric, sources), metric.Unit, metric.Help);
        else
            _meter.CreateObservableGauge(metric.DottedName, () => Observe(metric, sources), metric.Unit, metric.Help);
    }
}
