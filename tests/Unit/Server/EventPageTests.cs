using System.Text.RegularExpressions;
using Fairlead.Unit.Architecture;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Server;

/// <summary>The page of events names every topic that the hub publishes below <c>$aws/events/</c>.</summary>
public sealed partial class EventPageTests
{
    [Fact]
    public void Every_kind_of_event_is_on_its_page()
    {
        string page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "events.md"));
        var kinds = SourceTree.Files("src").SelectMany(static file => RegistryTopic().Matches(file.Path.EndsWith("RegistryEvents.cs", StringComparison.Ordinal) ? file.Text : "").Concat(WholeTopic().Matches(file.Text)))
            .Select(static match => match.Groups["kind"].Value).Distinct(StringComparer.Ordinal).ToArray();
        kinds.Length.ShouldBeGreaterThan(5, "the expressions find them");
        foreach (string kind in kinds) page.ShouldContain($"`$aws/events/{kind}/");
        PageTopic().Matches(page).Select(static match => match.Groups["kind"].Value).Except(kinds, StringComparer.Ordinal).ShouldBeEmpty();
    }

    [GeneratedRegex(@"Add\(\$""(?<kind>\w+)/", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RegistryTopic();

    [GeneratedRegex(@"""\$aws/events/(?<kind>\w+)/", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WholeTopic();

    [GeneratedRegex(@"`\$aws/events/(?<kind>\w+)/", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PageTopic();
}
