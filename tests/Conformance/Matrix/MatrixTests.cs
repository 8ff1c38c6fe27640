using System.Reflection;
using System.Text.RegularExpressions;
using Fairlead.Conformance.Aws;
using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Conformance.Matrix;

public sealed partial class MatrixTests
{
    private static readonly ConformanceMatrix Mqtt311 = new("mqtt311", "MQTT 3.1.1", "the OASIS standard MQTT Version 3.1.1 (29 October 2014)");
    private static readonly ConformanceMatrix Mqtt5 = new("mqtt5", "MQTT 5", "the OASIS standard MQTT Version 5.0 (7 March 2019)");

    [Fact]
    public void Every_statement_is_listed_once()
    {
        Mqtt311.Statements.Count.ShouldBe(141);
        Mqtt5.Statements.Count.ShouldBe(251);
        Mqtt311.Statements.Select(statement => statement.Id).ShouldBeUnique();
        Mqtt5.Statements.Select(statement => statement.Id).ShouldBeUnique();
    }

    [Fact]
    public void Every_statement_that_binds_the_server_has_a_test_or_a_reason()
    {
        Mqtt311.Open().ShouldBeEmpty();
        Mqtt5.Open().ShouldBeEmpty();
        Mqtt311.Contradicting().ShouldBeEmpty();
        Mqtt5.Contradicting().ShouldBeEmpty();
    }

    [Fact]
    public void Tests_name_statements_that_exist()
    {
        Mqtt311.Unknown().ShouldBeEmpty();
        Mqtt5.Unknown().ShouldBeEmpty();
    }

    [Fact]
    public void Pages_are_up_to_date()
    {
        Check(Mqtt311, "conformance-mqtt311.md");
        Check(Mqtt5, "conformance-mqtt5.md");
    }

    [Fact]
    public void Compatibility_names_tests_that_exist_and_every_line_that_has_one()
    {
        var page = File.ReadAllText(Path.Combine(ProgramPath.Root, "docs", "compatibility.md"));
        var types = typeof(MatrixTests).Assembly.GetTypes();
        TestName().Matches(page).Where(name => types.Where(type => type.Namespace is "Fairlead.Conformance.Aws" && type.Name == name.Groups["type"].Value)
            .All(type => type.GetMethod(name.Groups["method"].Value) is null)).Select(name => name.Value).ShouldBeEmpty();
        var shown = from type in types
                    from method in type.GetMethods()
                    from line in method.GetCustomAttribute<AwsLineAttribute>()?.Lines ?? []
                    select (line, test: $"`{type.Name}.{method.Name}`");
        foreach (var (line, test) in shown)
        {
            var row = page.Split('\n').Single(row => row.StartsWith($"| {line} |", StringComparison.Ordinal));
            row.ShouldContain(test);
            row.ShouldNotContain("| not yet |");
        }
    }

    [GeneratedRegex(@"`(?<type>Connect|TopicsAndLimits|SessionsAndMessages|WebSocketClose)\.(?<method>\w+)`", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex TestName();

    private static void Check(ConformanceMatrix matrix, string file)
    {
        var path = Path.Combine(ProgramPath.Root, "docs", file);
        if (Environment.GetEnvironmentVariable("FAIRLEAD_WRITE_MATRIX") is "1")
            File.WriteAllText(path, matrix.Write());
        File.ReadAllText(path).ShouldBe(matrix.Write(), $"docs/{file} is out of date: FAIRLEAD_WRITE_MATRIX=1 ./test Conformance Matrix");
    }
}
