using System.Text;
using Fairlead.Features.Rules.Sql;
using Fairlead.Features.Rules.Sql.Values;
using Shouldly;
using Xunit;
using static Fairlead.Unit.Rules.Sql.SqlFixture;

namespace Fairlead.Unit.Rules.Sql;

/// <summary>What hostile statements and payloads may not do: nest without end, grow without end, run without end.</summary>
public sealed class LimitTests
{
    [Theory]
    [InlineData("(", ")")]
    [InlineData("NOT ", "")]
    [InlineData("- ", "")]
    [InlineData("[", "]")]
    [InlineData("{'a':", "}")]
    [InlineData("abs(", ")")]
    [InlineData("(SELECT VALUE ", " FROM a)")]
    [InlineData("CASE 1 WHEN 1 THEN ", " END")]
    [InlineData("a[", "]")]
    [InlineData("cast(", " AS Int)")]
    public void Nesting_is_bounded(string open, string close)
    {
        Refused($"SELECT {Repeat(open, 5_000)}1{Repeat(close, 5_000)}").Message.ShouldContain("100 levels");
        Evaluate($"SELECT {Repeat(open, 40)}1{Repeat(close, 40)} AS v").Verdict.ShouldBe(RuleVerdict.Matched);
    }

    [Theory]
    [InlineData("1 + ", "1")]
    [InlineData("1 * ", "1")]
    [InlineData("1 = ", "1")]
    public void Chains_of_operators_are_bounded(string link, string end)
    {
        Refused($"SELECT {Repeat(link, 20_000)}{end}").Message.ShouldContain("400 levels");
        Evaluate($"SELECT {Repeat(link, 390)}{end} AS v").Verdict.ShouldBe(RuleVerdict.Matched);
    }

    [Fact]
    public void Long_lists_of_conditions_are_fine() =>
        Evaluate($"SELECT 1 AS a WHERE {Repeat("b = 1 OR ", 10_000)} a = 1", """{"a":1}""").Verdict.ShouldBe(RuleVerdict.Matched);

    [Fact]
    public void Paths_of_many_names_are_bounded() => Evaluate($"SELECT a{Repeat(".a", 5_000)} AS v", """{"a":{"a":{}}}""").Verdict.ShouldBe(RuleVerdict.Matched);

    [Fact]
    public void Statement_and_template_have_a_largest_size()
    {
        Refused("SELECT '" + new string('a', 300_000) + "'").Message.ShouldContain("262144");
        RuleTemplate.TryParse(new string('a', 300_000), Parse("SELECT *"), out _, out var error).ShouldBeFalse();
        error!.Message.ShouldContain("262144");
        Refused($"SET @{new string('v', 65)} = 1 SELECT 1").Message.ShouldContain("64");
    }

    [Fact]
    public void Payload_nested_too_deep_is_no_json()
    {
        Evaluate("SELECT a", $"{{\"a\":{Repeat("[", 100_000)}{Repeat("]", 100_000)}}}").PayloadWasNotJson.ShouldBeTrue();
        Evaluate("SELECT a", $"{Repeat("{\"a\":", 100_000)}1{Repeat("}", 100_000)}").PayloadWasNotJson.ShouldBeTrue();
        Evaluate("SELECT a", $"{{\"a\":{Repeat("[", 100)}{Repeat("]", 100)}}}").PayloadWasNotJson.ShouldBeFalse();
    }

    [Fact]
    public void Text_does_not_grow_without_end()
    {
        const string Sql = """
            SET @a = concat(s, s, s, s, s, s, s, s), @b = concat(@a, @a, @a, @a, @a, @a, @a, @a), @c = concat(@b, @b, @b, @b, @b, @b, @b, @b),
            @d = @c + @c + @c + @c, @e = concat(@d, @d, @d, @d, @d, @d), @f = replace(@c, 'a', @c), @g = regexp_replace(@b, 'a', @b)
            SELECT isUndefined(@c) AS c, isUndefined(@e) AS e, isUndefined(@f) AS f, isUndefined(@g) AS g
            """;
        var evaluation = Evaluate(Sql, $$"""{"s":"{{new string('a', 1_000)}}"}""");
        if (evaluation.Verdict == RuleVerdict.Matched) Text(evaluation).ShouldBe("""{"c":false,"e":true,"f":true,"g":true}""");
        else evaluation.Failure.ShouldNotBeNull();
    }

    [Fact]
    public void Values_that_share_parts_do_not_blow_up()
    {
        var steps = Enumerable.Range(1, 9).Select(static i => $"@v{i} = [{string.Join(',', Enumerable.Repeat($"@v{i - 1}", 50))}]");
        string set = $"SET @v0 = [1], {string.Join(", ", steps)}";
        Evaluate($"{set} SELECT @v9 AS v").Verdict.ShouldBe(RuleVerdict.FunctionFailed);
        Evaluate($"{set} SELECT length(@v9) AS v").Verdict.ShouldBeOneOf(RuleVerdict.Matched, RuleVerdict.FunctionFailed);
        Evaluate($"{set} SELECT @v9 = [@v8] AS v, [@v9] = [@v9] AS w").Verdict.ShouldBe(RuleVerdict.FunctionFailed);
        Evaluate($"{set} SELECT concat(@v9, @v9) = concat(@v9, @v9) AS v").Verdict.ShouldBe(RuleVerdict.FunctionFailed);
    }

