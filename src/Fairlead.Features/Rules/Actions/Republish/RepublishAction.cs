using Fairlead.Broker;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Features.Rules.Engine;
using Fairlead.Features.Rules.Sql;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Features.Rules.Actions.Republish;

/// <summary>
/// Publishes the output of a rule. It has succeeded when what has to be kept of the publication is kept: for stored Sessions, and for rules
/// that it triggers in turn. Never retained; without headers the properties of the original are not copied.
/// </summary>
internal sealed class RepublishAction(
    Func<MqttBroker> broker, RulesOptions options, RuleTemplate topic, QualityOfService qos, RepublishHeaders? headers) : IRuleAction
{
    /// <inheritdoc/>
    public bool IsLocal => true;

    /// <inheritdoc/>
    public int MostRunning => 1024;

    /// <inheritdoc/>
    public ActionCall Prepare(RuleEvaluation evaluation)
    {
        var text = topic.Resolve(evaluation);
        if (RepublishTopic.Problem(text) is { } problem) return Failed(evaluation, text, $"the topic {problem}");
        if (evaluation.Message.Hops >= options.MaximumHops) return Failed(evaluation, text, "republish depth exceeded");
        var name = RepublishTopic.NameOf(text);
        if (broker().FindTopicFault(name, retain: false) is { } fault) return Failed(evaluation, text, $"the topic cannot be published to: {fault}");
        var properties = PublishProperties.None;
        if (headers?.TryResolve(evaluation, broker().Options.MaximumMessageExpiry, out properties) is { } wrong) return Failed(evaluation, text, wrong);
        return new Call(evaluation, name, new PublishRequest
        {
            Topic = name,
            Payload = evaluation.Output,
            QoS = qos,
            Properties = properties,
            Cause = new RuleCause(evaluation.Message.Hops + 1, evaluation.Message.TraceId),
        });
    }

    /// <inheritdoc/>
    public async ValueTask RunAsync(IReadOnlyList<ActionCall> calls, CancellationToken cancellationToken)
    {
        foreach (var call in calls)
        {
            var receipt = new Receipt();
            var result = broker().Publish(((Call)call).Request, receipt);
            receipt.Release();
            if (!result.Accepted) call.Fail(result.Reason);
            else if (await receipt.WaitAsync(cancellationToken).ConfigureAwait(false)) call.Succeed();
            else call.Fail("the store could not keep it");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;

    private static ActionCall Failed(RuleEvaluation evaluation, string topic, string why) => new ActionCall(evaluation, topic).Fail(why);

    private sealed class Call(RuleEvaluation evaluation, string topic, PublishRequest request) : ActionCall(evaluation, topic)
    {
        public PublishRequest Request { get; } = request;
    }

    /// <summary>Settled at once when nothing has to be kept, which is the rule.</summary>
    private sealed class Receipt : CommitReceipt
    {
        private static readonly TaskCompletionSource<bool> Settled = new();

        private TaskCompletionSource<bool>? _waiter;

        public ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
        {
            if (ReferenceEquals(Volatile.Read(ref _waiter), Settled)) return new(!Failed);
            var waiter = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return Interlocked.CompareExchange(ref _waiter, waiter, null) is null ? new(waiter.Task.WaitAsync(cancellationToken)) : new(!Failed);
        }

        protected override void OnSettled() => Interlocked.Exchange(ref _waiter, Settled)?.TrySetResult(!Failed);
    }
}
