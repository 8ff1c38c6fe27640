using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Fairlead.Amqp;

namespace Fairlead.Interop.Amqp;

/// <summary>The engine in server role on a port of its own.</summary>
internal sealed class EngineListener : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly List<Task> _connections = [];

    public EngineListener(IAmqpHandler handler, AmqpOptions? options = null)
    {
        _listener.Start();
        _accepting = AcceptAsync(handler, options ?? new AmqpOptions { ContainerId = "fairlead" });
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(IAmqpHandler handler, AmqpOptions options)
    {
        while (true)
        {
            try
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                socket.NoDelay = true;
                _connections.Add(ServeAsync(socket, handler, options));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket, IAmqpHandler handler, AmqpOptions options)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        await AmqpConnection.Accept(new StreamPipe(stream), options, handler).RunAsync(_stop.Token);
    }

    private sealed class StreamPipe(Stream stream) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(stream);

        public PipeWriter Output { get; } = PipeWriter.Create(stream);
    }
}
