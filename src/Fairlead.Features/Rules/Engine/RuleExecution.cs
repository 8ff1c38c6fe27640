using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Features.Rules.Engine;

/// <summary>
/// One message for which WHERE passed, until its actions have ended and, when any of them failed for good, the error action has too
/// (spec/aws-rules, section 8).
/// </summary>
internal sealed class RuleExecution
{
    private readonly RuleRunner _rule;
    private readonly Lock _lock = new();
    private List<ErrorDocumentFailure>? _failures;
    private int _open;

    /// <summary>Begins.</summary>
    public RuleExecution(RuleRunner rule, RuleJob job, RuleEvaluation evaluation)
    {
        _rule = rule;
        Job = job;
        Evaluation = evaluation;
        _open = rule.Actions.Count;
    }

    /// <summary>The message.</summary>
    public RuleJob Job { get; }

    /// <summary>What the rule made of it.</summary>
    public RuleEvaluation Evaluation { get; }

    /// <summary>Starts all actions; without any it is over at once.</summary>
    public void Start()
    {
        if (_open == 0) _rule.Ended(Job);
        else foreach (var action in _rule.Actions) action.Start(Evaluation, this);
    }

    /// <summary>An action has ended.</summary>
    public void Ended(ActionRunner action, ActionCall call)
    {
        bool isSuccess = call.Result.Outcome == ActionOutcome.Succeeded;
        if (!isSuccess) Note(action, call.Resource, call.Result.Message ?? "");
        if (action.IsErrorAction)
        {
            _rule.Ended(Job);
            return;
        }

        if (!isSuccess && _rule.ErrorAction is not null)
        {
            var topic = Job.Message.Topic;
            var failure = new ErrorDocumentFailure(
                action.LogName, call.Resource, $"{call.Result.Message}. Message arrived on: {topic}, Action: {action.Member}, Target: {call.Resource}");
            lock (_lock) (_failures ??= []).Add(failure);
        }

        OneLess();
    }

    /// <summary>A call was dropped because too many waited. It is lost: an error action would only add to the load.</summary>
    public void Dropped(ActionRunner action, ActionCall call)
    {
        _rule.State.Counters.CountThrottled();
        Note(action, call.Resource, "dropped: too many messages wait for the action");
        _rule.Engine.Log.Throttled(_rule, Job, action.LogName);
        if (action.IsErrorAction) _rule.Ended(Job);
        else OneLess();
    }

    private void OneLess()
    {
        if (Interlocked.Decrement(ref _open) > 0) return;
        if (_failures is null || _rule.ErrorAction is not { } errorAction)
        {
            _rule.Ended(Job);
            return;
        }

        var document = ErrorDocument.Write(_rule.Name, Evaluation.Message, Job.TraceId, _failures);
        errorAction.Start(Evaluation.WithErrorDocument(document), this);
    }

    private void Note(ActionRunner action, string resource, string message) =>
        _rule.State.Note(new RuleFailure(_rule.Engine.Now, action.LogName, resource, message, Job.Message.Topic, Job.TraceId));
}
