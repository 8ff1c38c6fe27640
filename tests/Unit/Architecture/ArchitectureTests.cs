using System.Text.RegularExpressions;
using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Architecture;

/// <summary>Rules of the house that a compiler does not know.</summary>
public sealed partial class ArchitectureTests
{
    private const int MostLinesOfAFile = 400;
    private const int MostLinesOfAMethod = 60;

    /// <summary>What each project may see: arrows point down only.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Fairlead.Protocols"] = [],
        ["Fairlead.Amqp"] = ["Fairlead.Protocols"],
        ["Fairlead.Broker"] = ["Fairlead.Protocols"],
        ["Fairlead.Features"] = ["Fairlead.Broker", "Fairlead.Amqp", "Fairlead.Protocols"],
        ["Fairlead.Sqlite"] = [],
        ["Fairlead.Storage"] = ["Fairlead.Sqlite", "Fairlead.Features", "Fairlead.Broker", "Fairlead.Amqp", "Fairlead.Protocols"],
        ["Fairlead.Client"] = ["Fairlead.Amqp", "Fairlead.Protocols"],
        ["Fairlead.Targets"] = ["Fairlead.Features", "Fairlead.Broker", "Fairlead.Protocols"],
        ["Fairlead.Server"] = ["Fairlead.Targets", "Fairlead.Storage", "Fairlead.Features", "Fairlead.Broker", "Fairlead.Amqp", "Fairlead.Protocols"],
        ["Fairlead.Edge"] = ["Fairlead.Sqlite", "Fairlead.Client", "Fairlead.Broker", "Fairlead.Protocols"],
        ["Fairlead.EdgeProgram"] = ["Fairlead.Edge"],
        ["Fairlead.Gateway"] = ["Fairlead.Client", "Fairlead.Amqp", "Fairlead.Protocols"],
        ["Fairlead"] = ["Fairlead.Server", "Fairlead.Targets", "Fairlead.Edge", "Fairlead.Gateway", "Fairlead.Client", "Fairlead.Storage", "Fairlead.Features", "Fairlead.Broker", "Fairlead.Amqp", "Fairlead.Protocols"],
    };

    /// <summary>Files over the limit, each with the reason; better none.</summary>
    private static readonly Dictionary<string, string> LongFiles = new(StringComparer.Ordinal);

    /// <summary>Methods over the limit as "path: start of the header", each with the reason; better none.</summary>
    private static readonly Dictionary<string, string> LongMethods = new(StringComparer.Ordinal);

    [Fact]
    public void Project_references_point_down_only()
    {
        foreach (var (project, references) in SourceTree.ProjectReferences())
        {
            Allowed.ShouldContainKey(project);
            foreach (var reference in references)
                Allowed[project].ShouldContain(reference, $"{project} must not reference {reference}");
        }
    }

    [Fact]
    public void Files_stay_readable() =>
        SourceTree.Files("src").Where(file => LineCount(file.Text) > MostLinesOfAFile && !LongFiles.ContainsKey(file.Path))
            .Select(file => $"{file.Path}: {LineCount(file.Text)} lines").ShouldBeEmpty();

    [Fact]
    public void Methods_stay_readable() =>
        (from file in SourceTree.Files("src")
         from method in SourceText.Methods(file.Text)
         where method.Lines > MostLinesOfAMethod
         let name = $"{file.Path}: {method.Header}"
         where !LongMethods.Keys.Any(known => name.StartsWith(known, StringComparison.Ordinal))
         select $"{name}: {method.Lines} lines").ShouldBeEmpty();

    [Fact]
    public void Nothing_is_left_for_later() =>
        SourceTree.Files("src", "tests", "benches").Where(file => !file.Path.StartsWith("tests/Unit/Architecture/", StringComparison.Ordinal))
            .SelectMany(file => Unfinished().Matches(file.Text).Select(match => $"{file.Path}: {match.Value}")).ShouldBeEmpty();

    [Fact]
    public void No_code_is_hidden_behind_the_preprocessor() =>
        SourceTree.Files("src", "tests", "benches")
            .SelectMany(file => Directives().Matches(file.Text).Select(match => $"{file.Path}: {match.Value.Trim()}")).ShouldBeEmpty();

    [Fact]
    public void Vague_names_are_not_used() =>
        (from file in SourceTree.Files("src")
         from Match match in VagueTypes().Matches(SourceText.Blank(file.Text))
         select $"{file.Path}: {match.Value}").ShouldBeEmpty();

    [Fact]
    public void Every_package_is_justified()
    {
        var reasons = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "dependencies.md"));
        var packages = XDocument.Load(Path.Combine(SourceTree.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .Select(package => (string)package.Attribute("Include")!).ToArray();
        packages.Where(package => !reasons.Contains($"| {package} |", StringComparison.Ordinal)).ShouldBeEmpty("docs/dependencies.md lacks a line");
        PackageLine().Matches(reasons).Select(match => match.Groups["name"].Value).Except(packages, StringComparer.Ordinal)
            .ShouldBeEmpty("docs/dependencies.md names a package that is gone");
    }

    [Fact]
    public void Log_event_ids_are_unique()
    {
        var events = (from file in SourceTree.Files("src")
                      from Match match in LoggerMessages().Matches(file.Text)
                      select (file.Path, Id: EventId().Match(match.Value).Groups["id"].Value, match.Value)).ToArray();
        events.Where(entry => entry.Id.Length == 0).Select(entry => $"{entry.Path}: {entry.Value}").ShouldBeEmpty("each [LoggerMessage] names its EventId");
        events.GroupBy(entry => entry.Id, StringComparer.Ordinal).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(entry => entry.Path))}").ShouldBeEmpty();
    }

    [Fact]
    public void The_measure_of_methods_can_be_trusted()
    {
        const string Source = """
            namespace A;
            public sealed class B(int x) : C(x) // {
            {
                private readonly int[] _f = new[] { Make(1), 2 };
                public string P { get; } = "{ \" {";
                /* { */
                public int Short(string s = "}") => s switch
                {
                    "a" => 1,
                    _ => '}',
                };

                [Fact]
                public async Task Long<T>(int y)
                    where T : class
                {
                    if (y > 0)
                    {
                        void Local() { }
                    }
                }
            }
            """;
        SourceText.Methods(Source).Select(method => method.Lines).ShouldBe([5, 9]);
    }

    private static int LineCount(string text) => text.AsSpan().Count('\n');

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX|NotImplementedException)\b", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"^[ \t]*#(if|region|pragma|nullable)\b[^\n]*", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Directives();

    [GeneratedRegex(@"\b(class|struct|interface|record)\s+\w*(Manager|Helper|Utils?|Processor|Common|Base)\b", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex VagueTypes();

    [GeneratedRegex(@"^\| (?!package )(?<name>[A-Za-z][\w.]+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex PackageLine();

    [GeneratedRegex(@"\[LoggerMessage\((?:[^()""]|""(?:\\.|[^""\\])*""|\([^()]*\))*\)\]", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex LoggerMessages();

    [GeneratedRegex(@"^\[LoggerMessage\((?:[^""]*?EventId\s*=\s*|\s*(?=\d))(?<id>\d+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex EventId();
}
