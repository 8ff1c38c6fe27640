using Fairlead.Features.Rules.Sql;

namespace Fairlead.Features.Rules.Actions;

/// <summary>
/// An action of one rule. It tries once and says what became of it; queueing, batching, time limit, retries, circuit breaker, error action,
/// counting and logging are the engine's. Calls of <see cref="RunAsync"/> may overlap.
/// </summary>
internal interface IRuleAction : IAsyncDisposable
{
    /// <summary>Most calls that one <see cref="RunAsync"/> takes; 1 when each goes alone.</summary>
    int LargestBatch => 1;

    /// <summary>How long a batch may stay open for more calls; zero sends what is there.</summary>
    TimeSpan BatchDelay => TimeSpan.Zero;

    /// <summary>Longest that one try may take.</summary>
    TimeSpan Timeout => TimeSpan.FromSeconds(10);

    /// <summary>Longest that all tries of a call may take together; no try begins later.</summary>
    TimeSpan LongestOverall => TimeSpan.MaxValue;

    /// <summary>
    /// How long a call that fails for now is tried further, once the usual three tries are used up: a server that is started anew loses nothing.
    /// </summary>
    TimeSpan Patience => TimeSpan.Zero;

    /// <summary>
    /// Whether it stays within this process: it is then called on the rule's worker, with neither time limit nor retries nor circuit breaker.
    /// </summary>
    bool IsLocal => false;

    /// <summary>Most calls of <see cref="RunAsync"/> under way at a time.</summary>
    int MostRunning => 8;

    /// <summary>Whether two calls may go into one batch; asked only when <see cref="LargestBatch"/> is above 1.</summary>
    bool MayShareBatch(ActionCall first, ActionCall next) => true;

    /// <summary>
    /// Resolves the templates for one message. No I/O, never throws: what cannot be done is a call that has failed already.
    /// </summary>
    /// <param name="evaluation">What the rule made of the message; its output is the payload.</param>
    ActionCall Prepare(RuleEvaluation evaluation);

    /// <summary>
    /// Tries the calls once and sets <see cref="ActionCall.Result"/> on each. Faults of the target become results, not exceptions; an
    /// exception counts as a passing fault of every call that has no result yet.
    /// </summary>
    /// <param name="calls">1 to <see cref="LargestBatch"/> calls, none of which has failed already.</param>
    /// <param name="cancellationToken">Cancelled at the time limit and at the end of the hub.</param>
    ValueTask RunAsync(IReadOnlyList<ActionCall> calls, CancellationToken cancellationToken);
}
