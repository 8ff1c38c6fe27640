using Fairlead.Features.Rules.Sql;
using Shouldly;
using Xunit;
using static Fairlead.Unit.Rules.Sql.SqlFixture;

namespace Fairlead.Unit.Rules.Sql;

/// <summary>Substitution templates (spec/aws-rules, section 6) and explanations.</summary>
public sealed class TemplateTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("$x $ {y} }", "$x $ {y} }")]
    [InlineData("${n}", "")]
    [InlineData("${'}'}-${\"${\"}", "}-${")]
    [InlineData("${*}", """{"a":{"b":[1,2]},"n":null,"t":30}""")]
    [InlineData("${a.b}/${get(a.b, 1)}", "[1,2]/2")]
    [InlineData("${@k}${@k + 1}", "300301")]
    [InlineData("${alias}", "")]
    [InlineData("${timestamp()}", "1700000000123")]
    [InlineData("${CASE t WHEN 30 THEN {'x': true}.x END}", "true")]
    [InlineData("${(SELECT VALUE x FROM a.b AS x WHERE x > 1)}", "[2]")]
    public void Templates_resolve(string template, string expected)
    {
        var evaluation = Evaluate("SET @k = t * 10 SELECT t AS alias", """{"a":{"b":[1,2]},"n":null,"t":30}""");
        Resolve(template, evaluation).ShouldBe(expected);
    }

    [Theory]
    [InlineData("a${", 1, 4, "found the end of the text, expected an expression")]
    [InlineData("a\n${b c}", 2, 5, "found 'c', expected '}'")]
    [InlineData("${}", 1, 3, "found '}', expected an expression")]
    [InlineData("${@k}", 1, 3, "found @k, which no SET before it assigns")]
    [InlineData("${nosuch()}", 1, 3, "found nosuch(), which is no function")]
    public void Templates_refused(string template, int line, int column, string message)
    {
        RuleTemplate.TryParse(template, Parse("SELECT *"), out var parsed, out var error).ShouldBeFalse();
        parsed.ShouldBeNull();
        (error!.Line, error.Column, error.Message).ShouldBe((line, column, message));
    }

    [Fact]
    public void External_functions_in_templates()
    {
        var evaluation = Evaluate("SELECT *");
        RuleTemplate.TryParse("${get_thing_shadow('pump1', 'r').state.reported.mode}", evaluation.Statement, out var template, out _).ShouldBeTrue();
        template!.CallsFunctions.ShouldBeTrue();
        template.Resolve(evaluation, out string? failure).ShouldBe("eco");
        failure.ShouldBeNull();
        RuleTemplate.TryParse("${get_thing_shadow('x', 'r').a}", evaluation.Statement, out template, out _).ShouldBeTrue();
        template!.Resolve(evaluation, out failure).ShouldBe("");
        failure.ShouldBe("get_thing_shadow: no shadow");
        RuleTemplate.TryParse("${get_thing_shadow('x', 'r')}", evaluation.Statement, out _, out var error, allowFunctions: false).ShouldBeFalse();
        error!.Message.ShouldBe("found get_thing_shadow(), but external functions are not allowed in an error action");
    }

    [Fact]
    public void Templates_are_of_the_version_of_their_statement()
    {
        var old = Evaluate("SELECT a", """{"a":2.0}""", SqlVersion.V2015);
        Resolve("${a + 1}", old).ShouldBe("3.0");
        RuleTemplate.TryParse("${[1]}", old.Statement, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void Explanation_shows_operands_and_the_side_that_failed()
    {
        var evaluation = Evaluate("SET @limit = 30 SELECT * FROM 'm/+' WHERE t > @limit AND (NOT mode = 'off' OR len(x))".Replace("len", "length", StringComparison.Ordinal), """{"t":29,"mode":"on"}""");
        evaluation.Verdict.ShouldBe(RuleVerdict.NotMatched);
        var clauses = evaluation.Explain();
        clauses.Select(static clause => $"{clause.Depth} {clause}").ShouldBe(
        [
            "0 FROM was true (topic 'm/1')",
            "0 SET @limit was 30",
            "0 WHERE was false (29 > 30 AND (NOT 'on' = 'off' OR Undefined))",
            "1 AND part 1 was false (29 > 30)",
            "1 AND part 2 was true (NOT 'on' = 'off' OR Undefined)",
            "2 OR part 1 was true (NOT 'on' = 'off')",
            "3 NOT operand was false ('on' = 'off')",
            "2 OR part 2 was Undefined (Undefined)",
        ]);
        clauses[3].Text.ShouldBe("t > @limit");
    }

    [Fact]
    public void Explanation_of_a_single_comparison() =>
        Evaluate("SELECT * FROM 'x' WHERE t > 30", """{"t":29}""").Explain().Select(static clause => clause.ToString())
            .ShouldBe(["FROM was false (topic 'm/1')", "WHERE was false (29 > 30)"]);
}
