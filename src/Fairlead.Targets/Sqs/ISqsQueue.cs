namespace Fairlead.Targets.Sqs;

/// <summary>A queue that the sqs action sends to.</summary>
internal interface ISqsQueue
{
    /// <summary>Sends messages, all of them for this queue, and sets the result of each.</summary>
    ValueTask SendAsync(IReadOnlyList<SqsCall> calls, CancellationToken cancellationToken);
}
