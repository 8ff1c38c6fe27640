using System.IO.Pipelines;

namespace Fairlead.Client.Mqtt.Sessions;

/// <summary>
/// The way out of one connection: packets are encoded into a pipe under the session's lock, one pump writes it to the network. While a
/// write is under way further packets gather, so that a busy client sends many packets in one write.
/// </summary>
internal sealed class PacketOutput(TimeProvider time, long limit)
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0, minimumSegmentSize: 16 * 1024, useSynchronizationContext: false));
    private long _unsent;
    private long _lastSent = time.GetTimestamp();
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _sent;

    /// <summary>Where packets are encoded; only under the session's lock.</summary>
    public PipeWriter Writer => _pipe.Writer;

    /// <summary>When bytes last went to the network, as a timestamp of the clock.</summary>
    public long LastSent => Volatile.Read(ref _lastSent);

    /// <summary>Whether more bytes wait than allowed.</summary>
    public bool IsFull => Volatile.Read(ref _unsent) >= limit;

    /// <summary>Hands what was encoded to the pump; only under the session's lock. Never waits: the pipe has no threshold of its own.</summary>
    public void Flush()
    {
        Interlocked.Add(ref _unsent, _pipe.Writer.UnflushedBytes);
        var flushed = _pipe.Writer.FlushAsync(CancellationToken.None);
        if (!flushed.IsCompletedSuccessfully)
            _ = flushed.AsTask();
    }

    /// <summary>Completes when bytes may be added again; only under the session's lock.</summary>
    public Task WhenRoomAsync()
    {
        var room = _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!IsFull)
            room.TrySetResult();
        return room.Task;
    }

    /// <summary>Completes when all that was handed over is written, or the pump ended; only under the session's lock.</summary>
    public Task WhenSentAsync()
    {
        var sent = _sent ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Volatile.Read(ref _unsent) == 0)
            sent.TrySetResult();
        return sent.Task;
    }

    /// <summary>Ends the way out: what was encoded is still sent; only under the session's lock.</summary>
    public void Complete() => _pipe.Writer.Complete();

    /// <summary>Writes to the network until <see cref="Complete"/> or an error, which is thrown.</summary>
    public async Task PumpAsync(Stream stream, Lock gate, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var result = await _pipe.Reader.ReadAsync(cancellationToken);
                foreach (ReadOnlyMemory<byte> segment in result.Buffer)
                    await stream.WriteAsync(segment, cancellationToken);
                await stream.FlushAsync(cancellationToken);
                OnSent(result.Buffer.Length, gate);
                _pipe.Reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                    return;
            }
        }
        finally
        {
            await _pipe.Reader.CompleteAsync();
            Interlocked.Exchange(ref _unsent, 0);
            ReleaseWaiting(gate);
        }
    }

    private void OnSent(long bytes, Lock gate)
    {
        Volatile.Write(ref _lastSent, time.GetTimestamp());
        if (Interlocked.Add(ref _unsent, -bytes) < limit)
            ReleaseWaiting(gate);
    }

    private void ReleaseWaiting(Lock gate)
    {
        lock (gate)
        {
            _room?.TrySetResult();
            _room = null;
            if (Interlocked.Read(ref _unsent) > 0)
                return;
            _sent?.TrySetResult();
            _sent = null;
        }
    }
}
