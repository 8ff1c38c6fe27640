using System.Text.Json;
using System.Text.RegularExpressions;
using Fairlead.Interop.Tools;
using Fairlead.Shared;

namespace Fairlead.Interop.Deployment;

/// <summary>Alert rules and dashboard against what a hub really shows.</summary>
public sealed partial class MonitoringTests(CliHub hub) : IClassFixture<CliHub>
{
    private static readonly string Folder = Path.Combine(ProgramPath.Root, "deploy", "monitoring");

    [Fact]
    public async Task Prometheus_takes_the_rules_and_its_configuration()
    {
        Requirements.NeedFile("/usr/bin/promtool", "prometheus");
        (await hub.Cli.RunProgramAsync("promtool", null, "check", "rules", Path.Combine(Folder, "rules.yml"))).ShouldBeDone();
        (await hub.Cli.RunProgramAsync("promtool", null, "check", "config", Path.Combine(Folder, "prometheus.yml"))).ShouldBeDone();
    }

    [Fact]
    public async Task Every_expression_of_the_dashboard_is_one_that_Prometheus_takes()
    {
        Requirements.NeedFile("/usr/bin/promtool", "prometheus");
        var rules = new System.Text.StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
        int number = 0;
        foreach (string expression in Expressions())
        {
            // What Grafana puts in.
            string plain = expression.Replace("$__rate_interval", "1m", StringComparison.Ordinal).Replace("$job", ".*", StringComparison.Ordinal).Replace("$instance", ".*", StringComparison.Ordinal);
            rules.Append(System.Globalization.CultureInfo.InvariantCulture, $"      - record: dashboard:{number++}\n        expr: {JsonSerializer.Serialize(plain)}\n");
        }

        string file = hub.InHome("dashboard-rules.yml");
        await File.WriteAllTextAsync(file, rules.ToString(), TestContext.Current.CancellationToken);
        var outcome = await hub.Cli.RunProgramAsync("promtool", null, "check", "rules", "--lint=none", file);
        outcome.ExitCode.ShouldBe(0, outcome.Output + outcome.Errors);
        number.ShouldBeGreaterThan(30);
    }

    [Fact]
    public async Task Every_metric_that_they_name_is_one_that_a_hub_shows_with_the_labels_that_they_ask_for()
    {
        (await hub.Cli.RunProgramAsync("mosquitto_pub", null, "-h", "127.0.0.1", "-p", $"{hub.Hub.Mqtt.Port}", "-q", "1", "-t", "m/a", "-m", "1")).ShouldBeDone();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = hub.Hub.Http };
        string page = await http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        var shown = Types().Matches(page).ToDictionary(static match => match.Groups["name"].Value, static match => match.Groups["kind"].Value, StringComparer.Ordinal);
        var labels = Rows().Matches(await File.ReadAllTextAsync(Path.Combine(ProgramPath.Root, "docs", "metrics.md"), TestContext.Current.CancellationToken))
            .ToDictionary(static match => match.Groups["name"].Value, static match => match.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
        string rules = await File.ReadAllTextAsync(Path.Combine(Folder, "rules.yml"), TestContext.Current.CancellationToken);
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (string expression in Expressions().Append(rules))
        {
            foreach (Match use in Uses().Matches(expression))
            {
                string name = use.Groups["name"].Value;
                if (name.EndsWith("_bucket", StringComparison.Ordinal) && shown.GetValueOrDefault(name[..^7]) == "histogram") name = name[..^7];
                shown.Keys.ShouldContain(name);
                named.Add(name);
                foreach (Match label in Labels().Matches(use.Groups["labels"].Value))
                    labels[name].Concat(["job", "instance", "le"]).ShouldContain(label.Groups["label"].Value, use.Value);
            }
        }

        named.Count.ShouldBeGreaterThan(25);
    }

    [Fact]
    public async Task The_page_is_one_that_Prometheus_takes()
    {
        Requirements.NeedFile("/usr/bin/promtool", "prometheus");
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = hub.Hub.Http };
        string page = await http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        var outcome = await hub.Cli.RunProgramWithInputAsync("promtool", page, "check", "metrics");
        // Exit code 3: it would have named something otherwise; 1: it cannot be read.
        outcome.ExitCode.ShouldBeOneOf(0, 3);
    }

    [Fact]
    public async Task Every_alert_has_a_line_that_says_what_to_do()
    {
        string page = await File.ReadAllTextAsync(Path.Combine(ProgramPath.Root, "docs", "how-to", "monitoring.md"), TestContext.Current.CancellationToken);
        var alerts = Alerts().Matches(await File.ReadAllTextAsync(Path.Combine(Folder, "rules.yml"), TestContext.Current.CancellationToken));
        alerts.Count.ShouldBeGreaterThan(10);
        foreach (Match alert in alerts) page.ShouldContain($"| `{alert.Groups["name"].Value}` |");
    }

    private static List<string> Expressions()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "dashboard.json")));
        return
        [
            .. dashboard.RootElement.GetProperty("panels").EnumerateArray().Where(static panel => panel.TryGetProperty("targets", out _))
                .SelectMany(static panel => panel.GetProperty("targets").EnumerateArray()).Select(static target => target.GetProperty("expr").GetString()!),
        ];
    }

    [GeneratedRegex("^# TYPE (?<name>\\w+) (?<kind>\\w+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Types();

    [GeneratedRegex("^\\| `(?<name>\\w+)` \\| \\w+ \\| (?<labels>[^|]*) \\|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Rows();

    [GeneratedRegex("\\b(?<name>(fairlead|process)_\\w+)(\\{(?<labels>[^}]*)\\})?", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Uses();

    [GeneratedRegex("(?<label>\\w+)\\s*(=~|=|!=|!~)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Labels();

    [GeneratedRegex("- alert: (?<name>\\w+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Alerts();
}
