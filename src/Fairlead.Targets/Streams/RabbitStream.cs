using Fairlead.Targets.Rabbit;

namespace Fairlead.Targets.Streams;

/// <summary>A stream as an exchange of RabbitMQ. The routing key is that of the setting, else the partition key, else the name of the stream.</summary>
internal sealed class RabbitStream(RabbitTarget target) : IRecordStream
{
    /// <inheritdoc/>
    public async ValueTask WriteAsync(IReadOnlyList<StreamCall> calls, CancellationToken cancellationToken)
    {
        var messages = new List<RabbitMessage>(calls.Count);
        foreach (var call in calls)
        {
            var key = call.PartitionKey.Length > 0 ? call.PartitionKey : call.Resource;
            foreach (var record in call.Records)
                messages.Add(new RabbitMessage(key, record, call.Evaluation.OutputIsJson, call.Evaluation.Message.TraceId));
        }

        var problems = await target.PublishAsync(messages, cancellationToken).ConfigureAwait(false);
        var next = 0;
        foreach (var call in calls)
        {
            // A call is done when all of its records are.
            var problem = problems.AsSpan(next, call.Records.Count).ToArray().FirstOrDefault(static one => one is not null);
            next += call.Records.Count;
            if (problem is null) call.Succeed();
            else call.FailForNow($"cannot write to stream {call.Resource}, {target.Place}: {problem}");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => target.DisposeAsync();
}
