using System.Buffers;
using System.IO.Pipelines;

namespace Fairlead.Server.Listeners;

/// <summary>
/// A writer that gives everything written since the last flush to its transport in one piece: one WebSocket frame, or as few TLS
/// records as can be. It holds no buffer while nothing is written. One flush at a time, as <see cref="PipeWriter"/> asks.
/// </summary>
internal abstract class UnitPipeWriter : PipeWriter
{
    private const int SmallestBuffer = 1024;

    private byte[]? _buffer;
    private int _length;
    private volatile bool _completed;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _length;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_length);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_length);
    }

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)((_buffer?.Length ?? 0) - _length), nameof(bytes));
        _length += bytes;
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_completed) return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: true));
        if (_length == 0) return default;
        var buffer = _buffer!;
        var unit = buffer.AsMemory(0, _length);
        _buffer = null;
        _length = 0;
        var sending = SendAsync(unit, cancellationToken);
        if (!sending.IsCompletedSuccessfully) return FinishAsync(sending, buffer);
        sending.GetAwaiter().GetResult();
        ArrayPool<byte>.Shared.Return(buffer);
        return default;
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush()
    {
        // A unit that has been handed over cannot be taken back; the transport is aborted instead.
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        // The buffer is left to the garbage collector: a writer that is still at it on another thread must not write into memory that
        // somebody else has rented meanwhile.
        _completed = true;
    }

    /// <summary>Sends one unit; the memory is valid until the task ends.</summary>
    protected abstract ValueTask SendAsync(ReadOnlyMemory<byte> unit, CancellationToken cancellationToken);

    private static async ValueTask<FlushResult> FinishAsync(ValueTask sending, byte[] buffer)
    {
        // A buffer whose sending failed may still be read by the transport: it is left to the garbage collector.
        await sending;
        ArrayPool<byte>.Shared.Return(buffer);
        return default;
    }

    private void Reserve(int sizeHint)
    {
        var needed = _length + Math.Max(sizeHint, 1);
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(needed, SmallestBuffer));
            return;
        }

        if (_buffer.Length >= needed) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _buffer.Length * 2));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
