using System.Text;
using Fairlead.Features.Rules.Sql;
using Shouldly;
using Xunit;
using static Fairlead.Unit.Rules.Sql.SqlFixture;

namespace Fairlead.Unit.Rules.Sql;

/// <summary>Grammar, operators, versions and context (spec/aws-rules, sections 2 to 5, checklist lines 14 to 18).</summary>
public sealed class LanguageTests
{
    [Theory]
    [InlineData("'+5' - 1", null)]
    [InlineData("' 5' - 1", null)]
    [InlineData("'5.' - 1", null)]
    [InlineData("'.5' - 1", null)]
    [InlineData("'1E+3' - 1", null)]
    [InlineData("'' - 1", null)]
    [InlineData("'1e3' - 1", "999")]
    [InlineData("'-0.5' * 2", "-1")]
    [InlineData("'007' - 0", "7")]
    [InlineData("'5' = 5", "false")]
    [InlineData("'5' >= 5", "true")]
    [InlineData("'5' + 5", "\"55\"")]
    public void Rules_14_text_as_number(string expression, string? expected) => Value(expression).ShouldBe(expected);

    [Theory]
    [InlineData("SELECT cos(0) AS a", "{\"a\":1.0}")]
    [InlineData("SELECT 10.0 AS a, 10 AS b, 10.50 AS c", "{\"a\":10.0,\"b\":10,\"c\":10.5}")]
    [InlineData("SELECT a + 1 AS a", "{\"a\":3.0}")]
    [InlineData("SELECT '8' - 3 AS a", "{\"a\":5.0}")]
    [InlineData("SELECT cast(true AS Double) AS a, cast(true AS Int) AS b", "{\"a\":1.0,\"b\":1}")]
    [InlineData("SELECT VALUE arr", "")]
    [InlineData("SELECT arr AS arr", "{\"arr\":[1.0,2]}")]
    [InlineData("SELECT * ", "{\"a\":2.0,\"arr\":[1.0,2]}")]
    public void Rules_15_version_2015(string sql, string expected) =>
        Text(Evaluate(sql, """{"a":2.0,"arr":[1.0,2]}""", SqlVersion.V2015)).ShouldBe(expected);

    [Theory]
    [InlineData("SELECT {'a':1} AS a", "an object literal")]
    [InlineData("SELECT [1] AS a", "an array literal")]
    [InlineData("SELECT (SELECT a FROM b) AS a", "a nested SELECT")]
    [InlineData("SELECT isUndefined(x)", "isUndefined()")]
    [InlineData("SELECT cast(x AS Decimal)", "2016-03-23")]
    [InlineData("SELECT length('a')", "length()")]
    [InlineData("SELECT get_thing_shadow('a', 'r')", "get_thing_shadow()")]
    public void Rules_15_what_2015_lacks_is_refused(string sql, string named) => Refused(sql, SqlVersion.V2015).Message.ShouldContain(named);

    [Fact]
    public void Rules_16_uuids_differ_and_timestamps_do_not()
    {
        string output = Text(Evaluate("SET @t = timestamp() SELECT newuuid() AS a, newuuid() AS b, timestamp() = @t AS c, timestamp() AS d"));
        var document = System.Text.Json.JsonDocument.Parse(output).RootElement;
        document.GetProperty("a").GetString().ShouldNotBe(document.GetProperty("b").GetString());
        document.GetProperty("a").GetString()!.Length.ShouldBe(36);
        document.GetProperty("c").GetBoolean().ShouldBeTrue();
        document.GetProperty("d").GetInt64().ShouldBe(1_700_000_000_123);
    }

    [Theory]
    [InlineData("regexp_matches(s, '(a+)+$')")]
    [InlineData("regexp_matches(s, '(?=a)(a+)+$')")]
    [InlineData("regexp_substr(s, '(a|aa){1,50}$')")]
    [InlineData("regexp_replace(s, '(?:a?){40}a{40}c', 'x')")]
    public void Rules_17_catastrophic_expressions_end(string expression)
    {
        string payload = $$"""{"s":"{{new string('a', 40)}}b"}""";
        Value(expression, payload).ShouldBeOneOf(null, "false", $"\"{new string('a', 40)}b\"");
    }

