using System.Buffers.Text;
using System.Text.Unicode;
using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Targets.Sqs;

/// <summary>The sqs action: the result, or its base64, becomes the body of a message.</summary>
internal sealed class SqsAction(RuleTemplate queueUrl, bool useBase64, SqsQueues queues, TimeSpan patience) : IRuleAction
{
    /// <inheritdoc/>
    public int LargestBatch => 100;

    /// <inheritdoc/>
    public bool MayShareBatch(ActionCall first, ActionCall next) =>
        first is SqsCall { Queue: RabbitQueue queue } && next is SqsCall other && ReferenceEquals(queue, other.Queue);

    /// <inheritdoc/>
    public TimeSpan Patience => patience;

    /// <inheritdoc/>
    public ActionCall Prepare(RuleEvaluation evaluation)
    {
        var call = new SqsCall(evaluation, queueUrl.Resolve(evaluation));
        if (!queues.TryFind(call.Resource, out var queue, out var problem)) return call.Fail(problem);
        call.Queue = queue;
        call.Body = useBase64 ? Encoded(call.Payload.Span) : call.Payload;
        return useBase64 || Utf8.IsValid(call.Payload.Span) ? call : call.Fail($"cannot send to {call.Resource}: the result is not text, and useBase64 is false");
    }

    /// <inheritdoc/>
    public async ValueTask RunAsync(IReadOnlyList<ActionCall> calls, CancellationToken cancellationToken)
    {
        foreach (var group in calls.Cast<SqsCall>().GroupBy(static call => call.Queue!))
            await group.Key.SendAsync([.. group], cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static byte[] Encoded(ReadOnlySpan<byte> payload)
    {
        var body = new byte[Base64.GetMaxEncodedToUtf8Length(payload.Length)];
        Base64.EncodeToUtf8(payload, body, out _, out _);
        return body;
    }
}
