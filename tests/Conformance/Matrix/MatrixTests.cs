using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Conformance.Matrix;

public sealed class MatrixTests
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

    private static void Check(ConformanceMatrix matrix, string file)
    {
        var path = Path.Combine(ProgramPath.Root, "docs", file);
        if (Environment.GetEnvironmentVariable("FAIRLEAD_WRITE_MATRIX") is "1")
            File.WriteAllText(path, matrix.Write());
        File.ReadAllText(path).ShouldBe(matrix.Write(), $"docs/{file} is out of date: FAIRLEAD_WRITE_MATRIX=1 ./test Conformance Matrix");
    }
}
