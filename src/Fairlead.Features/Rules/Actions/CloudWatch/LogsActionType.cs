using System.Text.Json;
using Fairlead.Features.Logs;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Features.Rules.Actions.CloudWatch;

/// <summary>
/// The action type <c>cloudwatchLogs</c>: writes to the hub's structured log, whatever its levels, with the name of the log group.
/// </summary>
internal sealed class LogsActionType(EventLog log) : IRuleActionType
{
    /// <inheritdoc/>
    public string Member => "cloudwatchLogs";

    /// <inheritdoc/>
    public string LogName => "CloudwatchLogsAction";

    /// <inheritdoc/>
    public IRuleAction Create(JsonElement definition, ActionSetup setup)
    {
        setup.Only(definition, "roleArn", "logGroupName", "batchMode");
        setup.Text(definition, "roleArn");
        return new LogsAction(log, setup.RuleName, setup.Template(definition, "logGroupName", longest: 512), setup.Flag(definition, "batchMode"));
    }

    private sealed class LogsAction(EventLog log, string ruleName, RuleTemplate group, bool isBatch) : IRuleAction
    {
        private const int MostEvents = 10_000;

        public bool IsLocal => true;

        public ActionCall Prepare(RuleEvaluation evaluation)
        {
            var call = new ActionCall(evaluation, group.Resolve(evaluation));
            if (call.Resource.Length == 0) return call.Fail("logGroupName is empty");
            return evaluation.OutputIsJson ? call : call.Fail("the output is not JSON, which a log event has to be");
        }

        public ValueTask RunAsync(IReadOnlyList<ActionCall> calls, CancellationToken cancellationToken)
        {
            foreach (var call in calls)
            {
                if (isBatch) WriteBatch(call);
                else Write(call, Entry(call, System.Text.Encoding.UTF8.GetString(call.Payload.Span)));
            }

            return default;
        }

        public ValueTask DisposeAsync() => default;

        private void WriteBatch(ActionCall call)
        {
            using var document = JsonDocument.Parse(call.Payload);
            if (document.RootElement.ValueKind != JsonValueKind.Array || document.RootElement.GetArrayLength() > MostEvents)
            {
                call.Fail($"with batchMode the output must be a list of at most {MostEvents} events");
                return;
            }

            var entries = new List<LogEntry>();
            foreach (var item in document.RootElement.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("timestamp", out var time) || !item.TryGetProperty("message", out var message)
                    || time.ValueKind != JsonValueKind.Number || !time.TryGetInt64(out long milliseconds) || message.ValueKind != JsonValueKind.String
                    || milliseconds is < 0 or > 253_402_300_799_999)
                {
                    call.Fail("with batchMode each event must have a timestamp in milliseconds and a message");
                    return;
                }

                var entry = Entry(call, message.GetString()!);
                entry.Timestamp = EventLog.Show(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
                entries.Add(entry);
            }

            call.Succeed();
            foreach (var entry in entries) Write(call, entry);
        }

        private void Write(ActionCall call, LogEntry entry)
        {
            if (log.Keep(entry)) call.Succeed();
            else call.Fail("events come faster than they can be written");
        }

        private LogEntry Entry(ActionCall call, string message) => new("RuleLog")
        {
            RuleName = ruleName,
            TopicName = call.Evaluation.Message.Topic,
            ClientId = call.Evaluation.Message.ClientId,
            TraceId = call.Evaluation.Message.TraceId,
            LogGroupName = call.Resource,
            Message = message,
        };
    }
}
