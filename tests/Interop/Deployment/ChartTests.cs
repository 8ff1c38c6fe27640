using System.Text.Json;
using System.Text.RegularExpressions;
using Fairlead.Shared;

namespace Fairlead.Interop.Deployment;

/// <summary>The Helm chart: its values against their schema, its templates against its values. What they make of each other needs Helm itself.</summary>
public sealed partial class ChartTests
{
    private static readonly string Folder = Path.Combine(ProgramPath.Root, "deploy", "helm", "fairlead");
    private static readonly string Schema = Path.Combine(Folder, "values.schema.json");

    [Fact]
    public async Task The_values_keep_to_the_schema_and_wrong_ones_do_not()
    {
        string values = await File.ReadAllTextAsync(Path.Combine(Folder, "values.yaml"), TestContext.Current.CancellationToken);
        (await Yaml.CheckAsync(Schema, values)).ShouldBeEmpty();
        (await Yaml.CheckAsync(Schema, values.Replace("workload: StatefulSet", "workload: DaemonSet", StringComparison.Ordinal))).ShouldContain("workload");
        (await Yaml.CheckAsync(Schema, values + "\nreplicas: 2\n")).ShouldContain("replicas");
        (await Yaml.CheckAsync(Schema, values.Replace("mqtts: 8883", "mqtts: 88830", StringComparison.Ordinal))).ShouldContain("service.ports.mqtts");
        (await Yaml.CheckAsync(Schema, "certManager: { enabled: true, issuerRef: { name: '' }, dnsNames: [] }")).ShouldContain("certManager");
        (await Yaml.CheckAsync(Schema, "certManager: { enabled: true, issuerRef: { name: ca, kind: ClusterIssuer }, dnsNames: [hub.example] }\nworkload: Deployment")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_value_is_used_and_every_used_one_is_there()
    {
        var values = (await Yaml.ReadAsync(await File.ReadAllTextAsync(Path.Combine(Folder, "values.yaml"), TestContext.Current.CancellationToken))).ShouldHaveSingleItem();
        var used = Templates().SelectMany(static file => Uses().Matches(file.Text).Select(static match => match.Groups["path"].Value)).ToHashSet(StringComparer.Ordinal);
        var leaves = Leaves(values, "").ToArray();
        foreach (string path in used) leaves.ShouldContain(leaf => leaf == path || leaf.StartsWith(path + ".", StringComparison.Ordinal), path);
        foreach (string leaf in leaves) used.ShouldContain(path => leaf == path || leaf.StartsWith(path + ".", StringComparison.Ordinal), leaf);
    }

    [Fact]
    public void Actions_are_closed_blocks_are_ended_and_what_is_included_is_defined()
    {
        var defined = Templates().SelectMany(static file => Defines().Matches(file.Text).Select(static match => match.Groups["name"].Value)).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, text) in Templates())
        {
            text.Split("{{").Length.ShouldBe(text.Split("}}").Length, name);
            int depth = 0;
            foreach (Match action in Actions().Matches(text))
            {
                string word = action.Groups["word"].Value;
                if (word is "if" or "with" or "range" or "define") depth++;
                if (word == "end") depth--;
                depth.ShouldBeGreaterThanOrEqualTo(0, name);
                action.Groups["body"].Value.Count(static unit => unit == '(').ShouldBe(action.Groups["body"].Value.Count(static unit => unit == ')'), $"{name}: {action.Value}");
                (action.Groups["body"].Value.Count(static unit => unit == '"') % 2).ShouldBe(0, $"{name}: {action.Value}");
            }

            depth.ShouldBe(0, name);
            foreach (Match include in Includes().Matches(text)) defined.ShouldContain(include.Groups["name"].Value, name);
        }
    }

    [Fact]
    public async Task Without_their_actions_the_templates_are_YAML_with_the_paths_and_ports_of_the_hub()
    {
        foreach (var (name, text) in Templates().Where(static file => file.Name.EndsWith(".yaml", StringComparison.Ordinal)))
        {
            // A line that is nothing but actions goes, an action within a line becomes a word.
            string plain = Inline().Replace(Whole().Replace(text, ""), "x");
            foreach (var document in await Yaml.ReadAsync(plain))
            {
                document.GetProperty("apiVersion").GetString().ShouldNotBeNullOrEmpty(name);
                document.GetProperty("metadata").GetProperty("name").GetString().ShouldStartWith("x");
            }
        }

        string workload = Templates().Single(static file => file.Name == "workload.yaml").Text;
        string container = await File.ReadAllTextAsync(Path.Combine(ProgramPath.Root, "deploy", "container", "Dockerfile"), TestContext.Current.CancellationToken);
        foreach (Match port in Ports().Matches(workload)) container.Split('\n').Single(static line => line.StartsWith("EXPOSE", StringComparison.Ordinal)).ShouldContain(port.Groups["port"].Value);
        container.ShouldContain($"USER {Users().Match(workload).Groups["user"].Value}:");
        workload.ShouldNotContain("tcpSocket");
        await using var hub = await HubProcess.StartAsync(new HubSettings { Listen = ["http://127.0.0.1:0"] });
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = hub.Http };
        var paths = Probes().Matches(workload).Select(static match => match.Groups["path"].Value).ToArray();
        paths.Length.ShouldBe(3);
        foreach (string path in paths)
        {
            using var answer = await http.GetAsync(path, TestContext.Current.CancellationToken);
            answer.IsSuccessStatusCode.ShouldBeTrue(path);
        }
    }

    [Fact]
    public async Task Settings_that_the_templates_give_are_ones_that_the_hub_has()
    {
        var outcome = await HubProcess.RunAsync(["hub", "print-config", "--json"]);
        using var settings = JsonDocument.Parse(outcome.Output);
        var keys = settings.RootElement.EnumerateArray().Select(static one => one.GetProperty("key").GetString()).ToHashSet(StringComparer.Ordinal);
        var given = Templates().SelectMany(static file => Variables().Matches(file.Text)).Select(static match => match.Groups["key"].Value.Replace("__", ":", StringComparison.Ordinal)).ToArray();
        given.Length.ShouldBe(4);
        foreach (string key in given) keys.ShouldContain(key.EndsWith("_FILE", StringComparison.Ordinal) ? key[..^5] : key);
    }

    private static IEnumerable<(string Name, string Text)> Templates() =>
        Directory.GetFiles(Path.Combine(Folder, "templates")).Select(static file => (Path.GetFileName(file), File.ReadAllText(file)));

    private static IEnumerable<string> Leaves(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.EnumerateObject().Any()) return [path];
        return value.EnumerateObject().SelectMany(member => Leaves(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}"));
    }

    [GeneratedRegex(@"\.Values\.(?<path>[\w.]*\w)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Uses();

    [GeneratedRegex("""define "(?<name>[\w.]+)""", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Defines();

    [GeneratedRegex("""include "(?<name>[\w.]+)""", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Includes();

    [GeneratedRegex(@"\{\{-?\s*(?<body>(?<word>\w+)?(?!/\*)[^{}]*)\}\}", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Actions();

    [GeneratedRegex(@"^[ \t]*(\{\{[^{}]*\}\})+[ \t]*\n", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Whole();

    [GeneratedRegex(@"\{\{[^{}]*\}\}", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Inline();

    [GeneratedRegex(@"containerPort: (?<port>\d+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Ports();

    [GeneratedRegex(@"runAsUser: (?<user>\d+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Users();

    [GeneratedRegex(@"path: (?<path>/healthz/\w+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Probes();

    [GeneratedRegex(@"name: FAIRLEAD__(?<key>\w+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Variables();
}
