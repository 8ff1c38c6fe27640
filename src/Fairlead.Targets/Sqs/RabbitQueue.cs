using Fairlead.Targets.Rabbit;

namespace Fairlead.Targets.Sqs;

/// <summary>A queue of RabbitMQ.</summary>
internal sealed class RabbitQueue(RabbitTarget target) : ISqsQueue
{
    /// <inheritdoc/>
    public async ValueTask SendAsync(IReadOnlyList<SqsCall> calls, CancellationToken cancellationToken)
    {
        var messages = new RabbitMessage[calls.Count];
        for (var i = 0; i < calls.Count; i++)
        {
            var isJson = calls[i].Evaluation.OutputIsJson && calls[i].Body.Equals(calls[i].Payload);
            messages[i] = new RabbitMessage(target.Queue, calls[i].Body, isJson, calls[i].Evaluation.Message.TraceId);
        }

        var problems = await target.PublishAsync(messages, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < calls.Count; i++)
        {
            if (problems[i] is { } problem) calls[i].FailForNow($"cannot send to {target.Place}: {problem}");
            else calls[i].Succeed();
        }
    }
}
