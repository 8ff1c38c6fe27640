using Fairlead.Features.Rules.Sql;

namespace Fairlead.Features.Rules.Engine;

/// <summary>
/// One version of a rule at work: messages wait in its bounded queue, one worker at a time evaluates them, in order, and starts the actions.
/// A version that was replaced works off what it has and then lets go of its actions.
/// </summary>
internal sealed class RuleRunner
{
    private const int LongestTurn = 64;

    private readonly RuleLane _lane;
    private readonly DroppingQueue<RuleJob> _queue;
    private readonly Lock _lock = new();
    private bool _isScheduled;
    private bool _isRetired;
    private int _open;
    private int _disposed;

    /// <summary>Makes it.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="state">What outlives this version.</param>
    /// <param name="lane">Where it runs.</param>
    public RuleRunner(RuleEngine engine, CompiledRule rule, RuleState state, RuleLane lane)
    {
        Engine = engine;
        Rule = rule;
        State = state;
        _lane = lane;
        _queue = new DroppingQueue<RuleJob>(engine.Options.QueueLength, engine.Options.QueueSize);
        Actions = [.. rule.Actions.Select(action => new ActionRunner(this, action, isErrorAction: false))];
        ErrorAction = rule.ErrorAction is { } errorAction ? new ActionRunner(this, errorAction, isErrorAction: true) : null;
    }

    /// <summary>The engine.</summary>
    public RuleEngine Engine { get; }

    /// <summary>The rule.</summary>
    public CompiledRule Rule { get; }

    /// <summary>What outlives this version.</summary>
    public RuleState State { get; }

    /// <summary>Name of the rule.</summary>
    public string Name => Rule.Name;

    /// <summary>Its actions in order.</summary>
    public IReadOnlyList<ActionRunner> Actions { get; }

    /// <summary>Its error action; null for none.</summary>
    public ActionRunner? ErrorAction { get; }

    /// <summary>For lines about failures of the rule itself.</summary>
    public LogGate Gate { get; } = new();

    /// <summary>For lines about dropped messages.</summary>
    public LogGate ThrottleGate { get; } = new();

    /// <summary>Takes a message; when too many wait the oldest is dropped. On the packet path: does not wait.</summary>
    /// <param name="job">The message.</param>
    /// <param name="isForced">Whether it was accepted before a restart, so that it must not be dropped for its number.</param>
    public void Enqueue(RuleJob job, bool isForced)
    {
        List<RuleJob>? dropped;
        bool isIdle;
        State.Counters.CountAccepted();
        Interlocked.Increment(ref _open);
        lock (_lock)
        {
            dropped = _queue.Enqueue(job, job.Size, isForced);
            isIdle = !_isScheduled;
            _isScheduled = true;
        }

        if (isIdle) _lane.Add(this);
        foreach (var oldest in dropped ?? []) Drop(oldest);
    }

    /// <summary>Works off some of what waits. One thread at a time.</summary>
    /// <returns>Whether something is left.</returns>
    public bool RunTurn()
    {
        for (int done = 0; done < LongestTurn; done++)
        {
            RuleJob? job;
            lock (_lock)
            {
                if (!_queue.TryDequeue(out job))
                {
                    _isScheduled = false;
                    return false;
                }
            }

            Run(job);
        }

        return true;
    }

    /// <summary>The rule has ended with a message.</summary>
    public void Ended(RuleJob job)
    {
        State.Counters.CountEnded();
        job.Ended();
        if (Interlocked.Decrement(ref _open) == 0 && Volatile.Read(ref _isRetired)) _ = LetGoAsync();
    }

    /// <summary>No further messages come: another version has its place, or none.</summary>
    public void Retire()
    {
        Volatile.Write(ref _isRetired, true);
        if (Volatile.Read(ref _open) == 0) _ = LetGoAsync();
    }

    /// <summary>Lets go of the actions.</summary>
    public async Task DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        foreach (var action in Actions) await action.DisposeAsync().ConfigureAwait(false);
        if (ErrorAction is not null) await ErrorAction.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>A thread that looked at the rules just before may be about to hand over one message more.</summary>
    private async Task LetGoAsync()
    {
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(5), Engine.Time, Engine.Stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The hub ends: now is as good.
        }

        if (Volatile.Read(ref _open) == 0 || Engine.Stopping.IsCancellationRequested) await DisposeAsync().ConfigureAwait(false);
    }

    private void Run(RuleJob job)
    {
        if (Evaluate(job) is { } evaluation) Act(job, evaluation);
        else Ended(job);
    }

    /// <summary>Null when the engine itself is at fault: the rule goes on all the same, and the message has ended.</summary>
    private RuleEvaluation? Evaluate(RuleJob job)
    {
        State.Counters.CountMatch();
        try
        {
            Engine.Log.Matched(this, job);
            Engine.LastMessages.Note(this, job.Message);
            return Rule.Statement.Evaluate(job.Message, Engine.Time.GetUtcNow());
        }
        catch (Exception exception)
        {
            Engine.Log.Fault(exception, Name);
            return null;
        }
    }

    private void Act(RuleJob job, RuleEvaluation evaluation)
    {
        if (evaluation.PayloadWasNotJson)
        {
            State.Counters.CountParseError();
            Engine.Log.NotJson(this, job);
        }

        switch (evaluation.Verdict)
        {
            case RuleVerdict.Matched:
                if (Rule.Statement.CallsFunctions) Engine.Log.FunctionsCalled(this, job);
                State.Counters.CountExecution();
                new RuleExecution(this, job, evaluation).Start();
                break;
            case RuleVerdict.FunctionFailed:
                // No action, no error action [U38].
                State.Counters.CountFunctionFailure();
                var why = evaluation.Failure ?? "an external function failed";
                State.Note(new RuleFailure(Engine.Now, "FunctionExecution", "", why, job.Message.Topic, job.TraceId));
                Engine.Log.FunctionFailed(this, job, why);
                Ended(job);
                break;
            default:
                Ended(job);
                break;
        }
    }

    private void Drop(RuleJob job)
    {
        State.Counters.CountThrottled();
        State.Note(new RuleFailure(Engine.Now, "RuleMessageThrottled", "", "dropped: too many messages wait for the rule", job.Message.Topic, job.TraceId));
        Engine.Log.Throttled(this, job, "the rule");
        Ended(job);
    }
}