    [Theory]
    [InlineData("1.5 / 4.5", "0.3333333333333333333333333333333333")]
    [InlineData("2 / 3.0000001", "0.6666666444444451851851604938279835")]
    [InlineData("0.1 + 0.2", "0.3")]
    [InlineData("1e20 * 10", "1000000000000000000000")]
    [InlineData("9999999999999999999999999999999999 + 1", "1E34")]
    [InlineData("1e33 + 0.5", "1000000000000000000000000000000000")]
    [InlineData("1.2e-7 * 1", "1.2E-7")]
    [InlineData("0.000001 * 1", "0.000001")]
    [InlineData("1e999 * 10", null)]
    [InlineData("1e-999 / 10", "0")]
    [InlineData("1e999 + 1e-999", "1E999")]
    [InlineData("'1e999999999' - 1", null)]
    [InlineData("7 / 2", "3")]
    [InlineData("-7 / 2", "-3")]
    [InlineData("-7 % 3", "-1")]
    [InlineData("7.5 % 2", "1.5")]
    [InlineData("1 % 0", null)]
    [InlineData("2 - 3 - 4", "-5")]
    [InlineData("2 + 3 * 4", "14")]
    [InlineData("- - 3", "3")]
    [InlineData("-'2'", "-2")]
    [InlineData("-'x'", null)]
    [InlineData("123456789.123456789 * 1000000000", "123456789123456789")]
    [InlineData("0.3 - 0.1 - 0.2", "0")]
    [InlineData("12345678901234567890123456789012345", "1.234567890123456789012345678901234E34")]
    public void Rules_18_arithmetic(string expression, string? expected) => Value(expression).ShouldBe(expected);

    [Theory]
    [InlineData("1 < 2", "true")]
    [InlineData("'a' < 'b'", null)]
    [InlineData("true < 2", null)]
    [InlineData("NULL < 2", null)]
    [InlineData("NULL = NULL", "true")]
    [InlineData("NULL <> NULL", "false")]
    [InlineData("NULL = 1", "false")]
    [InlineData("NULL <> 1", "true")]
    [InlineData("nope = 1", null)]
    [InlineData("nope <> 1", null)]
    [InlineData("1 != 2", "true")]
    [InlineData("1 < 2 = true", "true")]
    [InlineData("true AND nope", null)]
    [InlineData("false AND nope", "false")]
    [InlineData("nope OR true", "true")]
    [InlineData("nope OR false", null)]
    [InlineData("NOT nope", null)]
    [InlineData("NOT 'FALSE'", "true")]
    [InlineData("NOT NOT true", "true")]
    [InlineData("1 IN [1.0, 2]", "true")]
    [InlineData("NULL IN [NULL]", "true")]
    [InlineData("1 IN 1", null)]
    [InlineData("nope IN [1]", null)]
    [InlineData("[1, nope, 2] = [1, 2]", "true")]
    [InlineData("{'a': 1, 'b': nope} = {'a': 1.0}", "true")]
    [InlineData("'x' + true", "\"xtrue\"")]
    [InlineData("'x' + [1, {'a': 'b'}]", "\"x[1,{\\\"a\\\":\\\"b\\\"}]\"")]
    [InlineData("true + 1", null)]
    [InlineData("true - 1", null)]
    [InlineData("[1] + [2]", null)]
    public void Rules_4_operators(string expression, string? expected) => Value(expression).ShouldBe(expected);

