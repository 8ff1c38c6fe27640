using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Fairlead.Unit.Architecture;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Server;

/// <summary>Event names are an interface: the page lists them all, taken from the source.</summary>
public sealed partial class LogPageTests
{
    private const string Introduction = """
        # Logs

        The hub logs to standard error: text on a terminal, otherwise one JSON object a line (`Log:Format`). Every object has `time`, `level`, `event`
        and `msg`; the words in braces below are further fields of the same name in lower camel case. Event names are an interface: scripts may rely
        on them. Payloads and secrets are never logged. When the log is read too slowly, lines are dropped and counted rather than clients held up.
        What single clients and callers do is in the structured log: [see what a device does](how-to/event-log.md).

        | event | level | id | message |
        |---|---|---|---|

        """;

    [Fact]
    public void The_page_lists_every_event()
    {
        var page = new StringBuilder(Introduction);
        foreach (var entry in Entries().OrderBy(entry => entry.Id))
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{entry.Name}` | {entry.Level} | {entry.Id} | {entry.Message.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        }

        GeneratedFile.ShouldBeCurrent("docs/logs.md", page.ToString());
    }

    [Fact]
    public void Every_event_is_found()
    {
        var written = SourceTree.Files("src").Sum(file => Attribute().Count(file.Text));
        Entries().Count().ShouldBe(written);
    }

    private static IEnumerable<(int Id, string Level, string Name, string Message)> Entries() =>
        from file in SourceTree.Files("src")
        from Match match in Entry().Matches(file.Text)
        let given = match.Groups["event"].Value
        select (
            int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture),
            match.Groups["level"].Value switch { "Information" => "info", "Critical" => "error", var level => level.ToLowerInvariant() },
            given.Length > 0 ? given : Fairlead.Server.Observability.MetricCatalog.Label(match.Groups["method"].Value),
            match.Groups["message"].Value.Replace("\\\"", "\"", StringComparison.Ordinal));

    [GeneratedRegex(@"\[LoggerMessage\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Attribute();

    [GeneratedRegex(
        @"\[LoggerMessage\(\s*(EventId\s*=\s*)?(?<id>\d+),\s*(Level\s*=\s*)?LogLevel\.(?<level>\w+),\s*(Message\s*=\s*)?""(?<message>(\\.|[^""\\])*)""" +
        @"(,\s*EventName\s*=\s*""(?<event>\w+)"")?\s*\)\]\s*(\w+\s+)*?partial\s+void\s+(?<method>\w+)\(",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Entry();
}
