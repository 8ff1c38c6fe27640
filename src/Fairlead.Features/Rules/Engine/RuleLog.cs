using Fairlead.Features.Logging;
using Fairlead.Features.Logs;
using Fairlead.Features.Rules.Actions;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Rules.Engine;

/// <summary>
/// What rules tell: the structured log with the events of AWS (spec/aws-rules, section 11), and a line in the hub's log for the first failure of
/// each kind and then now and again. Payloads and header values are never told.
/// </summary>
/// <param name="events">The structured log.</param>
/// <param name="log">The hub's log.</param>
/// <param name="time">Clock.</param>
internal sealed partial class RuleLog(EventLog events, ILogger log, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>A message is on a rule's filter.</summary>
    public void Matched(RuleRunner rule, RuleJob job)
    {
        if (events.IsOn(EventLogLevel.Info)) events.Succeeded(Entry("RuleMatch", rule.Name, job));
    }

    /// <summary>An action begins.</summary>
    public void Starting(ActionRunner action, RuleJob job)
    {
        if (events.IsOn(EventLogLevel.Info))
            events.Succeeded(Entry("StartingRuleExecution", action.Rule.Name, job) with { RuleAction = action.LogName });
    }

    /// <summary>An action has ended.</summary>
    public void Ended(ActionRunner action, ActionCall call, RuleJob job)
    {
        bool isSuccess = call.Result.Outcome == ActionOutcome.Succeeded;
        if (!isSuccess) Failed(action, call, job);
        if (!events.IsOn(isSuccess ? EventLogLevel.Info : EventLogLevel.Error)) return;
        var entry = Entry("RuleExecution", action.Rule.Name, job) with { RuleAction = action.LogName, Resources = ResourcesOf(action, call) };
        if (isSuccess) events.Succeeded(entry);
        else events.Failed(entry, "RuleExecutionFailed", call.Result.Message);
    }

    /// <summary>An external function of a statement has failed; the rule stops for this message [U38].</summary>
    public void FunctionFailed(RuleRunner rule, RuleJob job, string why)
    {
        if (rule.Gate.MayPass(time, Pause)) LogFunctionFailed(rule.Name, why);
        if (events.IsOn(EventLogLevel.Error))
            events.Failed(Entry("FunctionExecution", rule.Name, job) with { ClientId = "N/A" }, "FunctionExecutionFailed", why);
    }

    /// <summary>External functions of a statement have answered.</summary>
    public void FunctionsCalled(RuleRunner rule, RuleJob job)
    {
        if (events.IsOn(EventLogLevel.Debug))
            events.Write(Entry("FunctionExecution", rule.Name, job) with { ClientId = "N/A", LogLevel = "DEBUG" }, EventLogLevel.Debug);
    }

    /// <summary>A payload is not JSON, where the statement needs JSON.</summary>
    public void NotJson(RuleRunner rule, RuleJob job)
    {
        if (!events.IsOn(EventLogLevel.Debug)) return;
        var entry = Entry("RuleMatch", rule.Name, job) with { LogLevel = "DEBUG", Reason = "ParseError", Details = "the payload is not JSON" };
        events.Write(entry, EventLogLevel.Debug);
    }

    /// <summary>Basic ingest named a rule that is not there, or is disabled.</summary>
    public void NotFound(string ruleName, string topic, string? clientId)
    {
        if (!events.IsOn(EventLogLevel.Error)) return;
        var entry = new LogEntry("RuleNotFound") { RuleName = ruleName, TopicName = topic, ClientId = clientId ?? "N/A" };
        events.Failed(entry, "RuleNotFound", $"Rule {ruleName} not found");
    }

    /// <summary>A message was dropped because too many wait.</summary>
    public void Throttled(RuleRunner rule, RuleJob job, string what)
    {
        // Under overload one line in a while says it; the counters say how often.
        if (!rule.ThrottleGate.MayPass(time, Pause)) return;
        LogThrottled(rule.Name, what, rule.State.Counters.Throttled);
        if (events.IsOn(EventLogLevel.Error))
            events.Failed(Entry("RuleMessageThrottled", rule.Name, job), "RuleExecutionThrottled", $"more messages wait for {what} than are kept; the oldest was dropped");
    }

    /// <summary>A rule in the store cannot run as it stands.</summary>
    [LoggerMessage(EventId = 7000, Level = LogLevel.Error, Message = "rule {Rule} cannot run as it is stored: {Problem}", EventName = "rule_broken")]
    public partial void Broken(string rule, string problem);

    /// <summary>A rule would trigger itself.</summary>
    [LoggerMessage(EventId = 7001, Level = LogLevel.Warning, Message = "rule {Rule} republishes to {Topic}, which its own filter {Filter} matches: it triggers itself", EventName = "rule_loop")]
    public partial void Loops(string rule, string topic, string filter);

    /// <summary>A fault of the engine itself.</summary>
    [LoggerMessage(EventId = 7002, Level = LogLevel.Error, Message = "rule {Rule} failed unexpectedly", EventName = "rule_fault")]
    public partial void Fault(Exception exception, string rule);

    /// <summary>What lay in the store at start.</summary>
    [LoggerMessage(EventId = 7003, Level = LogLevel.Information, Message = "{Messages} messages that rules had not ended with are run again; for {Gone} more there is no rule any more", EventName = "rule_resumed")]
    public partial void Resumed(int messages, int gone);

    /// <summary>Messages are left behind at the end.</summary>
    [LoggerMessage(EventId = 7004, Level = LogLevel.Warning, Message = "{Messages} messages of rules have not ended; those that were promised are run again at the next start", EventName = "rule_unfinished")]
    public partial void Unfinished(long messages);

    private static LogEntry Entry(string eventType, string ruleName, RuleJob job) => new(eventType)
    {
        TraceId = job.TraceId,
        RuleName = ruleName,
        TopicName = job.Message.Topic,
        ClientId = job.ClientId ?? "N/A",
        PrincipalId = job.PrincipalId,
        SourceIp = job.Message.SourceIp,
    };

    private static Dictionary<string, string> ResourcesOf(ActionRunner action, ActionCall call) =>
        new(StringComparer.Ordinal) { [action.Member == "republish" ? "RepublishTopic" : action.LogName.Replace("Action", "Target", StringComparison.Ordinal)] = call.Resource };

    private void Failed(ActionRunner action, ActionCall call, RuleJob job)
    {
        if (action.Gate.MayPass(time, Pause)) LogActionFailed(action.Rule.Name, action.LogName, call.Resource, call.Result.Message ?? "", job.TraceId);
    }

    [LoggerMessage(EventId = 7005, Level = LogLevel.Warning, Message = "rule {Rule}: {Action} to {Resource} failed: {Reason} (trace {TraceId}; further failures are counted, and told every ten seconds)", EventName = "rule_failed")]
    private partial void LogActionFailed(string rule, string action, string resource, string reason, string traceId);

    [LoggerMessage(EventId = 7006, Level = LogLevel.Warning, Message = "rule {Rule}: a function failed: {Reason}", EventName = "rule_function_failed")]
    private partial void LogFunctionFailed(string rule, string reason);

    [LoggerMessage(EventId = 7007, Level = LogLevel.Warning, Message = "rule {Rule}: too many messages wait for {What}, {Dropped} were dropped so far", EventName = "rule_throttled")]
    private partial void LogThrottled(string rule, string what, long dropped);
}