    [Theory]
    [InlineData("SELECT a[0], get(a, 1), (a), a[0].x", """{"a":[{"x":1},2]}""", """{"a[0]":{"x":1},"get":2,"(a)":[{"x":1},2],"x":1}""")]
    [InlineData("SELECT 1 + 1, 'k'", "{}", """{"1 + 1":2,"'k'":"k"}""")]
    [InlineData("SELECT {'a': 1, 'b': [*]}, b", """{"b":3}""", """{"a":1,"b":3}""")]
    [InlineData("SELECT TOPIC(), @v FROM 'm/1'", "{}", null)]
    [InlineData("SET @v = * SELECT @v.a, @v", """{"a":1}""", """{"a":1,"v":{"a":1}}""")]
    [InlineData("SELECT a AS x.y, b AS x.z, c AS x", """{"a":1,"b":2}""", """{"x":{"y":1,"z":2}}""")]
    [InlineData("SELECT *, 5 AS a.b", """{"a":{"c":1},"d":2}""", """{"a":{"c":1,"b":5},"d":2}""")]
    [InlineData("SELECT *, 5 AS a.b", """{"a":7}""", """{"a":{"b":5}}""")]
    [InlineData("SELECT value, value.x, value * 2 AS d", """{"value":{"x":1}}""", """{"value":{"x":1},"x":1}""")]
    [InlineData("SELECT VALUE value", """{"value":2}""", "2")]
    [InlineData("SELECT VALUE *", """[1, 2.0]""", "[1,2]")]
    [InlineData("SELECT VALUE NULL", "{}", "null")]
    [InlineData("SELECT 'it''s' AS a, \"say \"\"x\"\"\" AS b, '\\d' AS c", "{}", """{"a":"it's","b":"say \"x\"","c":"\\d"}""")]
    [InlineData("SELECT a.end, a.from FROM '#'", """{"a":{"end":1,"from":2}}""", """{"end":1,"from":2}""")]
    [InlineData("SELECT * AS p", "[1]", """{"p":[1]}""")]
    [InlineData("SELECT *, 1 AS a", "[1]", """{"a":1}""")]
    [InlineData("SELECT a", """{"a":1,"a":2,"b":1}""", """{"a":2}""")]
    [InlineData("SELECT a.x", """{"a":{"x":1},"a":{"y":2}}""", "{}")]
    [InlineData("SELECT *", """{"a":1,"b":{"c":1,"c":2},"a":3}""", """{"a":3,"b":{"c":2}}""")]
    [InlineData("SELECT *", """{ "a" : [ 1.50 , -0 , 1e2, "\u00e9\u0001\/" ] , "\u0062" : { } }""", """{"a":[1.5,0,100,"é\u0001/"],"b":{}}""")]
    [InlineData("SELECT *", """{"a":1e9999,"b":[1e9999,1]}""", """{"b":[1]}""")]
    [InlineData("SELECT b", """{"\u0062":1}""", """{"b":1}""")]
    [InlineData("SELECT CASE n WHEN 1 THEN 'a' WHEN 1 THEN 'b' ELSE 'c' END AS x", """{"n":1.0}""", """{"x":"a"}""")]
    [InlineData("SELECT CASE n WHEN m THEN 'a' ELSE 'c' END AS x", """{"n":1}""", """{"x":"c"}""")]
    public void Rules_2_5_select(string sql, string payload, string? expected)
    {
        if (expected is null) Refused(sql);
        else Text(Evaluate(sql, payload)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("(SELECT * FROM e)", "[{\"n\":1},{\"n\":2},7]")]
    [InlineData("(SELECT VALUE r.n FROM e AS r)", "[1,2]")]
    [InlineData("(SELECT VALUE r FROM e AS r WHERE r = 7)", "[7]")]
    [InlineData("(SELECT n AS m, outer AS o FROM e WHERE n > @limit)", "[{\"m\":2}]")]
    [InlineData("(SELECT VALUE n FROM nope)", null)]
    [InlineData("(SELECT VALUE n FROM o WHERE n = 9)", null)]
    [InlineData("(SELECT VALUE n FROM o)", "3")]
    [InlineData("(SELECT n FROM o).n", "3")]
    [InlineData("(SELECT VALUE (SELECT VALUE x FROM inner AS x WHERE x > 1) FROM deep)", "[[2],[3,4]]")]
    [InlineData("EXISTS (SELECT * FROM e WHERE n = 5)", "false")]
    [InlineData("EXISTS (SELECT * FROM o)", "true")]
    [InlineData("EXISTS (SELECT * FROM nope)", "false")]
    [InlineData("2 IN (SELECT VALUE n FROM e)", "true")]
    [InlineData("get((SELECT v FROM (SELECT n AS v FROM e)), 0).v", null)]
    [InlineData("(SELECT VALUE topic() FROM [1])", "[\"m/1\"]")]
    public void Rules_2_9_nested(string expression, string? expected)
    {
        const string Payload = """{"e":[{"n":1},{"n":2},7],"o":{"n":3},"outer":5,"deep":[{"inner":[1,2]},{"inner":[3,4]}]}""";
        string sql = $"SET @limit = 1 SELECT {expression} AS v";
        if (expression.Contains("FROM (SELECT", StringComparison.Ordinal)) expected = "1";
        string output = Text(Evaluate(sql, Payload));
        output.ShouldBe(expected is null ? "{}" : $"{{\"v\":{expected}}}");
    }

    [Theory]
    [InlineData("SELECT", 1, 7, "found the end of the text, expected an expression")]
    [InlineData("SELECT a\nFROM 'x'\n  WHERE b ==1", 3, 11, "found '==', expected '='")]
    [InlineData("SELECT a b", 1, 10, "found 'b', expected AS, ',', FROM, WHERE, an operator or the end of the statement")]
    [InlineData("SELECT a FROM 'x';", 1, 18, "found ';', but a statement ends without one")]
    [InlineData("SELECT a FROM 'x' WHERE b IS NULL", 1, 27, "IS is not part of the language; use isNull() or isUndefined()")]
    [InlineData("SELECT a FROM 'x' WHERE b BETWEEN 1 AND 2", 1, 27, "BETWEEN is not part of the language; use >= and <=")]
    [InlineData("SELECT 'a", 1, 8, "found a text that is not closed, expected '")]
    [InlineData("SELECT .5", 1, 8, "found '.', expected an expression")]
    [InlineData("SELECT 5.", 1, 8, "found '5.', expected a number such as 1, 1.5 or 1e3")]
    [InlineData("SELECT a.-b", 1, 10, "found '-', expected a name behind the dot; other names are read with get(object, 'name')")]
    [InlineData("SELECT toppic()", 1, 8, "found toppic(), which is no function")]
    [InlineData("SELECT user_properties()", 1, 8, "found user_properties(), which is no function; did you mean get_user_properties()?")]
    [InlineData("SELECT CASE WHEN a THEN b END", 1, 13, "found 'WHEN', expected the value to be compared: CASE value WHEN value THEN result")]
    [InlineData("SELECT cast(a AS Date)", 1, 18, "found 'Date', expected String, Int, Decimal, Double or Boolean")]
    [InlineData("SELECT a FROM '$share/g/x'", 1, 15, "found '$share/g/x', expected a topic filter: + is a whole level, # a whole level and the last")]
    [InlineData("SELECT get_mqtt_property(a)", 1, 26, "expected 'content_type', 'format_indicator', 'response_topic' or 'correlation_data'")]
    [InlineData("SELECT machinelearning_predict('a', 'b', 'c')", 1, 8, "function machinelearning_predict is not available")]
    [InlineData("SELECT get_dynamodb('t', 'a', 'b', 'r')", 1, 8, "function get_dynamodb is not available")]
    [InlineData("SELECT decode(a, 'proto')", 1, 8, "decode() with the scheme 'proto' is not available; 'base64' is")]
    [InlineData("SELECT a || b", 1, 10, "found '||', expected OR, or '+' to join text")]
    [InlineData("SET @a = 1 WHERE @a", 1, 12, "found 'WHERE', expected ',' or SELECT")]
    [InlineData("SET @a = @b, @b = 1 SELECT 1", 1, 10, "found @b, which no SET before it assigns")]
    [InlineData("SELECT a AS", 1, 12, "found the end of the text, expected a name, or a text in quotes")]
    [InlineData("SELECT 1e99999", 1, 8, "found a number that is too large, expected one below 1E1000")]
    [InlineData("SELECT get_or_default(a, aws_lambda('arn:known', a))", 1, 26, "the default of get_or_default() must not call an external function")]
    public void Errors_name_place_found_and_expected(string sql, int line, int column, string message)
    {
        var error = Refused(sql);
        (error.Line, error.Column, error.Message).ShouldBe((line, column, message));
    }

    [Theory]
    [InlineData("SELECT DISTINCT a FROM 'x'")]
    [InlineData("SELECT a FROM 'x' ORDER BY a")]
    [InlineData("SELECT a FROM 'x' LIMIT 1")]
    [InlineData("SELECT a FROM x JOIN y")]
    [InlineData("SELECT a FROM 'x' WHERE a = 1 && b = 2")]
    [InlineData("SELECT a FROM 'x' WHERE a IN (1, 2)")]
    [InlineData("SELECT a /* c */ FROM 'x'")]
    [InlineData("SELECT a FROM 'x/+y'")]
    [InlineData("SELECT a FROM ''")]
    [InlineData("SELECT VALUE a, b FROM 'x'")]
    [InlineData("SELECT VALUE a AS b FROM 'x'")]
    [InlineData("SELECT transform(a, b, c)")]
    [InlineData("FROM 'x' SELECT a")]
    [InlineData("")]
    [InlineData("SET @a = 1, @b = 1, @c = 1, @d = 1, @e = 1, @f = 1, @g = 1, @h = 1, @i = 1, @j = 1, @k = 1 SELECT 1")]
    [InlineData("SELECT é")]
    [InlineData("SELECT a FROM 'x' WHERE EXISTS (a)")]
    public void Not_part_of_the_language(string sql) => Refused(sql).Message.ShouldNotBeEmpty();

    [Fact]
    public void Statement_without_from_has_no_filter_and_matches_no_topic()
    {
        var statement = Parse("SELECT 1");
        statement.TopicFilter.ShouldBeNull();
        statement.MatchesTopic("a").ShouldBeFalse();
    }

    [Theory]
    [InlineData("SELECT a FROM topic/*", "topic/*", false, true)]
    [InlineData("SELECT topic() FROM 'x'", "x", false, false)]
    [InlineData("SELECT * FROM 'x'", "x", false, false)]
    [InlineData("SELECT get_secret('a', 'SecretString', 'r') FROM \"x\"", "x", true, false)]
    public void What_a_statement_needs(string sql, string filter, bool calls, bool payload)
    {
        var statement = Parse(sql);
        (statement.TopicFilter, statement.CallsFunctions, statement.NeedsPayload).ShouldBe((filter, calls, payload));
    }

    [Theory]
    [InlineData("SELECT a", "no json", true)]
    [InlineData("SELECT a", "", true)]
    [InlineData("SELECT a", "5", true)]
    [InlineData("SELECT a", "{\"a\":1", true)]
    [InlineData("SELECT a", "{\"b\":1}", false)]
    [InlineData("SELECT *", "no json", false)]
    [InlineData("SELECT topic()", "no json", false)]
    public void Payload_that_is_no_json_is_told(string sql, string payload, bool expected) => Evaluate(sql, payload).PayloadWasNotJson.ShouldBe(expected);

    [Fact]
    public void Byte_order_mark_is_passed_over() =>
        Text(Parse("SELECT a").Evaluate(Message("m/1", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("""{"a":1}""")]), Now)).ShouldBe("""{"a":1}""");

    [Fact]
    public void Payload_in_the_middle_of_an_array()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("""xx{"a":1,"b":[2]}99""");
        var message = new RuleMessage { Topic = "m", Payload = bytes.AsMemory(2, bytes.Length - 4) };
        Text(Parse("SELECT a, b, get(b, 0) AS c").Evaluate(message, Now)).ShouldBe("""{"a":1,"b":[2],"c":2}""");
    }
}
