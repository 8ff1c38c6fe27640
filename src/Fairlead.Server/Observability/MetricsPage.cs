using System.Globalization;
using System.Text;

namespace Fairlead.Server.Observability;

/// <summary>Writes the metrics in Prometheus' text format, version 0.0.4.</summary>
internal sealed class MetricsPage(MetricSources sources)
{
    /// <summary>Media type of the page.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The page.</summary>
    public string Write() => Write(MetricCatalog.All, sources);

    /// <summary>The page of some metrics.</summary>
    public static string Write(IEnumerable<Metric> metrics, MetricSources sources)
    {
        var page = new StringBuilder(8 * 1024);
        foreach (var metric in metrics)
        {
            page.Append("# HELP ").Append(metric.Name).Append(' ').Append(Escape(metric.Help, quotes: false)).Append('\n');
            page.Append("# TYPE ").Append(metric.Name).Append(' ').Append(metric.Kind.ToString().ToLowerInvariant()).Append('\n');
            foreach (var sample in metric.Read(sources)) Append(page, metric, sample);
        }

        return page.ToString();
    }

    private static void Append(StringBuilder page, Metric metric, in MetricSample sample)
    {
        page.Append(metric.Name);
        if (metric.Kind == MetricKind.Histogram)
        {
            bool isTotal = sample.Labels[0].StartsWith('_');
            page.Append(isTotal ? sample.Labels[0] : $"_bucket{{le=\"{sample.Labels[0]}\"}}");
            page.Append(CultureInfo.InvariantCulture, $" {sample.Value}\n");
            return;
        }

        for (var i = 0; i < metric.Labels.Length; i++)
        {
            page.Append(i == 0 ? '{' : ',').Append(metric.Labels[i]).Append("=\"").Append(Escape(sample.Labels[i], quotes: true)).Append('"');
        }

        if (metric.Labels.Length > 0) page.Append('}');
        page.Append(CultureInfo.InvariantCulture, $" {sample.Value}\n");
    }

    // In help text only backslash and line feed are special, in a label value the quotation mark too.
    private static string Escape(string text, bool quotes)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }
}
