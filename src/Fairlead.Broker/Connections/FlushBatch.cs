namespace Fairlead.Broker.Connections;

/// <summary>
/// The connections that one thread has written to since its last flush, and those with answers that have become ready: each is served
/// once, at the end of the read batch, not once a packet. Reentrant, because a flush may complete inline and write again.
/// </summary>
internal sealed class FlushBatch
{
    private ConnectionOutput[] _outputs = new ConnectionOutput[16];
    private PendingReplies[] _replies = new PendingReplies[16];
    private int _count;
    private int _replyCount;

    /// <summary>Remembers an output; the output itself sees to it that it joins one batch only.</summary>
    public void Add(ConnectionOutput output)
    {
        if (_count == _outputs.Length) Array.Resize(ref _outputs, _count * 2);
        _outputs[_count++] = output;
    }

    /// <summary>Remembers answers that have become ready.</summary>
    public void Add(PendingReplies replies)
    {
        if (_replyCount == _replies.Length) Array.Resize(ref _replies, _replyCount * 2);
        _replies[_replyCount++] = replies;
    }

    /// <summary>Sends, flushes and forgets all of them.</summary>
    public void Flush()
    {
        while (_replyCount > 0)
        {
            var replies = _replies[--_replyCount];
            _replies[_replyCount] = null!;
            replies.SendSettled(this);
        }

        while (_count > 0)
        {
            var output = _outputs[--_count];
            _outputs[_count] = null!;
            output.Flush();
        }
    }
}
