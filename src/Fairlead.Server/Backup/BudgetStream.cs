namespace Fairlead.Server.Backup;

/// <summary>
/// Lets so many bytes through and no more: whatever lengths a hostile archive claims in whatever header, what unpacks it sees an end. Also
/// tells how many bytes went by.
/// </summary>
internal sealed class BudgetStream(Stream inner, IProgress<long>? progress) : Stream
{
    private long _left;
    private long _passed;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => _passed;
        set => throw new NotSupportedException();
    }

    /// <summary>Sets how many bytes may follow.</summary>
    public void Allow(long bytes) => _left = bytes;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await inner.ReadAsync(buffer[..Fit(buffer.Length)], cancellationToken));

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, Fit(count)));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Fit(int wanted)
    {
        if (_left <= 0 && wanted > 0) throw new InvalidDataException("the archive holds more than it says");
        return (int)Math.Min(wanted, _left);
    }

    private int Count(int read)
    {
        _left -= read;
        _passed += read;
        progress?.Report(_passed);
        return read;
    }
}
