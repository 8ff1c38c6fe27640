namespace Fairlead.Targets.Streams;

/// <summary>Where records of kinesis and firehose go.</summary>
internal interface IRecordStream : IAsyncDisposable
{
    /// <summary>Writes the records of all calls and sets the result of each.</summary>
    ValueTask WriteAsync(IReadOnlyList<StreamCall> calls, CancellationToken cancellationToken);
}
