using System.Buffers;
using System.IO.Pipelines;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp.Connections;

/// <summary>
/// Outgoing bytes of one connection. Frames are written into <see cref="Writer"/> under the connection's gate; one flush at a time takes
/// everything that came meanwhile and gives it to the transport outside the gate. There is no writer task. The bound is soft for answers,
/// which are bounded by what the peer sends, and hard for transfers, which look at <see cref="HasRoom"/> first.
/// </summary>
internal sealed class ConnectionOutput(PipeWriter transport, Lock gate, int limit, TimeProvider time)
{
    /// <summary>Pending bytes at which a batch flushes at once instead of at its end, so that memory and caches stay small.</summary>
    public const int EagerFlush = 64 * 1024;

    private bool _flushing;
    private bool _closed;
    private TaskCompletionSource? _waiter;
    private LastDisposition _last;

    /// <summary>Where frames go; under the gate only.</summary>
    public AmqpWriter Writer { get; } = new();

    /// <summary>Called when a flush is over, outside the gate: what was held back may go on. Tells whether there was something.</summary>
    public Func<bool>? Drained { get; set; }

    /// <summary>Whether transfers may be added. Under the gate.</summary>
    public bool HasRoom => Writer.Length < limit && !_closed;

    /// <summary>Whether so much waits that the peer shall not be read until some of it is gone. Under the gate.</summary>
    public bool IsOverfull => Writer.Length > limit * 4L && !_closed;

    /// <summary>Whether bytes wait or are on their way. Under the gate.</summary>
    public bool IsBusy => !_closed && (_flushing || Writer.Length > 0);

    /// <summary>When bytes were given to the transport last.</summary>
    public long LastFlush { get; private set; } = time.GetTimestamp();

    /// <summary>
    /// Writes a disposition, or makes the one before longer when nothing else was written meanwhile and both say the same. Under the gate.
    /// </summary>
    public void WriteDisposition(ushort channel, in Disposition disposition)
    {
        bool simple = disposition.State.Kind is DeliveryStateKind.Accepted or DeliveryStateKind.Released;
        uint first = disposition.First;
        if (simple && _last.End == Writer.Length && Writer.Length > 0 && _last.Channel == channel && _last.Kind == disposition.State.Kind
            && _last.IsReceiver == disposition.IsReceiver && _last.Settled == disposition.Settled && unchecked(_last.Last + 1) == first)
        {
            first = _last.First;
            Writer.Truncate(_last.Start);
        }

        int start = FrameWriter.Begin(Writer, channel);
        PerformativeWriter.Write(Writer, disposition with { First = first });
        FrameWriter.End(Writer, start);
        _last = simple
            ? new LastDisposition(start, Writer.Length, channel, disposition.State.Kind, disposition.IsReceiver, disposition.Settled, first, disposition.Last)
            : default;
    }

    /// <summary>Sends what waits, unless a flush is under way, which then takes it along. Never waits. Outside the gate.</summary>
    public void Flush()
    {
        if (!TryTake(first: true, out byte[] bytes, out int length)) return;
        do
        {
            try
            {
                transport.Write(bytes.AsSpan(0, length));
                ArrayPool<byte>.Shared.Return(bytes);
                LastFlush = time.GetTimestamp();
                var flush = transport.FlushAsync();
                if (!flush.IsCompletedSuccessfully)
                {
                    _ = FinishAsync(flush);
                    return;
                }

                if (flush.Result.IsCompleted)
                {
                    Close();
                    return;
                }
            }
            catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
            {
                // The transport is gone; its read side ends the connection with the reason.
                Close();
                return;
            }
        }
        while (TryTake(first: false, out bytes, out length) || (Drained?.Invoke() == true && TryTake(first: true, out bytes, out length)));
    }

    /// <summary>Refuses further bytes and forgets the waiting ones.</summary>
    public void Close()
    {
        lock (gate)
        {
            _closed = true;
            _flushing = false;
            Writer.Dispose();
            Release();
        }
    }

    /// <summary>Done when nothing waits, or when no more can be sent.</summary>
    public Task WhenIdleAsync()
    {
        lock (gate)
        {
            if (!IsBusy) return Task.CompletedTask;
            _waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiter.Task;
        }
    }

    private async Task FinishAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            var result = await flush.ConfigureAwait(false);
            if (result.IsCompleted)
            {
                Close();
                return;
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
        {
            Close();
            return;
        }

        lock (gate)
        {
            _flushing = false;
            if (Writer.Length == 0) Release();
        }

        Drained?.Invoke();
        Flush();
    }

    private bool TryTake(bool first, out byte[] bytes, out int length)
    {
        lock (gate)
        {
            bytes = [];
            length = 0;
            if (_closed || (first && _flushing)) return false;
            if (Writer.Length == 0)
            {
                if (!first) Release();
                _flushing = false;
                return false;
            }

            _flushing = true;
            _last = default;
            bytes = Writer.Take(out length);
            return true;
        }
    }

    private void Release()
    {
        _waiter?.TrySetResult();
        _waiter = null;
    }

    private readonly record struct LastDisposition(
        int Start, int End, ushort Channel, DeliveryStateKind Kind, bool IsReceiver, bool Settled, uint First, uint Last);
}
