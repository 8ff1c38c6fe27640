using Fairlead.Features.Rules.Actions;
using Polly;
using Polly.CircuitBreaker;

namespace Fairlead.Features.Rules.Engine;

/// <summary>
/// Tries calls of an action: at most three times, 0.2 s and 1 s apart, and further every 2 s as long as the action has patience; each within its
/// time limit, and not at all while the target has failed so often lately that the circuit is open.
/// </summary>
internal sealed class ActionTries
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(1)];

    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(2);

    private readonly IRuleAction _action;
    private readonly ActionCounters _counters;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;
    private readonly ResiliencePipeline<bool>? _breaker;

    /// <summary>Makes it.</summary>
    /// <param name="action">The action.</param>
    /// <param name="counters">Counts retries and faults.</param>
    /// <param name="time">Clock.</param>
    /// <param name="stopping">The end of the hub.</param>
    public ActionTries(IRuleAction action, ActionCounters counters, TimeProvider time, CancellationToken stopping)
    {
        _action = action;
        _counters = counters;
        _time = time;
        _stopping = stopping;
        if (action.IsLocal) return;
        _breaker = new ResiliencePipelineBuilder<bool> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
            {
                ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Result is false),
                FailureRatio = 0.9,
                MinimumThroughput = 20,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = TimeSpan.FromSeconds(5),
            })
            .Build();
    }

    /// <summary>Tries until each call has succeeded or failed for good.</summary>
    /// <returns>False when the hub ended first: nothing is known of the calls then.</returns>
    public async ValueTask<bool> RunAsync(IReadOnlyList<ActionCall> calls)
    {
        long begun = _time.GetTimestamp();
        var open = calls;
        for (int attempt = 0; ; attempt++)
        {
            foreach (var call in open) call.Tries++;
            if (_breaker is null) await TryOnceAsync(open).ConfigureAwait(false);
            else await TryWithBreakerAsync(_breaker, open).ConfigureAwait(false);
            if (_stopping.IsCancellationRequested && open.Any(static call => call.Result.Outcome != ActionOutcome.Succeeded)) return false;
            open = StillOpen(open);
            if (open.Count == 0) return true;
            var pause = attempt < Pauses.Length ? Pauses[attempt] : LongPause;
            var next = _time.GetElapsedTime(begun) + pause;
            if (_action.IsLocal || next >= _action.LongestOverall || (attempt >= Pauses.Length && next >= _action.Patience)) break;
            foreach (var _ in open) _counters.CountRetry();
            try
            {
                await Task.Delay(pause, _time, _stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        foreach (var call in open) call.Fail(call.Result.Message ?? "it did not succeed");
        return true;
    }

    private static IReadOnlyList<ActionCall> StillOpen(IReadOnlyList<ActionCall> calls)
    {
        if (calls.Count == 1) return calls[0].Result.Outcome == ActionOutcome.Transient ? calls : [];
        return [.. calls.Where(static call => call.Result.Outcome == ActionOutcome.Transient)];
    }

    private async ValueTask TryWithBreakerAsync(ResiliencePipeline<bool> breaker, IReadOnlyList<ActionCall> calls)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, _stopping);
        try
        {
            var outcome = await breaker.ExecuteOutcomeAsync(
                static async (_, state) =>
                {
                    await state.Self.TryOnceAsync(state.Calls).ConfigureAwait(false);
                    return Outcome.FromResult(state.Calls.Any(static call => call.Result.Outcome != ActionOutcome.Transient));
                },
                context, (Self: this, Calls: calls)).ConfigureAwait(false);
            if (outcome.Exception is not BrokenCircuitException) return;
            const string Why = "not tried: nearly all tries of the last half minute have failed, so the target is left alone for five seconds";
            foreach (var call in calls)
            {
                if (_action.Patience > TimeSpan.Zero) call.FailForNow(Why);
                else call.Fail(Why);
            }
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async ValueTask TryOnceAsync(IReadOnlyList<ActionCall> calls)
    {
        foreach (var call in calls) call.Result = default;
        if (_action.IsLocal)
        {
            await CallAsync(calls, _stopping).ConfigureAwait(false);
            return;
        }

        using var limit = new CancellationTokenSource(_action.Timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping);
        await CallAsync(calls, both.Token).ConfigureAwait(false);
    }

    private async ValueTask CallAsync(IReadOnlyList<ActionCall> calls, CancellationToken cancellationToken)
    {
        string missing = "the action did not say what became of it";
        try
        {
            await _action.RunAsync(calls, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            missing = $"no answer within {_action.Timeout.TotalSeconds:0.###} s";
        }
        catch (Exception exception)
        {
            missing = exception.Message;
        }

        foreach (var call in calls)
        {
            _counters.CountHttpFault(call);
            if (call.Result.Outcome == ActionOutcome.Pending) call.FailForNow(missing);
        }
    }
}
