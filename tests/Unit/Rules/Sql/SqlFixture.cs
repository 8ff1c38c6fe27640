using System.Text;
using Fairlead.Features.Rules.Sql;
using Shouldly;

namespace Fairlead.Unit.Rules.Sql;

/// <summary>Parses and evaluates for tests.</summary>
internal static class SqlFixture
{
    public const string Account = "123456789012";

    public static DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);

    public static SqlScope Scope { get; } = new(Account, new FakeFunctions());

    /// <summary>A message of the example context of spec/aws-rules, section 5.4.</summary>
    public static RuleMessage Message(string topic, byte[] payload) => new()
    {
        Topic = topic,
        Payload = payload,
        ClientId = "dev-7",
        PrincipalId = "c0ffee",
        SourceIp = "192.0.2.10",
        TraceId = "0f8fad5b-d9cb-469f-a165-70867728950e",
        ContentType = "text/csv",
        UserProperties = [new("k", "1"), new("o", "9"), new("k", "2")],
    };

    public static RuleMessage Message(string topic, string payload) => Message(topic, Encoding.UTF8.GetBytes(payload));

    public static RuleStatement Parse(string sql, SqlVersion version = SqlVersion.V2016, SqlScope? scope = null)
    {
        RuleStatement.TryParse(sql, version, scope ?? Scope, out var statement, out var error).ShouldBeTrue($"{sql}: {error}");
        error.ShouldBeNull();
        return statement!;
    }

    public static SqlError Refused(string sql, SqlVersion version = SqlVersion.V2016, SqlScope? scope = null)
    {
        RuleStatement.TryParse(sql, version, scope ?? Scope, out var statement, out var error).ShouldBeFalse(sql);
        statement.ShouldBeNull();
        return error!;
    }

    public static RuleEvaluation Evaluate(string sql, string payload = "{}", SqlVersion version = SqlVersion.V2016, string topic = "m/1", SqlScope? scope = null) =>
        Parse(sql, version, scope).Evaluate(Message(topic, payload), Now);

    /// <summary>JSON text of an expression's value; null when it is Undefined.</summary>
    public static string? Value(string expression, string payload = "{}", SqlVersion version = SqlVersion.V2016)
    {
        string output = Text(Evaluate($"SELECT {expression} AS v", payload, version));
        return output == "{}" ? null : output["{\"v\":".Length..^1];
    }

    public static string Text(RuleEvaluation evaluation)
    {
        evaluation.Verdict.ShouldBe(RuleVerdict.Matched, evaluation.Failure);
        return Encoding.UTF8.GetString(evaluation.Output.Span);
    }

    public static string Resolve(string template, RuleEvaluation evaluation)
    {
        RuleTemplate.TryParse(template, evaluation.Statement, out var parsed, out var error).ShouldBeTrue($"{template}: {error}");
        return parsed!.Resolve(evaluation);
    }
}
