namespace Fairlead.Broker.Connections;

/// <summary>
/// The connections that one thread has written to since its last flush: each is flushed once, at the end of the read batch, not once a
/// packet. Reentrant, because a flush may complete inline and write again.
/// </summary>
internal sealed class FlushBatch
{
    private ConnectionOutput[] _outputs = new ConnectionOutput[16];
    private int _count;

    /// <summary>Remembers an output; the output itself sees to it that it joins one batch only.</summary>
    public void Add(ConnectionOutput output)
    {
        if (_count == _outputs.Length) Array.Resize(ref _outputs, _count * 2);
        _outputs[_count++] = output;
    }

    /// <summary>Flushes and forgets all of them.</summary>
    public void Flush()
    {
        while (_count > 0)
        {
            var output = _outputs[--_count];
            _outputs[_count] = null!;
            output.Flush();
        }
    }
}
