using System.Text.Json;
using Fairlead.Features.Api;
using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Features.Rules;

/// <summary>Makes rules of their definitions, and refuses what cannot run: nothing is stored that is then swallowed.</summary>
/// <param name="scope">What statements may know of the hub.</param>
internal sealed class RuleCompiler(SqlScope scope)
{
    /// <summary>Members of the union in the service model; those without a type are refused by name.</summary>
    private static readonly HashSet<string> Model = new(StringComparer.Ordinal)
    {
        "dynamoDB", "dynamoDBv2", "lambda", "sns", "sqs", "kinesis", "republish", "s3", "firehose", "cloudwatchMetric", "cloudwatchAlarm",
        "cloudwatchLogs", "elasticsearch", "openSearch", "salesforce", "iotAnalytics", "iotEvents", "iotSiteWise", "stepFunctions", "timestream",
        "http", "kafka", "location",
    };

    private readonly Dictionary<string, IRuleActionType> _types = new(StringComparer.Ordinal);

    /// <summary>Adds a type of action. While the hub is composed.</summary>
    public void Add(IRuleActionType type) => _types.Add(type.Member, type);

    /// <summary>Compiles a rule that somebody wants to create.</summary>
    /// <exception cref="ApiException">400: SqlParseException for the statement, InvalidRequestException for the actions.</exception>
    public CompiledRule Compile(string name, RulePayload payload)
    {
        var statement = Parse(payload.Sql, payload.Version);
        var actions = new List<CompiledAction>();
        foreach (var union in payload.Actions.EnumerateArray()) actions.Add(Compile(name, statement, union, inErrorAction: false));
        var errorAction = payload.ErrorAction is { } error ? Compile(name, statement, error, inErrorAction: true) : null;
        return new CompiledRule(name, statement, actions, errorAction);
    }

    /// <summary>
    /// Compiles a rule as it lay in the store. An action that this hub cannot run any more, such as one whose target is not configured now,
    /// fails for every message instead.
    /// </summary>
    /// <param name="rule">The rule.</param>
    /// <param name="problem">What is wrong with it; null when nothing is.</param>
    /// <returns>Null when not even its statement can be read.</returns>
    public CompiledRule? Load(TopicRule rule, out string? problem)
    {
        problem = null;
        string? first = null;
        if (TryParse(rule) is not { } statement)
        {
            problem = "its statement cannot be read";
            return null;
        }

        List<CompiledAction> actions = [.. rule.Actions.EnumerateArray().Select(union => Load(union, inErrorAction: false))];
        var errorAction = rule.ErrorAction is { } given ? Load(given, inErrorAction: true) : null;
        problem = first;
        return new CompiledRule(rule.Name, statement, actions, errorAction);

        CompiledAction Load(JsonElement union, bool inErrorAction)
        {
            try
            {
                return Compile(rule.Name, statement, union, inErrorAction);
            }
            catch (ApiException refusal)
            {
                first ??= refusal.Message;
                var member = RulePayload.MemberOf(union);
                var type = new UnavailableActionType(member.Name, _types.GetValueOrDefault(member.Name)?.LogName, refusal.Message);
                return new CompiledAction(type, member.Value, type.Create());
            }
        }
    }

    /// <summary>The statement of a stored rule; null when it cannot be read.</summary>
    public RuleStatement? TryParse(TopicRule rule) =>
        SqlVersions.TryParse(rule.SqlVersion, out var version) && RuleStatement.TryParse(rule.Sql, version, scope, out var statement, out _) ? statement : null;

    /// <summary>Reads a statement.</summary>
    /// <exception cref="ApiException">400 SqlParseException with line and column.</exception>
    public RuleStatement Parse(string sql, SqlVersion version)
    {
        if (!RuleStatement.TryParse(sql, version, scope, out var statement, out var error))
            throw new ApiException(400, "SqlParseException", $"{error.Message} (line {error.Line}, column {error.Column})");
        if (statement.TopicFilter is { } filter && filter.StartsWith("$aws/rules/", StringComparison.Ordinal))
            throw new ApiException(400, "SqlParseException", "FROM must not be a filter below $aws/rules/: such messages go to the rule that they name");
        return statement;
    }

    private CompiledAction Compile(string ruleName, RuleStatement statement, JsonElement union, bool inErrorAction)
    {
        var member = RulePayload.MemberOf(union);
        if (!_types.TryGetValue(member.Name, out var type))
        {
            throw ApiException.InvalidRequest(Model.Contains(member.Name)
                ? $"action {member.Name} has no local target: this hub does not offer it; there are {string.Join(", ", _types.Keys.Order(StringComparer.Ordinal))}"
                : $"there is no action '{(member.Name.Length <= 64 ? member.Name : member.Name[..64])}'; there are {string.Join(", ", _types.Keys.Order(StringComparer.Ordinal))}");
        }

        if (member.Value.ValueKind != JsonValueKind.Object) throw ApiException.InvalidRequest($"action {member.Name} must be a JSON object");
        var setup = new ActionSetup(ruleName, statement, member.Name, inErrorAction);
        return new CompiledAction(type, member.Value.Clone(), type.Create(member.Value, setup));
    }
}
