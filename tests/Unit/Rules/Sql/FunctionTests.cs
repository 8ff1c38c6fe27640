using System.Text;
using Fairlead.Features.Rules.Sql;
using Fairlead.Features.Rules.Sql.Functions.Hashes;
using Shouldly;
using Xunit;
using static Fairlead.Unit.Rules.Sql.SqlFixture;

namespace Fairlead.Unit.Rules.Sql;

/// <summary>Functions beyond the examples of the spec: edges, conversions, context, time.</summary>
public sealed class FunctionTests
{
    [Theory]
    [InlineData("bitnot(13)", "2")]
    [InlineData("bitnot(0)", "1")]
    [InlineData("bitnot(-5)", "4")]
    [InlineData("bitand(-1, 255)", "255")]
    [InlineData("abs('x')", null)]
    [InlineData("abs(NULL)", null)]
    [InlineData("sign('-3')", "-1")]
    [InlineData("sign(0)", "0")]
    [InlineData("trunc(5, 2)", "5")]
    [InlineData("trunc(1.999, 2.9)", "1.99")]
    [InlineData("trunc(1.999, -1)", "1")]
    [InlineData("round(0.5)", "1")]
    [InlineData("round(-0.5)", "-1")]
    [InlineData("round(0.49999)", "0")]
    [InlineData("ceil(-0.5)", "0")]
    [InlineData("floor(1e40)", "1E40")]
    [InlineData("mod(5.5, 2)", "1.5")]
    [InlineData("mod(5, 0)", null)]
    [InlineData("power(0, -1)", null)]
    [InlineData("power(2)", null)]
    [InlineData("exp(1000)", null)]
    [InlineData("nanvl(NULL, 1)", "1")]
    [InlineData("nanvl(2, 1)", "2")]
    [InlineData("rand() >= 0 AND rand() < 1", "true")]
    public void Numbers(string expression, string? expected) => Value(expression).ShouldBe(expected);

    [Theory]
    [InlineData("concat()", null)]
    [InlineData("concat('a', NULL)", null)]
    [InlineData("concat('a', true, 1.0, [1])", "[\"a\",true,1,1]")]
    [InlineData("concat('a', true, 1.0)", "\"atrue1\"")]
    [InlineData("concat([], 1)", "[1]")]
    [InlineData("substring('abc', '1')", "\"bc\"")]
    [InlineData("substring('abcdef', 2.745)", "\"cdef\"")]
    [InlineData("substring('abc', 'x')", null)]
    [InlineData("substring('abc', 0, 1e30)", "\"abc\"")]
    [InlineData("indexof('abc', '')", "0")]
    [InlineData("replace('aaa', '', 'b')", "\"aaa\"")]
    [InlineData("replace('aaa', 'aa', 'b')", "\"ba\"")]
    [InlineData("length(lpad('', 5000))", "1000")]
    [InlineData("lpad('a', -5)", "\"a\"")]
    [InlineData("lpad('a', 1.9)", "\" a\"")]
    [InlineData("length('😀')", "2")]
    [InlineData("numbytes('😀')", "4")]
    [InlineData("'😀'", "\"😀\"")]
    [InlineData("get('😀', 5)", null)]
    [InlineData("upper('straße')", "\"STRAßE\"")]
    [InlineData("chr(10)", "\"\\n\"")]
    [InlineData("chr(-1)", null)]
    [InlineData("startswith('abc', 1)", "false")]
    [InlineData("startswith(NULL, 'a')", null)]
    [InlineData("get(s, 'a')", "1")]
    [InlineData("get(s, 'x')", null)]
    [InlineData("get(5, 0)", null)]
    [InlineData("get([1,2], '1')", "2")]
    [InlineData("get([1,2], 1.9)", "2")]
    [InlineData("isNull(nope)", "false")]
    [InlineData("encode('a', 'hex')", null)]
    [InlineData("encode(s, 'base64')", "\"eyJhIjoxfQ==\"")]
    [InlineData("decode('/w==', 'base64')", "null")]
    [InlineData("decode(NULL, 'base64')", null)]
    [InlineData("transform('other', s, [])", null)]
    [InlineData("transform('enrichArray', s, [1])", null)]
    [InlineData("transform('enrichArray', {'a': 9}, [s])", "[{\"a\":9}]")]
    [InlineData("get_or_default(nope)", null)]
    [InlineData("get_or_default(NULL, 'd')", "\"d\"")]
    [InlineData("get_or_default(1, 'd')", "1")]
    [InlineData("cast('1e2' AS Int)", "100")]
    [InlineData("cast(2.5 AS Boolean)", "true")]
    [InlineData("cast(NULL AS String)", null)]
    [InlineData("cast(0.1 AS double)", "0.1")]
    public void Texts_and_collections(string expression, string? expected) => Value(expression, """{"s":{"a":1}}""").ShouldBe(expected);

