using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Targets.Streams;

/// <summary>The kinesis and firehose actions: one record a message or, in batch mode, one for each element of the result.</summary>
/// <param name="name">Name of the stream.</param>
/// <param name="partitionKey">Partition key; null for none.</param>
/// <param name="cut">Makes the records.</param>
/// <param name="streams">The streams.</param>
/// <param name="patience">How long calls are tried.</param>
internal sealed class StreamAction(RuleTemplate name, RuleTemplate? partitionKey, RecordCutter cut, RecordStreams streams, TimeSpan patience) : IRuleAction
{
    /// <inheritdoc/>
    public int LargestBatch => 100;

    /// <inheritdoc/>
    public TimeSpan Patience => patience;

    /// <inheritdoc/>
    public ActionCall Prepare(RuleEvaluation evaluation)
    {
        var call = new StreamCall(evaluation, name.Resolve(evaluation));
        if (!streams.TryFind(call.Resource, out var stream, out var problem)) return call.Fail(problem);
        call.Stream = stream;
        call.PartitionKey = partitionKey?.Resolve(evaluation) ?? "";
        call.IsSeparated = cut.Separator.Length > 0;
        if (!cut.TryCut(evaluation, out var records, out problem)) return call.Fail($"cannot write to stream {call.Resource}: {problem}");
        call.Records = records;
        return call;
    }

    /// <inheritdoc/>
    public async ValueTask RunAsync(IReadOnlyList<ActionCall> calls, CancellationToken cancellationToken)
    {
        foreach (var group in calls.Cast<StreamCall>().GroupBy(static call => call.Stream!))
            await group.Key.WriteAsync([.. group], cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
