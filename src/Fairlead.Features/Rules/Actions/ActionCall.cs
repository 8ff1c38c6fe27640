using Fairlead.Features.Rules.Sql;

namespace Fairlead.Features.Rules.Actions;

/// <summary>One message on its way through one action. Actions derive from it to carry what they have resolved.</summary>
/// <param name="evaluation">What the rule made of the message.</param>
/// <param name="resource">What the action is aimed at, as error documents tell it: topic, bucket, URL, ARN, table.</param>
internal class ActionCall(RuleEvaluation evaluation, string resource)
{
    /// <summary>What the rule made of the message.</summary>
    public RuleEvaluation Evaluation { get; } = evaluation;

    /// <summary>What the action is aimed at (<c>failedResource</c>, spec/aws-rules, section 8).</summary>
    public string Resource { get; } = resource;

    /// <summary>Bytes to send: the output of the rule, or the error document in an error action.</summary>
    public ReadOnlyMemory<byte> Payload => Evaluation.Output;

    /// <summary>What became of it so far.</summary>
    public ActionResult Result { get; set; }

    /// <summary>What kind of fault of an HTTP request the last try met with, for the counters; the engine takes it.</summary>
    public HttpFaultKind HttpFault { get; set; }

    /// <summary>How often it was tried; the engine counts.</summary>
    public int Tries { get; set; }

    /// <summary>It is done.</summary>
    public void Succeed() => Result = ActionResult.Success;

    /// <summary>It failed for good.</summary>
    /// <param name="message">Why, one sentence without the payload.</param>
    /// <returns>This call.</returns>
    public ActionCall Fail(string message)
    {
        Result = ActionResult.Fail(message);
        return this;
    }

    /// <summary>It failed, but may succeed when tried again.</summary>
    /// <param name="message">Why, one sentence without the payload.</param>
    public void FailForNow(string message) => Result = ActionResult.Retry(message);
}