    [Theory]
    [InlineData("regexp_matches('a1', '^\\w\\d$')", "true")]
    [InlineData("regexp_matches('٣', '\\d')", "false")]
    [InlineData("regexp_matches('a', '(')", null)]
    [InlineData("regexp_matches('a', '[a-z&&[^b]]')", null)]
    [InlineData("regexp_matches('a.b', '^\\Qa.b\\E$')", "true")]
    [InlineData("regexp_matches('axb', '^\\Qa.b\\E$')", "false")]
    [InlineData("regexp_matches('abAB', '^\\p{Alpha}+$')", "true")]
    [InlineData("regexp_matches('foobar', 'foo(?=bar)')", "true")]
    [InlineData("regexp_matches('abab', '(ab)\\1')", "true")]
    [InlineData("regexp_replace('a1b2', '[0-9]', '\\$')", "\"a$b$\"")]
    [InlineData("regexp_replace('ab', '(?<x>a)', '${x}${x}')", "\"aab\"")]
    [InlineData("regexp_replace('ab', '(a)', '$10')", "\"a0b\"")]
    [InlineData("regexp_replace('ab', 'a', '$1')", null)]
    [InlineData("regexp_replace('ab', 'a', '$')", null)]
    [InlineData("regexp_replace('ab', 'z', '$')", "\"ab\"")]
    [InlineData("regexp_replace('aaa', 'a', '')", "\"\"")]
    [InlineData("regexp_replace('abc', '', '-')", "\"-a-b-c-\"")]
    public void Regular_expressions(string expression, string? expected) => Value(expression).ShouldBe(expected);

    [Theory]
    [InlineData("topic()", "\"plant/a/temp\"")]
    [InlineData("topic(2)", "\"a\"")]
    [InlineData("topic(4)", null)]
    [InlineData("topic(0)", null)]
    [InlineData("topic('3')", "\"temp\"")]
    [InlineData("topic(1e30)", null)]
    [InlineData("clientid()", "\"dev-7\"")]
    [InlineData("principal()", "\"c0ffee\"")]
    [InlineData("sourceip()", "\"192.0.2.10\"")]
    [InlineData("accountid()", "\"123456789012\"")]
    [InlineData("timestamp()", "1700000000123")]
    [InlineData("sql_version()", "\"2016-03-23\"")]
    [InlineData("get_mqtt_property('content_type')", "\"text/csv\"")]
    [InlineData("get_mqtt_property('response_topic')", null)]
    [InlineData("get_mqtt_property('format_indicator')", null)]
    [InlineData("get_user_properties('k')", "[\"1\",\"2\"]")]
    [InlineData("get_user_properties('zz')", null)]
    [InlineData("get_user_properties()", "[{\"k\":\"1\"},{\"o\":\"9\"},{\"k\":\"2\"}]")]
    [InlineData("traceid()", "\"0f8fad5b-d9cb-469f-a165-70867728950e\"")]
    public void Rules_13_context(string expression, string? expected)
    {
        string output = Text(Evaluate($"SELECT {expression} AS v", topic: "plant/a/temp"));
        output.ShouldBe(expected is null ? "{}" : $"{{\"v\":{expected}}}");
    }

    [Fact]
    public void Context_of_a_message_from_nowhere_is_undefined()
    {
        var message = new RuleMessage { Topic = "", CorrelationData = new byte[] { 1 }, FormatIndicator = 1, ResponseTopic = "r" };
        const string Sql = """
            SELECT clientid() AS a, principal() AS b, sourceip() AS c, traceid() AS d, get_user_properties() AS e, topic() AS f, topic(1) AS g,
            get_mqtt_property('correlation_data') AS h, get_mqtt_property('format_indicator') AS i, get_mqtt_property('response_topic') AS j
            """;
        Text(Parse(Sql).Evaluate(message, Now)).ShouldBe("""{"a":"n/a","f":"","h":"AQ==","i":"UTF8_DATA","j":"r"}""");
    }