    [Fact]
    public void Queries_in_queries_end()
    {
        string payload = $"{{\"l\":[{string.Join(',', Enumerable.Range(0, 2_000))}]}}";
        var evaluation = Evaluate("SET @l = l SELECT (SELECT VALUE (SELECT VALUE (SELECT VALUE x FROM @l AS x) FROM @l) FROM @l) AS v", payload);
        evaluation.Verdict.ShouldBe(RuleVerdict.FunctionFailed);
        evaluation.Failure!.ShouldContain("steps");
        evaluation = Evaluate("SET @l = l, @s = cast(l AS String) SELECT (SELECT VALUE sha512(@s) FROM @l) AS v", payload);
        evaluation.Verdict.ShouldBe(RuleVerdict.FunctionFailed);
    }

    [Fact]
    public void Slow_expressions_are_told_and_few()
    {
        string payload = $$"""{"s":"{{new string('a', 40)}}b","l":[1,2,3,4,5,6,7,8,9]}""";
        var evaluation = Evaluate("SET @s = s SELECT (SELECT VALUE regexp_matches(@s, '^(([a-z])+.)+[A-Z]([a-z]){1,9}$') FROM l) AS v", payload);
        evaluation.Warning.ShouldNotBeNull();
        evaluation.Verdict.ShouldBe(RuleVerdict.FunctionFailed);
    }

    [Fact]
    public void Evaluations_in_evaluations_keep_apart()
    {
        var scope = new SqlScope(Account, new Reentrant());
        Text(Evaluate("SELECT a, get_secret('x', 'SecretString', 'r') AS b, c", """{"a":1,"c":3}""", scope: scope)).ShouldBe("""{"a":1,"b":"{\"a\":7}","c":3}""");
    }

    [Fact]
    public void One_statement_on_many_threads()
    {
        var statement = Parse("SELECT a, upper(s) AS s, regexp_replace(s, '[0-9]+', '#') AS r WHERE a >= 0");
        Parallel.For(0, 2_000, i =>
            Text(statement.Evaluate(Message("m", $$"""{"a":{{i}},"s":"x{{i}}"}"""), Now)).ShouldBe($$"""{"a":{{i}},"s":"X{{i}}","r":"x#"}"""));
    }

    [Fact]
    public void Numbers_beside_the_platforms_own()
    {
        var random = new Random(11);
        for (int round = 0; round < 20_000; round++)
        {
            decimal a = Any(random);
            decimal b = Any(random);
            var left = Number(a);
            var right = Number(b);
            SqlArithmetic.Compare(left, right).ShouldBe(a.CompareTo(b));
            SqlArithmetic.TryAdd(left, right, out var sum).ShouldBeTrue();
            sum.ShouldBe(Number(a + b));
            SqlArithmetic.TryMultiply(left, right, out var product).ShouldBeTrue();
            product.ShouldBe(Number(a * b));
            SqlArithmetic.Floor(left).ShouldBe(Number(Math.Floor(a)));
            SqlArithmetic.Ceiling(left).ShouldBe(Number(Math.Ceiling(a)));
            SqlArithmetic.Round(left).ShouldBe(Number(Math.Round(a, MidpointRounding.AwayFromZero)));
            SqlArithmetic.Truncate(left, 2).ShouldBe(Number(Math.Truncate(a * 100) / 100));
            left.ToDouble().ShouldBe((double)a, Math.Abs((double)a) * 1e-15);
            if (b == 0) continue;
            SqlArithmetic.TryRemainder(left, right, out var rest).ShouldBeTrue();
            rest.ShouldBe(Number(a % b));
        }
    }

    private static decimal Any(Random random) => new(random.Next(), random.Next(2) == 0 ? 0 : random.Next(1 << 12), 0, random.Next(2) == 0, (byte)random.Next(0, 9));

    private static SqlNumber Number(decimal value)
    {
        NumberText.TryParse(Encoding.ASCII.GetBytes(value.ToString(System.Globalization.CultureInfo.InvariantCulture)), out var number).ShouldBeTrue();
        return number;
    }

    private static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();

    private sealed class Reentrant : IRuleFunctions
    {
        public bool Knows(string function, string? literalFirstArgument, out string problem)
        {
            problem = "";
            return true;
        }

        public FunctionResult Call(string function, ReadOnlySpan<SqlValue> arguments) =>
            FunctionResult.Of(SqlValue.OfText(SqlFixture.Text(Evaluate("SELECT a", """{"a":7,"c":8}"""))));
    }
}
