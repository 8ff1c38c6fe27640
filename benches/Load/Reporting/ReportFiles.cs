using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fairlead.Load.Reporting;

// One JSON file a scenario, overwritten by the next run; docs/benchmarks.md is made from all of them.
internal sealed class ReportFiles(string root)
{
    private const string Begin = "<!-- results: written by ./bench -->";
    private const string End = "<!-- end of results -->";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal string Directory { get; } = Path.Combine(root, "artifacts", "bench");

    private string Page => Path.Combine(root, "docs", "benchmarks.md");

    internal void Save(ScenarioReport report, bool isTrial)
    {
        string directory = isTrial ? Path.Combine(Directory, "trial") : Directory;
        System.IO.Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, report.Scenario + ".json"), JsonSerializer.Serialize(report, Json) + "\n");
    }

    internal ScenarioReport? Load(string scenario)
    {
        string file = Path.Combine(Directory, scenario + ".json");
        return File.Exists(file) ? JsonSerializer.Deserialize<ScenarioReport>(File.ReadAllText(file), Json) : null;
    }

    // Rewrites what stands between the two marks and leaves the rest of the page to its authors.
    internal void WritePage(IReadOnlyList<ScenarioReport> reports)
    {
        string text = File.ReadAllText(Page);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        int end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
            throw new BenchException("docs/benchmarks.md has lost the two marks between which the results go.");
        ScenarioReport newest = reports.MaxBy(report => report.Date)!;
        string[] targets = [.. newest.Targets.Select(target => target.Name)];
        string header = $"""
            Taken {reports.Min(report => report.Date):yyyy-MM-dd HH:mm} to {newest.Date:yyyy-MM-dd HH:mm} UTC on {newest.Machine["processor"]}, {newest.Machine["cores"]} cores,
            {newest.Machine["memory"]}, Linux {newest.Machine["kernel"]}, .NET {newest.Machine["dotnet"]}; {string.Join(", ", newest.Targets.Select(target => $"{target.Name} {target.Version}".TrimEnd()))}.
            Medians of {newest.Measures.SelectMany(measure => measure.Rounds.Values).Select(values => values.Length).DefaultIfEmpty(0).Max()} alternated rounds; ratio is {targets[0]} over {targets[^1]}.


            """;
        File.WriteAllText(Page, text[..begin] + Begin + "\n" + header + MarkdownTable.Render(reports, targets) + text[end..]);
    }
}
