using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Features.Rules.Engine;

/// <summary>
/// One action of one version of a rule: calls wait in a bounded queue, go out in batches, a bounded number of batches at a time, and are tried
/// again when that may help (spec/aws-rules, section 11).
/// </summary>
internal sealed class ActionRunner
{
    private readonly CompiledAction _compiled;
    private readonly ActionCounters _counters;
    private readonly ActionTries _tries;
    private readonly DroppingQueue<PendingCall> _queue;
    private readonly Lock _lock = new();
    private readonly ITimer? _batchTimer;
    private bool _isPumping;
    private bool _isBatchDue;
    private bool _isTimerSet;
    private int _running;

    /// <summary>Makes it.</summary>
    public ActionRunner(RuleRunner rule, CompiledAction compiled, bool isErrorAction)
    {
        Rule = rule;
        IsErrorAction = isErrorAction;
        _compiled = compiled;
        var engine = rule.Engine;
        _counters = rule.State.CountersOf(compiled.Type.Member, isErrorAction);
        _tries = new ActionTries(compiled.Action, _counters, engine.Time, engine.Stopping);
        _queue = new DroppingQueue<PendingCall>(engine.Options.QueueLength, engine.Options.QueueSize);
        if (compiled.Action is { LargestBatch: > 1 } batching && batching.BatchDelay > TimeSpan.Zero)
            _batchTimer = engine.Time.CreateTimer(_ => OnBatchDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The rule.</summary>
    public RuleRunner Rule { get; }

    /// <summary>Whether it is the error action.</summary>
    public bool IsErrorAction { get; }

    /// <summary>Member of the union, such as <c>republish</c>.</summary>
    public string Member => _compiled.Type.Member;

    /// <summary>Name in logs and error documents, such as <c>RepublishAction</c>.</summary>
    public string LogName => _compiled.Type.LogName;

    /// <summary>For lines about its failures.</summary>
    public LogGate Gate { get; } = new();

    /// <summary>Starts the action for one message.</summary>
    /// <param name="evaluation">What the rule made of the message, or the error document about it.</param>
    /// <param name="execution">Is told of the end, once.</param>
    public void Start(RuleEvaluation evaluation, RuleExecution execution)
    {
        Rule.Engine.Log.Starting(this, execution.Job);
        var pending = new PendingCall(Prepare(evaluation), execution);
        if (pending.Call.Result.Outcome == ActionOutcome.Failed)
        {
            _counters.CountHttpFault(pending.Call);
            End(pending);
            return;
        }

        List<PendingCall>? dropped;
        lock (_lock) dropped = _queue.Enqueue(pending, pending.Call.Payload.Length + 256);
        _counters.CountWaiting(1 - (dropped?.Count ?? 0));
        foreach (var oldest in dropped ?? [])
        {
            _counters.CountDropped();
            oldest.Execution.Dropped(this, oldest.Call);
        }

        Pump();
    }

    /// <summary>Lets go of the action.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_batchTimer is not null) await _batchTimer.DisposeAsync().ConfigureAwait(false);
        await _compiled.Action.DisposeAsync().ConfigureAwait(false);
    }

    private ActionCall Prepare(RuleEvaluation evaluation)
    {
        try
        {
            return _compiled.Action.Prepare(evaluation);
        }
        catch (Exception exception)
        {
            Rule.Engine.Log.Fault(exception, Rule.Name);
            return new ActionCall(evaluation, Member).Fail("the action failed unexpectedly: see the hub's log");
        }
    }

    /// <summary>Sends what may go. One thread at a time, so that calls begin in their order.</summary>
    private void Pump()
    {
        lock (_lock)
        {
            // Whoever is at it looks again before he ends.
            if (_isPumping) return;
            _isPumping = true;
        }

        while (TakeBatch() is { } batch)
        {
            _counters.CountWaiting(-batch.Count);
            // What stays in the process is quick; all else must not hold up the rule's worker, not even until its first wait.
            var run = _compiled.Action.IsLocal ? RunAsync(batch) : Task.Run(() => RunAsync(batch));
            if (!run.IsCompleted) _ = PumpAfterAsync(run);
        }
    }

    private async Task PumpAfterAsync(Task run)
    {
        await run.ConfigureAwait(false);
        Pump();
    }

    private List<PendingCall>? TakeBatch()
    {
        var action = _compiled.Action;
        lock (_lock)
        {
            _isPumping = _running < action.MostRunning && _queue.Count > 0 && !WaitsForMore(action);
            if (!_isPumping) return null;

            _queue.TryDequeue(out var first);
            var batch = new List<PendingCall>(1) { first! };
            while (batch.Count < action.LargestBatch && _queue.TryPeek(out var next) && action.MayShareBatch(first!.Call, next.Call))
            {
                _queue.TryDequeue(out next);
                batch.Add(next!);
            }

            if (_queue.Count == 0) _isBatchDue = false;
            _running++;
            return batch;
        }
    }

    /// <summary>Whether a batch that is not full may still wait a moment.</summary>
    private bool WaitsForMore(IRuleAction action)
    {
        if (_batchTimer is null || _queue.Count >= action.LargestBatch || _isBatchDue) return false;
        if (!_isTimerSet) _batchTimer.Change(action.BatchDelay, Timeout.InfiniteTimeSpan);
        return _isTimerSet = true;
    }

    private void OnBatchDue()
    {
        lock (_lock)
        {
            _isTimerSet = false;
            _isBatchDue = _queue.Count > 0;
        }

        Pump();
    }

    private async Task RunAsync(List<PendingCall> batch)
    {
        bool hasEnded = await _tries.RunAsync(batch.ConvertAll(static pending => pending.Call)).ConfigureAwait(false);
        // At the end of the hub what was promised stays in the store and is run again at the next start.
        if (!hasEnded) return;
        foreach (var pending in batch) End(pending);
        lock (_lock) _running--;
    }

    private void End(PendingCall pending)
    {
        _counters.CountEnded(pending.Call.Result.Outcome == ActionOutcome.Succeeded);
        Rule.Engine.Log.Ended(this, pending.Call, pending.Execution.Job);
        pending.Execution.Ended(this, pending.Call);
    }

    private sealed record PendingCall(ActionCall Call, RuleExecution Execution);
}
