using System.IO.Pipelines;
using System.Net.WebSockets;
using Fairlead.Server.Listeners;

namespace Fairlead.Server.WebSockets;

/// <summary>
/// A WebSocket as a pipe of bytes: frames are cut anywhere on the way in [MQTT-6.0.0-2], and each flush is one binary frame on the
/// way out. Nothing is put together beyond what the reader asks for, so the broker's packet limit is the only limit needed.
/// </summary>
internal sealed class WebSocketTransport : IDuplexPipe, IDisposable
{
    private readonly WebSocketInput _input;

    /// <summary>Wraps a socket.</summary>
    /// <param name="socket">The socket, past its handshake.</param>
    public WebSocketTransport(WebSocket socket)
    {
        _input = new WebSocketInput(socket);
        Input = PipeReader.Create(_input, new StreamPipeReaderOptions(bufferSize: 4096, minimumReadSize: 2048, leaveOpen: true, useZeroByteReads: true));
        Output = new Writer(socket);
    }

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <summary>Whether the client has sent a Close frame.</summary>
    public bool ClosedByClient => _input.ClosedByClient;

    /// <summary>Whether the client has sent a text frame, which ends the connection [MQTT-6.0.0-1].</summary>
    public bool GotText => _input.GotText;

    /// <inheritdoc/>
    public void Dispose() => _input.Dispose();

    private sealed class Writer(WebSocket socket) : UnitPipeWriter
    {
        protected override async ValueTask SendAsync(ReadOnlyMemory<byte> unit, CancellationToken cancellationToken)
        {
            try
            {
                await socket.SendAsync(unit, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
            }
            catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException)
            {
                throw new IOException("the WebSocket is closed", exception);
            }
        }
    }
}
