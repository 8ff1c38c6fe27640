using System.Globalization;
using System.Text;

namespace Fairlead.Load.Reporting;

// The figures as people read them.
internal static class MarkdownTable
{
    internal static string Render(IReadOnlyList<ScenarioReport> reports, IReadOnlyList<string> targets)
    {
        var text = new StringBuilder();
        text.Append("| scenario | measure |");
        foreach (string target in targets)
            text.Append($" {target} |");
        text.AppendLine(targets.Count == 2 ? " ratio |" : "");
        text.Append("|---|---|").Append(string.Concat(Enumerable.Repeat("---:|", targets.Count)));
        text.AppendLine(targets.Count == 2 ? "---:|" : "");
        foreach (ScenarioReport report in reports)
        {
            string title = $"**{report.Scenario}**: {report.Title}";
            foreach (MeasureReport measure in report.Measures)
            {
                text.Append($"| {title} | {measure.Title}, {measure.Unit} |");
                title = "";
                foreach (string target in targets)
                    text.Append(measure.Median.TryGetValue(target, out double value) ? $" {Format(value)} |" : " - |");
                text.AppendLine(targets.Count == 2 ? $" {FormatRatio(measure.Ratio)} |" : "");
            }

            foreach (string failure in report.Failures)
                text.AppendLine($"| {title} | failed: {failure.Replace('|', '/')} |{string.Concat(Enumerable.Repeat(" |", targets.Count + (targets.Count == 2 ? 1 : 0)))}");
        }

        return text.ToString();
    }

    private static string FormatRatio(double? ratio) => ratio is { } value ? $"{Format(value)}x" : "-";

    // Three figures that mean something; thousands apart.
    private static string Format(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 1000 => value.ToString("#,##0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        >= 0.1 => value.ToString("0.00", CultureInfo.InvariantCulture),
        _ => value.ToString("0.0000", CultureInfo.InvariantCulture),
    };
}
