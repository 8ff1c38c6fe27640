using System.Buffers;
using Fairlead.Amqp.Connections;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <content>The read loop: opening, batches of frames, closing.</content>
public sealed partial class AmqpConnection
{
    private byte[] _scratch = [];
    private bool _closeSent;
    private bool _finished;
    private AmqpError? _closeError;
    private ITimer? _closeTimer;

    /// <summary>Whether a close was sent or came: nothing new may begin. Under the gate.</summary>
    internal bool IsClosing => _closeSent || _finished;

    /// <summary>Why it is closing. Under the gate.</summary>
    internal AmqpError? CloseReason => _closeError ?? _abortReason;

    internal void Send(ReadOnlySpan<byte> bytes)
    {
        lock (Gate) Output.Writer.WriteRaw(bytes);
        Output.Flush();
    }

    internal void Send(Action<AmqpWriter> write)
    {
        lock (Gate) write(Output.Writer);
        Output.Flush();
    }

    internal void SendOpen()
    {
        var open = new Open
        {
            ContainerId = Options.ContainerId,
            HostName = Options.HostName,
            MaxFrameSize = Options.MaxFrameSize,
            ChannelMax = Options.ChannelMax,
            IdleTimeout = Options.IdleTimeout > TimeSpan.Zero ? (uint)Options.IdleTimeout.TotalMilliseconds : null,
            Properties = Options.Properties,
        };
        Send(writer =>
        {
            int mark = FrameWriter.Begin(writer, 0);
            PerformativeWriter.Write(writer, open);
            FrameWriter.End(writer, mark);
        });
    }

    internal void SendClose(AmqpError? error)
    {
        lock (Gate)
        {
            if (_closeSent) return;
            _closeSent = true;
            int mark = FrameWriter.Begin(Output.Writer, 0);
            PerformativeWriter.Write(Output.Writer, new Close(error));
            FrameWriter.End(Output.Writer, mark);
        }

        Output.Flush();
    }

    /// <summary>Sends a close, unless one was sent, and tells sessions and links. Outside the gate.</summary>
    internal void Close(AmqpError? error)
    {
        lock (Gate)
        {
            if (_closeSent || _finished) return;
            _closeError = error;
            Sessions.DropAll(error);
            _closeTimer = Options.Time.CreateTimer(
                static state => ((AmqpConnection)state!).Abort(new AmqpError(AmqpCondition.ConnectionForced, "the peer does not answer a close")),
                this, Options.CloseTimeout, Timeout.InfiniteTimeSpan);
        }

        SendClose(error);
        Notices.Run(inline: false);
    }

    private async ValueTask<AmqpError?> OpenAsync(CancellationToken cancellationToken)
    {
        var timer = Options.Time.CreateTimer(
            static state => ((AmqpConnection)state!).Abort(new AmqpError(AmqpCondition.ConnectionForced, "the peer is too slow to open the connection")),
            this, Options.OpenTimeout, Timeout.InfiniteTimeSpan);
        await using (timer)
        {
            var handshake = new Handshake(this, Options, new HandshakeReader(_pipe.Input, Options.MaxFrameSize));
            var error = IsClient ? await handshake.ConnectAsync(cancellationToken) : await handshake.AcceptAsync(cancellationToken);
            if (error is not null) return error;
        }

        MaxFrameSize = (int)Math.Min(RemoteOpen!.MaxFrameSize, Math.Min(Options.MaxFrameSize, int.MaxValue));
        _idle.Start(RemoteOpen.IdleTimeout);
        _opened.TrySetResult(null);
        return null;
    }

    private async ValueTask<AmqpError?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _pipe.Input.ReadAsync(cancellationToken);
            _idle.OnRead();
            var buffer = result.Buffer;
            var error = ReadBatch(ref buffer);
            _pipe.Input.AdvanceTo(buffer.Start, buffer.End);
            if (_finished) return _closeError;
            if (error is not null)
            {
                Close(error);
                // Where the next frame begins is not known any more.
                if (string.Equals(error.Condition, AmqpCondition.FramingError, StringComparison.Ordinal)) return error;
            }

            if (result.IsCompleted || result.IsCanceled)
                return _closeSent ? _closeError : new AmqpError(AmqpCondition.ConnectionForced, "the peer hung up without a close");
            if (Output.IsOverfull) await Output.WhenIdleAsync().WaitAsync(cancellationToken);
        }
    }

    /// <summary>Handles all whole frames that have come, then flushes once.</summary>
    private AmqpError? ReadBatch(ref ReadOnlySequence<byte> buffer)
    {
        AmqpError? error = null;
        _batchThread = Environment.CurrentManagedThreadId;
        try
        {
            while (!_finished && error is null)
            {
                var status = FrameHeader.TryRead(buffer, Options.MaxFrameSize, out FrameHeader header, out string? fault);
                if (status == FrameStatus.Incomplete) break;
                if (status == FrameStatus.Failed || header.Type != FrameHeader.AmqpFrame)
                {
                    error = new AmqpError(AmqpCondition.FramingError, fault ?? "a SASL frame comes after SASL is over");
                    break;
                }

                var body = buffer.Slice(header.BodyOffset, header.Size - header.BodyOffset);
                if (!header.IsEmpty) error = OnFrame(header.Channel, body.IsSingleSegment ? body.FirstSpan : CopyToScratch(body));
                buffer = buffer.Slice(header.Size);
                Notices.Run(inline: true);
                if (Output.Writer.Length > ConnectionOutput.EagerFlush) Output.Flush();
            }
        }
        finally
        {
            _batchThread = 0;
        }

        lock (Gate) Sessions.SendDueFlows();
        Output.Flush();
        Notices.Run(inline: false);
        return error;
    }

    private ReadOnlySpan<byte> CopyToScratch(in ReadOnlySequence<byte> body)
    {
        int length = (int)body.Length;
        if (_scratch.Length < length)
        {
            if (_scratch.Length > 0) ArrayPool<byte>.Shared.Return(_scratch);
            _scratch = ArrayPool<byte>.Shared.Rent(length);
        }

        body.CopyTo(_scratch);
        return _scratch.AsSpan(0, length);
    }

    private async Task FinishAsync(AmqpError? error)
    {
        lock (Gate)
        {
            _finished = true;
            _closeError ??= error;
            Sessions.DropAll(error);
        }

        _idle.Dispose();
        if (_closeTimer is not null) await _closeTimer.DisposeAsync();
        Output.Flush();
        try
        {
            // The last words, if the peer takes them.
            if (!_abort.IsCancellationRequested) await Output.WhenIdleAsync().WaitAsync(Options.CloseTimeout, Options.Time);
        }
        catch (TimeoutException)
        {
            error ??= new AmqpError(AmqpCondition.ConnectionForced, "the peer does not read");
        }

        Output.Close();
        await CompletePipesAsync();
        if (_scratch.Length > 0) ArrayPool<byte>.Shared.Return(_scratch);
        _scratch = [];
        Notices.Run(inline: true);
        _opened.TrySetResult(error ?? new AmqpError(AmqpCondition.ConnectionForced, "the peer closed the connection"));
        try
        {
            Handler.OnClosed(this, error);
        }
        finally
        {
            _closed.TrySetResult(error);
        }
    }

    private async Task CompletePipesAsync()
    {
        try
        {
            await _pipe.Output.CompleteAsync();
            await _pipe.Input.CompleteAsync();
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or ObjectDisposedException)
        {
            // The transport is gone already; what was to be said has been said.
            _abortCause ??= exception;
        }
    }
}
