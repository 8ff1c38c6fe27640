using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Targets.Sqs;

/// <summary>One message for a queue.</summary>
/// <param name="evaluation">What the rule made of the message.</param>
/// <param name="queueUrl">URL of the queue as the rule gives it.</param>
internal sealed class SqsCall(RuleEvaluation evaluation, string queueUrl) : ActionCall(evaluation, queueUrl)
{
    /// <summary>The queue here; null when the call has failed already.</summary>
    public ISqsQueue? Queue { get; set; }

    /// <summary>Body: the result, or its base64.</summary>
    public ReadOnlyMemory<byte> Body { get; set; }
}
