using System.Text.Json.Serialization;

namespace Fairlead.Features.Rules.Testing;

/// <summary>Answer of <c>GET /v1/rules/{name}/stats</c>; counted since the hub started.</summary>
/// <param name="RuleName">Rule.</param>
/// <param name="Enabled">Whether it runs.</param>
/// <param name="Matched">Messages on its filter.</param>
/// <param name="Executed">Messages for which WHERE passed.</param>
/// <param name="ParseErrors">Payloads that are not JSON where JSON was needed.</param>
/// <param name="FunctionFailures">Messages that an external function stopped.</param>
/// <param name="Throttled">Messages and calls dropped because too many waited.</param>
/// <param name="Waiting">Messages that wait or whose actions have not ended.</param>
/// <param name="Actions">Actions by type.</param>
/// <param name="Failures">The last twenty, newest first.</param>
internal sealed record RuleStatsDocument(
    string RuleName, bool Enabled, long Matched, long Executed, long ParseErrors, long FunctionFailures, long Throttled, long Waiting,
    IReadOnlyList<RuleActionStatsDocument> Actions, IReadOnlyList<RuleFailureDocument> Failures);

/// <summary>What was counted of the actions of one type.</summary>
internal sealed record RuleActionStatsDocument(string Action, bool ErrorAction, long Succeeded, long Failed, long Dropped, long Retried, int Waiting);

/// <summary>A failure.</summary>
internal sealed record RuleFailureDocument(double Timestamp, string Action, string Resource, string Message, string Topic, string TraceId);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RuleStatsDocument))]
internal sealed partial class RuleStatsJson : JsonSerializerContext;
