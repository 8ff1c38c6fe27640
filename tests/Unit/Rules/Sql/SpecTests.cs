using System.Globalization;
using System.Text;
using Fairlead.Features.Rules.Sql;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Rules.Sql;

/// <summary>The cases of spec/aws-rules: statements of section 14.2, examples of section 5, templates of section 6.</summary>
public sealed class SpecTests
{
    public static TheoryData<string> StatementNumbers => [.. CaseFiles.Read<CaseFiles.Statement>("statements").Select(static item => item.No)];

    public static TheoryData<string, string?> Examples
    {
        get
        {
            var data = new TheoryData<string, string?>();
            foreach (var item in CaseFiles.Read<CaseFiles.Example>("examples")) data.Add(item.Expression, item.Value);
            return data;
        }
    }

    public static TheoryData<string, string, string, string> Templates
    {
        get
        {
            var data = new TheoryData<string, string, string, string>();
            foreach (var item in CaseFiles.Read<CaseFiles.Template>("templates")) data.Add(item.Text, item.Topic, item.Payload, item.Result);
            return data;
        }
    }

    [Fact]
    public void All_cases_are_there()
    {
        StatementNumbers.Count.ShouldBe(102);
        Examples.Count.ShouldBe(108);
        Templates.Count.ShouldBe(6);
    }

    [Theory]
    [MemberData(nameof(StatementNumbers))]
    public void Rules_14_2_statement(string number)
    {
        var item = CaseFiles.Read<CaseFiles.Statement>("statements").Single(found => found.No == number);
        SqlVersions.TryParse(item.Version, out var version).ShouldBeTrue();
        if (item.Outcome == "SqlParseException")
        {
            SqlFixture.Refused(item.Sql, version).Message.ShouldNotBeEmpty();
            return;
        }

        var statement = SqlFixture.Parse(item.Sql, version);
        statement.MatchesTopic(item.Topic).ShouldBe(item.Outcome != "not triggered");
        var message = number == "S092"
            ? new RuleMessage { Topic = item.Topic, Payload = item.Payload.Bytes() }
            : SqlFixture.Message(item.Topic, item.Payload.Bytes());
        var evaluation = statement.Evaluate(message, SqlFixture.Now);
        if (item.Output is null)
        {
            if (item.Outcome == "no match") evaluation.Verdict.ShouldBe(RuleVerdict.NotMatched);
            evaluation.Explain().ShouldNotBeEmpty();
            return;
        }

        evaluation.Verdict.ShouldBe(RuleVerdict.Matched);
        Encoding.Latin1.GetString(evaluation.Output.Span).ShouldBe(Encoding.Latin1.GetString(item.Output.Bytes()), item.Point);
        evaluation.OutputIsObject.ShouldBe(item.Output.Text?.StartsWith('{') ?? false);
        evaluation.OutputIsJson.ShouldBe(item.Output.Text is { } text && text != "hello");
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Rules_13_example(string expression, string? expected)
    {
        string? actual = SqlFixture.Value(expression);
        if (expected is null || actual is null || expected[0] is not ((>= '0' and <= '9') or '-') || expected.Length < 15)
        {
            actual.ShouldBe(expected);
            return;
        }

        // Results of double functions to a relative tolerance of 1E-12.
        double wanted = double.Parse(expected, CultureInfo.InvariantCulture);
        double.Parse(actual, CultureInfo.InvariantCulture).ShouldBe(wanted, Math.Abs(wanted) * 1e-12);
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void Rules_13_template(string template, string topic, string payload, string expected) =>
        SqlFixture.Resolve(template, SqlFixture.Evaluate("SELECT * FROM '#'", payload, topic: topic)).ShouldBe(expected);
}
