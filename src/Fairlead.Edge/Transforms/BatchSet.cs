using Fairlead.Edge.Spool;
using Fairlead.Edge.Topics;

namespace Fairlead.Edge.Transforms;

/// <summary>
/// Batches being filled, one for each remote topic. Inside a topic the order of arrival holds; between topics a batch may pass another.
/// For one task.
/// </summary>
internal sealed class BatchSet(TimeProvider time)
{
    private readonly List<OpenBatch> _open = [];

    /// <summary>Time until the first batch must go; null when none is open.</summary>
    public TimeSpan? UntilDue
    {
        get
        {
            TimeSpan? least = null;
            foreach (var batch in _open)
            {
                var left = batch.Rule.Batch!.Wait - time.GetElapsedTime(batch.Since);
                if (least is null || left < least) least = left;
            }

            return least is { } wait && wait < TimeSpan.Zero ? TimeSpan.Zero : least;
        }
    }

    /// <summary>Adds a message.</summary>
    /// <param name="rule">Its rule, with a batch.</param>
    /// <param name="remote">Where it goes.</param>
    /// <param name="message">The message.</param>
    /// <returns>Batches that are complete now, in order.</returns>
    public IReadOnlyList<OpenBatch> Add(TransformRule rule, in RemotePublish remote, SpooledMessage message)
    {
        List<OpenBatch> complete = [];
        var topic = remote.Topic;
        var batch = _open.Find(open => string.Equals(open.Remote.Topic, topic, StringComparison.Ordinal));
        if (batch is not null && batch.Bytes + message.Payload.Length > rule.Batch!.Bytes)
        {
            complete.Add(batch);
            _open.Remove(batch);
            batch = null;
        }

        if (batch is null) _open.Add(batch = new OpenBatch(rule, remote, time.GetTimestamp()));
        batch.Add(message);
        if (batch.Members.Count < rule.Batch!.Messages && batch.Bytes < rule.Batch.Bytes) return complete;
        complete.Add(batch);
        _open.Remove(batch);
        return complete;
    }

    /// <summary>Takes the batches whose time has come.</summary>
    public IReadOnlyList<OpenBatch> TakeDue()
    {
        if (_open.Count == 0) return [];
        List<OpenBatch> due = _open.FindAll(batch => time.GetElapsedTime(batch.Since) >= batch.Rule.Batch!.Wait);
        foreach (var batch in due) _open.Remove(batch);
        return due;
    }
}
