using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Engine;

namespace Fairlead.Server.Observability;

/// <summary>Metrics of the rules engine. A rule without messages has no series yet, except for its queue.</summary>
internal static class RuleMetrics
{
    private static readonly (HttpFaultKind Kind, string Name)[] FaultNames =
    [
        (HttpFaultKind.Code4xx, "code_4xx"), (HttpFaultKind.Code5xx, "code_5xx"), (HttpFaultKind.CodeOther, "code_other"), (HttpFaultKind.InvalidUrl, "invalid_url"),
        (HttpFaultKind.RequestTimeout, "request_timeout"), (HttpFaultKind.UnknownHost, "unknown_host"),
    ];

    /// <summary>All of them.</summary>
    public static IEnumerable<Metric> All =>
    [
        PerRule("fairlead_rule_matches_total", MetricKind.Counter, "{message}", "Messages on the filter of a rule, basic ingest included.", static c => c.Matches),
        PerRule("fairlead_rule_executions_total", MetricKind.Counter, "{message}", "Messages for which WHERE passed, so that the actions started.", static c => c.Executions),
        PerRule("fairlead_rule_parse_errors_total", MetricKind.Counter, "{message}", "Messages whose payload is not JSON where the rule needs JSON.", static c => c.ParseErrors),
        PerRule("fairlead_rule_function_failures_total", MetricKind.Counter, "{message}", "Messages for which an external function of the rule failed.", static c => c.FunctionFailures),
        PerRule("fairlead_rule_throttled_total", MetricKind.Counter, "{message}", "Messages dropped because too many waited for the rule or one of its actions.", static c => c.Throttled),
        PerRule("fairlead_rule_queue_length", MetricKind.Gauge, "{message}", "Messages that wait for a rule, or whose actions have not ended.", static c => c.Open),
        new("fairlead_rule_actions_total", MetricKind.Counter, "{call}", "Calls of actions that have ended, by type and result.", ["rule", "action", "result"],
            static s => Actions(s, isErrorAction: false)),
        new("fairlead_rule_error_actions_total", MetricKind.Counter, "{call}", "Calls of error actions that have ended, by type and result.", ["rule", "action", "result"],
            static s => Actions(s, isErrorAction: true)),
        new("fairlead_rule_action_retries_total", MetricKind.Counter, "{try}", "Tries of actions after the first.", ["rule", "action"], Retries),
        new("fairlead_rule_http_faults_total", MetricKind.Counter, "{request}", "Requests of http actions that met with a fault, by its kind.", ["rule", "fault"], HttpFaults),
        new("fairlead_rule_not_found_total", MetricKind.Counter, "{message}", "Messages of basic ingest to a rule that is not there or is disabled.", [],
            static s => [new MetricSample([], s.Rules?.Engine.NotFound ?? 0)]),
        new("fairlead_rule_metric", MetricKind.Gauge, "1", "Newest value that a cloudwatchMetric action has written.", ["namespace", "name", "unit"], Written),
    ];

    private static Metric PerRule(string name, MetricKind kind, string unit, string help, Func<RuleCounters, long> read) =>
        new(name, kind, unit, help, ["rule"], sources => States(sources).Select(state => new MetricSample([state.Name], read(state.Counters))));

    private static IEnumerable<RuleState> States(MetricSources sources) =>
        (sources.Rules?.Engine.States ?? []).OrderBy(static state => state.Name, StringComparer.Ordinal);

    private static IEnumerable<MetricSample> Actions(MetricSources sources, bool isErrorAction)
    {
        foreach (var state in States(sources))
        {
            foreach (var action in state.Actions.Where(action => action.IsErrorAction == isErrorAction))
            {
                yield return new([state.Name, action.Member, "success"], action.Succeeded);
                yield return new([state.Name, action.Member, "failure"], action.Failed);
                yield return new([state.Name, action.Member, "dropped"], action.Dropped);
            }
        }
    }

    private static IEnumerable<MetricSample> Retries(MetricSources sources)
    {
        foreach (var state in States(sources))
        {
            foreach (var type in state.Actions.GroupBy(static action => action.Member, StringComparer.Ordinal))
                yield return new([state.Name, type.Key], type.Sum(static action => action.Retries));
        }
    }

    // Names after those of AWS: HttpCode_4XX, HttpCode_5XX, HttpCode_Other, HttpInvalidUrl, HttpRequestTimeout, HttpUnknownHost.
    private static IEnumerable<MetricSample> HttpFaults(MetricSources sources)
    {
        foreach (var state in States(sources))
        {
            foreach (var (kind, name) in FaultNames)
            {
                long faults = state.Actions.Sum(action => action.HttpFaults(kind));
                if (faults > 0) yield return new([state.Name, name], faults);
            }
        }
    }

    private static IEnumerable<MetricSample> Written(MetricSources sources) =>
        (sources.Rules?.Metrics.Series ?? []).Select(static series => new MetricSample([series.Name.Namespace, series.Name.Name, series.Name.Unit], series.Value));
}
