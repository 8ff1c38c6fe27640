using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Fairlead.Features.Api;
using Fairlead.Features.Rules.Engine;
using Fairlead.Features.Rules.Sql;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Rules.Testing;

/// <summary>
/// Evaluates a statement against one message, with the same engine that runs rules, and says which clause failed and with which values. No
/// action runs.
/// </summary>
internal sealed class RuleTester(FeatureContext context, RuleCompiler compiler, RuleEngine engine)
{
    /// <summary><c>POST /v1/rules/test</c>.</summary>
    public ApiResponse Test(ApiRequest request)
    {
        var input = request.Body(RuleTestJson.Default.RuleTestDocument);
        var sql = input.Sql ?? throw ApiException.InvalidRequest("sql is missing");
        var version = SqlVersion.V2016;
        if (input.AwsIotSqlVersion is { } name && !SqlVersions.TryParse(name, out version))
            throw ApiException.InvalidRequest($"awsIotSqlVersion must be 2015-10-08, 2016-03-23 or beta, not '{name}'");
        var statement = compiler.Parse(sql, version);
        var message = MessageOf(input, statement);
        var evaluation = statement.Evaluate(message, context.Time.GetUtcNow());
        return ApiResponse.Json(AnswerOf(statement, message, evaluation), RuleTestJson.Default.RuleTestAnswer);
    }

    private RuleMessage MessageOf(RuleTestDocument input, RuleStatement statement)
    {
        if (input.Last == true)
        {
            if (input.Topic is not null || input.Payload is not null || input.PayloadBase64 is not null)
                throw ApiException.InvalidRequest("last takes a message that came, so neither topic nor payload may be given");
            if (statement.TopicFilter is null) throw ApiException.InvalidRequest("last needs a statement with FROM");
            return LastMessages.Find(engine.States, statement)
                ?? throw ApiException.NotFound("no message on this filter is remembered: a rule that is enabled has to have seen it since the hub started");
        }

        var topic = input.Topic ?? throw ApiException.InvalidRequest("topic is missing");
        if (!TopicName.IsValid(topic)) throw ApiException.InvalidRequest("topic must be a Topic Name, without wildcards");
        if (input is { Payload: not null, PayloadBase64: not null }) throw ApiException.InvalidRequest("payload and payloadBase64 exclude each other");
        return new RuleMessage
        {
            Topic = topic,
            Payload = input.PayloadBase64 ?? Encoding.UTF8.GetBytes(input.Payload ?? ""),
            ClientId = input.ClientId ?? RuleMessage.NoClient,
            TraceId = input.ClientId is null ? null : Guid.NewGuid().ToString(),
        };
    }

    private static RuleTestAnswer AnswerOf(RuleStatement statement, RuleMessage message, RuleEvaluation evaluation)
    {
        bool isMatched = evaluation.Verdict == RuleVerdict.Matched;
        var (result, explanation) = Explain(statement, message, evaluation);
        JsonElement? output = null;
        if (isMatched && evaluation is { OutputIsJson: true, Output.Length: > 0 })
        {
            using var document = JsonDocument.Parse(evaluation.Output);
            output = document.RootElement.Clone();
        }

        var clauses = evaluation.Explain().Select(static clause =>
            new RuleTestClause(clause.Clause, clause.Depth, clause.Text, clause.Result, clause.Operands.Length == 0 ? null : clause.Operands));
        return new RuleTestAnswer(
            result, explanation, message.Topic, Utf8.IsValid(message.Payload.Span) ? Encoding.UTF8.GetString(message.Payload.Span) : null, message.Payload,
            output, isMatched ? evaluation.Output : null, [.. clauses]);
    }

    private static (string Result, string Explanation) Explain(RuleStatement statement, RuleMessage message, RuleEvaluation evaluation)
    {
        if (evaluation.Verdict == RuleVerdict.FunctionFailed) return ("function", evaluation.Failure ?? "an external function failed");
        if (statement.TopicFilter is { } filter && !statement.MatchesTopic(message.Topic)) return ("from", $"FROM does not match: {message.Topic} is not on '{filter}'");
        if (evaluation.Verdict == RuleVerdict.Matched)
            return ("matched", statement.TopicFilter is null ? "the statement matched; without FROM it is reached by basic ingest alone" : "the statement matched");
        var where = evaluation.Explain().FirstOrDefault(static clause => clause.Clause == "WHERE");
        var why = where?.ToString() ?? "WHERE was not true";
        return ("where", evaluation.PayloadWasNotJson ? why + "; the payload is no JSON object or array" : why);
    }
}
