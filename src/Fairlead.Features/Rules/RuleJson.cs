using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Features.Rules.Destinations;

namespace Fairlead.Features.Rules;

/// <summary>Answer of GetTopicRule.</summary>
internal sealed record RuleAnswerDocument(string RuleArn, RuleDocument Rule);

/// <summary>A rule as GetTopicRule tells it.</summary>
internal sealed record RuleDocument(
    string RuleName, string Sql, string? Description, double CreatedAt, JsonElement Actions, bool RuleDisabled, string AwsIotSqlVersion,
    JsonElement? ErrorAction);

/// <summary>A rule as ListTopicRules tells it.</summary>
internal sealed record RuleEntryDocument(string RuleArn, string RuleName, string? TopicPattern, double CreatedAt, bool RuleDisabled);

/// <summary>A page of rules.</summary>
internal sealed record RulePageDocument(IReadOnlyList<RuleEntryDocument> Rules, string? NextToken);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TopicRule))]
[JsonSerializable(typeof(RuleDestination))]
[JsonSerializable(typeof(RuleAnswerDocument))]
[JsonSerializable(typeof(RulePageDocument))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class RuleJson : JsonSerializerContext;
