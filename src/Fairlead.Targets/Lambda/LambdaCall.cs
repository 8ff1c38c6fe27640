using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Targets.Lambda;

/// <summary>One event for a function.</summary>
/// <param name="evaluation">What the rule made of the message.</param>
/// <param name="function">Function as the rule names it.</param>
internal sealed class LambdaCall(RuleEvaluation evaluation, string function) : ActionCall(evaluation, function)
{
    /// <summary>Where it is served; null when the call has failed already.</summary>
    public Uri? Url { get; set; }
}