    [Theory]
    [InlineData("parse_time('G yy y M d D e E EEEE w xxxx', 1700000000123)", "\"AD 23 2023 11 14 318 2 Tue Tuesday 46 2023\"")]
    [InlineData("parse_time('H HH h K k a', 1700000000123)", "\"22 22 10 10 22 PM\"")]
    [InlineData("parse_time('SSSSSS Z ZZ ZZZ', 1700000000123, 'America/New_York')", "\"123000 -0500 -05:00 America/New_York\"")]
    [InlineData("parse_time('z', 1700000000123, 'America/Chicago')", "\"CST\"")]
    [InlineData("parse_time('z', 1690000000123, 'Europe/Berlin')", "\"CEST\"")]
    [InlineData("parse_time('HH:mm', 1700000000123, '+05:30')", "\"03:43\"")]
    [InlineData("parse_time(\"yyyy''MM\", 0)", "\"1970'01\"")]
    [InlineData("parse_time('yyyy-MM-dd', -1)", "\"1969-12-31\"")]
    [InlineData("parse_time('Q', 0)", null)]
    [InlineData("parse_time(\"yyyy'\", 0)", null)]
    [InlineData("parse_time('yyyy', 'x')", null)]
    [InlineData("parse_time('yyyy', 1e30)", null)]
    [InlineData("parse_time('yyyy', 0, '../../etc/passwd')", null)]
    [InlineData("parse_time('', 0)", null)]
    [InlineData("parse_time('yyyy', '1700000000123')", "\"2023\"")]
    [InlineData("time_to_epoch('2023-11-14T22:13:20.123Z', \"yyyy-MM-dd'T'HH:mm:ss.SSSX\")", "1700000000123")]
    [InlineData("time_to_epoch('2023-11-14 23:13 Europe/Berlin', 'yyyy-MM-dd HH:mm VV')", "1699999980000")]
    [InlineData("time_to_epoch('14 Nov 2023 10:13 PM CET', 'd MMM yyyy hh:mm a z')", "1699996380000")]
    [InlineData("time_to_epoch('20231114', 'yyyyMMdd')", "1699920000000")]
    [InlineData("time_to_epoch('2023-318', 'yyyy-DDD')", "1699920000000")]
    [InlineData("time_to_epoch('1969-12-31 23:59:59.999', 'yyyy-MM-dd HH:mm:ss.SSS')", "-1")]
    [InlineData("time_to_epoch('2023-W46-2', \"YYYY-'W'ww-e\")", "1699920000000")]
    [InlineData("time_to_epoch('Wed 2023-11-14', 'EEE yyyy-MM-dd')", null)]
    [InlineData("time_to_epoch('2023-11-14 25', 'yyyy-MM-dd HH')", null)]
    [InlineData("time_to_epoch('2023-13-14', 'yyyy-MM-dd')", null)]
    [InlineData("time_to_epoch('2023-11-14x', 'yyyy-MM-dd')", null)]
    [InlineData("time_to_epoch('23', 'HH')", null)]
    [InlineData("time_to_epoch('1', 'Q')", null)]
    public void Rules_13_time(string expression, string? expected) => Value(expression).ShouldBe(expected);

    [Theory]
    [InlineData("", "8350e5a3e24c153df2275c9f80692773")]
    [InlineData("a", "32ec01ec4a6dac72c0ab96fb34c0b5d1")]
    [InlineData("abc", "da853b0d3f88d99b30283a69e6ded6bb")]
    [InlineData("message digest", "ab4f496bfb2a530b219ff33031fe06b0")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "4e8ddff3650292ab5a4108c3aa47940b")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "da33def2a42df13975352846c30338cd")]
    public void Md2_is_that_of_rfc_1319(string text, string digest) => Convert.ToHexStringLower(Md2.HashData(Encoding.UTF8.GetBytes(text))).ShouldBe(digest);

    [Theory]
    [InlineData("", "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f")]
    [InlineData("abc", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525")]
    public void Sha224_is_that_of_fips_180(string text, string digest) => Convert.ToHexStringLower(Sha224.HashData(Encoding.UTF8.GetBytes(text))).ShouldBe(digest);

    [Fact]
    public void Rules_19_external_functions()
    {
        var functions = new FakeFunctions();
        var scope = new SqlScope(Account, functions);
        Text(Evaluate("SELECT get_thing_shadow('pump1', 'r').state.reported AS r WHERE get_thing_shadow('pump1', 'r').state.reported.mode = 'eco'", scope: scope))
            .ShouldBe("""{"r":{"mode":"eco","level":10}}""");
        var failed = Evaluate("SELECT 1 WHERE get_thing_shadow('none', 'r').a = 1", scope: scope);
        failed.Verdict.ShouldBe(RuleVerdict.FunctionFailed);
        failed.Failure.ShouldBe("get_thing_shadow: no shadow");
        failed.Output.IsEmpty.ShouldBeTrue();
        functions.Calls.ShouldBe(3);
        Text(Evaluate("SELECT get_or_default(get_thing_shadow('none', 'r').a, 'x') AS a", scope: scope)).ShouldBe("""{"a":"x"}""");
        Evaluate("SET @a = get_thing_shadow('none', 'r') SELECT 1", scope: scope).Verdict.ShouldBe(RuleVerdict.FunctionFailed);
        Evaluate("SELECT get_thing_shadow(a, 'r')", scope: scope).Verdict.ShouldBe(RuleVerdict.FunctionFailed);
        Refused("SELECT aws_lambda('arn:other', a)").Message.ShouldBe("no function endpoint for arn:other");
        Text(Evaluate("SELECT AWS_Lambda('arn:known', *)")).ShouldBe("""{"AWS_Lambda":"aws_lambda/2"}""");
    }

    [Fact]
    public void Rules_19_external_functions_keep_decimals_in_2015()
    {
        var statement = Parse("SELECT get_secret('a', 'SecretString', 'r') AS s", SqlVersion.V2015);
        Text(statement.Evaluate(Message("m/1", "{}"), Now)).ShouldBe("""{"s":"get_secret/3"}""");
    }
}
