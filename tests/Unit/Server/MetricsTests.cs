using System.Text.RegularExpressions;
using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Durability;
using Fairlead.Server.Observability;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Server;

public sealed partial class MetricsTests
{
    private static readonly MetricSources Sources = new(new BrokerCounters(), new MemoryStore(), null, null, DateTimeOffset.UnixEpoch);

    [Fact]
    public void The_page_is_well_formed()
    {
        var lines = new MetricsPage(Sources).Write().TrimEnd('\n').Split('\n');
        lines.ShouldAllBe(line => Line().IsMatch(line));
        foreach (var metric in MetricCatalog.All)
        {
            lines.Count(line => line.StartsWith($"# TYPE {metric.Name} ", StringComparison.Ordinal)).ShouldBe(1, metric.Name);
            if (metric.Kind == MetricKind.Counter) metric.Name.ShouldEndWith("_total");
            else metric.Name.ShouldNotEndWith("_total");
            metric.Help.ShouldEndWith(".");
        }
    }

    [Fact]
    public void Names_are_unique_in_both_worlds()
    {
        MetricCatalog.All.Select(metric => metric.Name).ShouldBeUnique();
        MetricCatalog.All.Select(metric => metric.DottedName).ShouldBeUnique();
    }

    [Fact]
    public void Every_sample_has_a_value_for_each_label()
    {
        foreach (var metric in MetricCatalog.All)
        {
            foreach (var sample in metric.Read(Sources)) sample.Labels.Length.ShouldBe(metric.Labels.Length, metric.Name);
        }
    }

    [Fact]
    public void Special_characters_are_escaped()
    {
        var metric = new Metric("a_total", MetricKind.Counter, "1", "back\\slash and\nline \"feed\"", ["l"], static _ => [new MetricSample(["q\"b\\n\n"], 1.5)]);
        MetricsPage.Write([metric], Sources).ShouldBe(
            "# HELP a_total back\\\\slash and\\nline \"feed\"\n# TYPE a_total counter\na_total{l=\"q\\\"b\\\\n\\n\"} 1.5\n");
    }

    [Fact]
    public void The_reference_page_is_current_and_names_every_metric()
    {
        var page = MetricsReference.Write();
        GeneratedFile.ShouldBeCurrent("docs/metrics.md", page);
        foreach (var metric in MetricCatalog.All) page.ShouldContain($"`{metric.Name}`");
    }

    [Theory]
    [InlineData("QueueFull", "queue_full")]
    [InlineData("Success", "success")]
    public void Labels_are_words_with_underscores(string name, string expected) => MetricCatalog.Label(name).ShouldBe(expected);

    [GeneratedRegex("""^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.E+]+)$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Line();
}
