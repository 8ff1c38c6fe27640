using Fairlead.Features.Functions;
using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;
using Fairlead.Targets.Http;

namespace Fairlead.Targets.Lambda;

/// <summary>The lambda action: an event for a function, whose result nobody waits for; it is done when the function's server has taken it.
/// One that takes events and fails is asked three times, as by AWS.</summary>
internal sealed class LambdaAction(RuleTemplate function, FunctionDirectory functions, TargetHttp http, TimeSpan patience) : IRuleAction
{
    private const int MostTries = 3;

    // What the function answers is not looked at.
    private const int LongestAnswer = 1024;

    /// <inheritdoc/>
    public TimeSpan Patience => patience;

    /// <inheritdoc/>
    public ActionCall Prepare(RuleEvaluation evaluation)
    {
        var call = new LambdaCall(evaluation, function.Resolve(evaluation));
        if (!functions.TryResolve(call.Resource, out var url, out var problem)) return call.Fail(problem);
        call.Url = url;
        return evaluation.OutputIsJson ? call : call.Fail($"cannot invoke {call.Resource}: a function takes JSON, but the result is not");
    }

    /// <inheritdoc/>
    public async ValueTask RunAsync(IReadOnlyList<ActionCall> calls, CancellationToken cancellationToken)
    {
        foreach (var call in calls.Cast<LambdaCall>())
        {
            using var request = TargetHttp.Post(call.Url!, "application/json", call.Payload);
            request.Headers.TryAddWithoutValidation("X-Amz-Invocation-Type", "Event");
            var answer = await http.SendAsync(request, LongestAnswer, cancellationToken).ConfigureAwait(false);
            var why = answer.Fault == HttpFault.None ? $"it answered with status {answer.Status}" : answer.Problem;
            if (answer.IsSuccess) call.Succeed();
            else if (answer.MayPass && (answer.Fault != HttpFault.None || call.Tries < MostTries)) call.FailForNow($"cannot invoke {call.Resource} at {call.Url!.Authority}: {why}");
            else call.Fail($"cannot invoke {call.Resource} at {call.Url!.Authority}: {why}");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
