using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;

namespace Fairlead.Server.Listeners;

/// <summary>The decrypted side of a TLS connection as a pipe. Idle, it holds no buffers: reads wait with zero bytes.</summary>
internal sealed class TlsTransport(SslStream stream, MemoryPool<byte> pool) : IDuplexPipe
{
    /// <inheritdoc/>
    public PipeReader Input { get; } = PipeReader.Create(
        stream, new StreamPipeReaderOptions(pool, bufferSize: 4096, minimumReadSize: 2048, leaveOpen: true, useZeroByteReads: true));

    /// <inheritdoc/>
    public PipeWriter Output { get; } = new Writer(stream);

    private sealed class Writer(SslStream stream) : UnitPipeWriter
    {
        protected override ValueTask SendAsync(ReadOnlyMemory<byte> unit, CancellationToken cancellationToken) =>
            stream.WriteAsync(unit, cancellationToken);
    }
}
