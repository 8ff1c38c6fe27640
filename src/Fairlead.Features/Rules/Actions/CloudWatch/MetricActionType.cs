using System.Globalization;
using System.Text.Json;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Features.Rules.Actions.CloudWatch;

/// <summary>The action type <c>cloudwatchMetric</c>: sets a series on the hub's metrics page (<c>fairlead_rule_metric</c>).</summary>
internal sealed class MetricActionType(RuleMetricBoard board, TimeProvider time) : IRuleActionType
{
    /// <inheritdoc/>
    public string Member => "cloudwatchMetric";

    /// <inheritdoc/>
    public string LogName => "CloudwatchMetricAction";

    /// <inheritdoc/>
    public IRuleAction Create(JsonElement definition, ActionSetup setup)
    {
        setup.Only(definition, "roleArn", "metricNamespace", "metricName", "metricValue", "metricUnit", "metricTimestamp");
        setup.Text(definition, "roleArn");
        return new MetricAction(board, time)
        {
            Namespace = setup.Template(definition, "metricNamespace"),
            Name = setup.Template(definition, "metricName"),
            Value = setup.Template(definition, "metricValue"),
            Unit = setup.Template(definition, "metricUnit"),
            At = setup.OptionalTemplate(definition, "metricTimestamp"),
        };
    }

    private sealed class MetricAction(RuleMetricBoard board, TimeProvider time) : IRuleAction
    {
        private const int Longest = 255;

        public bool IsLocal => true;

        public required RuleTemplate Namespace { get; init; }

        public required RuleTemplate Name { get; init; }

        public required RuleTemplate Value { get; init; }

        public required RuleTemplate Unit { get; init; }

        public RuleTemplate? At { get; init; }

        public ActionCall Prepare(RuleEvaluation evaluation)
        {
            var name = new RuleMetricName(Namespace.Resolve(evaluation), Name.Resolve(evaluation), Unit.Resolve(evaluation));
            var call = new Call(evaluation, name);
            if (name.Namespace.Length is 0 or > Longest || name.Name.Length is 0 or > Longest || name.Unit.Length > Longest)
                return call.Fail($"metricNamespace and metricName must have 1 to {Longest} characters");
            if (!double.TryParse(Value.Resolve(evaluation), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
                return call.Fail("metricValue is not a number");
            call.Value = value;
            call.At = time.GetUtcNow().ToUnixTimeSeconds();
            if (At is null || At.Resolve(evaluation) is not { Length: > 0 } text) return call;
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var at)) return call.Fail("metricTimestamp is not a number of seconds since 1970");
            call.At = at;
            return call;
        }

        public ValueTask RunAsync(IReadOnlyList<ActionCall> calls, CancellationToken cancellationToken)
        {
            foreach (var call in calls.Cast<Call>())
            {
                if (board.TryWrite(call.Name, call.Value, call.At)) call.Succeed();
                else call.Fail("there are as many series as are kept (Rules:MaximumMetricSeries)");
            }

            return default;
        }

        public ValueTask DisposeAsync() => default;

        private sealed class Call(RuleEvaluation evaluation, RuleMetricName name) : ActionCall(evaluation, $"{name.Namespace}/{name.Name}")
        {
            public RuleMetricName Name { get; } = name;

            public double Value { get; set; }

            public long At { get; set; }
        }
    }
}
