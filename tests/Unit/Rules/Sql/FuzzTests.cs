using System.Text;
using Fairlead.Features.Rules.Sql;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Rules.Sql;

/// <summary>Whatever the text and whatever the payload: an error or a result, never an exception.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Pieces =
    [
        "SELECT ", "SET @v = ", "@v", ", ", " FROM ", "'m/#'", "m/+", " WHERE ", "*", " AS ", "a", ".b", "[0]", "(", ")", "{'k': ", "}", "[", "]", " AND ", " OR ",
        "NOT ", "=", "<>", "<", ">=", "+", "-", "/", "%", "1", "0.5", "1e300", "'x'", "''", "TRUE", "NULL", "CASE a WHEN 1 THEN ", " ELSE 2 END", " END",
        "(SELECT VALUE x FROM l AS x WHERE x > 1)", "EXISTS (SELECT * FROM l)", " IN ", "get(l, ", "concat(", "cast(a AS ", "Int)", "String)", "regexp_matches(s, '(a+)+$')",
        "encode(*, 'base64')", "decode(s, 'base64')", "parse_time('yyyy-MM', a)", "time_to_epoch(s, 'yyyy')", "topic(", "power(", "substring(s, ", "replace(s, 'a', s)",
        "transform('enrichArray', o, l)", "md2(s)", "trunc(a, ", "${", "\"", "'", "\\", "\u0000", "😀", ";", "--",
    ];

    private static readonly string[] Payloads =
    [
        "", "{}", "[]", "[1,{\"a\":2}]", "not json", "{\"a\":1,\"b\":{\"b\":2},\"l\":[1,2,{\"b\":3},null],\"s\":\"aaaa\\n\",\"o\":{\"x\":1}}",
        "{\"a\":1e400,\"s\":\"\\ud800\",\"l\":[[[]]],\"o\":{\"o\":{\"o\":{}}}}", "{\"a\":\"12.5\",\"a\":true,\"l\":{\"b\":[]},\"s\":123456789012345678901234567890}", "{\"a\":1",
    ];

    [Fact]
    public void Statements_put_together_at_random() =>
        Prop.ForAll(Gen.Elements(Pieces).ArrayOf().ToArbitrary(), static pieces => Try("SELECT " + string.Concat(pieces)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(30));

    [Fact]
    public void Statements_of_the_spec_mutated()
    {
        string[] statements = [.. CaseFiles.Read<CaseFiles.Statement>("statements").Select(static item => item.Sql),
            .. CaseFiles.Read<CaseFiles.Example>("examples").Select(static item => $"SELECT {item.Expression} AS v FROM 'm/1'")];
        var random = new Random(20_261_130);
        for (int round = 0; round < 2_000; round++) Try(Mutate(statements[random.Next(statements.Length)], random));
    }

    [Fact]
    public void Payloads_mutated()
    {
        string[] statements =
        [
            "SELECT *, a AS x.y, (SELECT * FROM l) AS n FROM '#' WHERE a > 0 OR NOT b.b = l OR true",
            "SELECT o, s, l, a + 1, get(l, 1).b FROM '#'", "SELECT * FROM '#'", "SELECT VALUE * FROM '#'", "SELECT decode(encode(*, 'base64'), 'base64') AS d",
        ];
        var random = new Random(7);
        var parsed = Array.ConvertAll(statements, static sql => SqlFixture.Parse(sql));
        for (int round = 0; round < 3_000; round++)
        {
            byte[] payload = MutateBytes(Encoding.UTF8.GetBytes(Payloads[random.Next(Payloads.Length)]), random);
            foreach (var statement in parsed)
            {
                var evaluation = statement.Evaluate(SqlFixture.Message("m/1", payload), SqlFixture.Now);
                if (evaluation.OutputIsJson) IsJson(evaluation.Output.Span).ShouldBeTrue($"{statement.Text} on {Encoding.UTF8.GetString(payload)}");
            }
        }
    }

    [Fact]
    public void Json_is_what_the_platform_takes_for_json()
    {
        var statement = SqlFixture.Parse("SELECT a, b.b");
        var random = new Random(3);
        for (int round = 0; round < 3_000; round++)
        {
            byte[] payload = MutateBytes(Encoding.UTF8.GetBytes(Payloads[random.Next(Payloads.Length)]), random);
            bool expected = IsJson(payload) && payload.AsSpan().TrimStart(" \n\r\t"u8)[0] is (byte)'{' or (byte)'[';
            statement.Evaluate(SqlFixture.Message("m/1", payload), SqlFixture.Now).PayloadWasNotJson.ShouldBe(!expected, Encoding.UTF8.GetString(payload));
        }
    }

    private static void Try(string sql)
    {
        foreach (var version in (SqlVersion[])[SqlVersion.V2015, SqlVersion.V2016])
        {
            if (!RuleStatement.TryParse(sql, version, SqlFixture.Scope, out var statement, out var error))
            {
                error.Message.ShouldNotBeEmpty();
                error.Line.ShouldBeGreaterThan(0);
                error.Column.ShouldBeGreaterThan(0);
                continue;
            }

            foreach (string payload in Payloads)
            {
                var evaluation = statement.Evaluate(SqlFixture.Message("m/1", payload), SqlFixture.Now);
                if (evaluation.OutputIsJson) IsJson(evaluation.Output.Span).ShouldBeTrue(sql);
                evaluation.Explain();
                if (RuleTemplate.TryParse($"a${{{sql}}}", statement, out var template, out _)) template.Resolve(evaluation);
            }
        }
    }

    private static string Mutate(string text, Random random)
    {
        var result = new StringBuilder(text);
        for (int i = random.Next(1, 4); i > 0 && result.Length > 0; i--)
        {
            int at = random.Next(result.Length);
            switch (random.Next(4))
            {
                case 0:
                    result.Remove(at, Math.Min(random.Next(1, 6), result.Length - at));
                    break;
                case 1:
                    result.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 2:
                    result[at] = (char)random.Next(32, 127);
                    break;
                default:
                    int length = Math.Min(random.Next(1, 20), result.Length - at);
                    result.Insert(random.Next(result.Length), result.ToString(at, length));
                    break;
            }
        }

        return result.ToString();
    }

    private static byte[] MutateBytes(byte[] payload, Random random)
    {
        var result = new List<byte>(payload);
        for (int i = random.Next(0, 4); i > 0 && result.Count > 0; i--)
        {
            int at = random.Next(result.Count);
            if (random.Next(2) == 0) result[at] = (byte)"{}[]\",:\\0eE.-+ truefalsn\u0001"[random.Next(25)];
            else if (random.Next(2) == 0) result.RemoveAt(at);
            else result.Insert(at, (byte)random.Next(256));
        }

        return [.. result];
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new System.Text.Json.Utf8JsonReader(text, new System.Text.Json.JsonReaderOptions { MaxDepth = 1000 });
            while (reader.Read())
            {
                if (reader.TokenType is System.Text.Json.JsonTokenType.String or System.Text.Json.JsonTokenType.PropertyName && !System.Text.Unicode.Utf8.IsValid(reader.ValueSpan))
                    return false;
            }

            return true;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }
}
