using System.Text.Json;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Features.Rules.Actions;

/// <summary>Stands for an action of a stored rule that this hub cannot run any more. Each of its calls fails and says why.</summary>
internal sealed class UnavailableActionType(string member, string? logName, string why) : IRuleActionType
{
    /// <inheritdoc/>
    public string Member => member;

    /// <inheritdoc/>
    public string LogName => logName ?? char.ToUpperInvariant(member[0]) + member[1..] + "Action";

    /// <inheritdoc/>
    public IRuleAction Create(JsonElement definition, ActionSetup setup) => Create();

    /// <summary>The action.</summary>
    public IRuleAction Create() => new Unavailable(member, why);

    private sealed class Unavailable(string member, string why) : IRuleAction
    {
        public bool IsLocal => true;

        public ActionCall Prepare(RuleEvaluation evaluation) => new ActionCall(evaluation, member).Fail(why);

        public ValueTask RunAsync(IReadOnlyList<ActionCall> calls, CancellationToken cancellationToken) => default;

        public ValueTask DisposeAsync() => default;
    }
}
