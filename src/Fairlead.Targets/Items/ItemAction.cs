using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Targets.Items;

/// <summary>The dynamoDB and dynamoDBv2 actions.</summary>
/// <param name="prepare">Makes the call for one message.</param>
/// <param name="store">Where items go.</param>
/// <param name="patience">How long calls are tried.</param>
internal sealed class ItemAction(Func<RuleEvaluation, ActionCall> prepare, IItemStore store, TimeSpan patience) : IRuleAction
{
    /// <inheritdoc/>
    public int LargestBatch => store.LargestBatch;

    /// <inheritdoc/>
    public TimeSpan Patience => patience;

    /// <inheritdoc/>
    public ActionCall Prepare(RuleEvaluation evaluation) => prepare(evaluation);

    /// <inheritdoc/>
    public ValueTask RunAsync(IReadOnlyList<ActionCall> calls, CancellationToken cancellationToken) =>
        store.WriteAsync([.. calls.Cast<ItemCall>()], cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
