using Fairlead.Server.Observability;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Listeners;

/// <summary>
/// Accepts the connections of an <c>mqtt://</c> or <c>amqp://</c> listener straight from Kestrel's socket transport. The server above that transport has
/// nothing to add to either, but would start each connection on the thread pool and keep its own records of it: a fleet that connects
/// would pay for two thread switches a connection, an idle one for half a kilobyte.
/// </summary>
internal sealed class PlainAcceptor(Listener listener, Func<ConnectionContext, Listener, Task> serve, ILogger log) : IAsyncDisposable
{
    private IConnectionListener? _transport;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Binds and starts to accept.</summary>
    /// <param name="transports">The socket transport.</param>
    public async Task StartAsync(SocketTransportFactory transports)
    {
        _transport = await transports.BindAsync(listener.EndPoint);
        listener.Attach(_transport.EndPoint);
        _accepting = AcceptAsync(_transport);
    }

    /// <summary>Accepts no more; the connections that are there stay until they end.</summary>
    public async Task StopAsync()
    {
        if (_transport is null) return;
        await _transport.UnbindAsync();
        await _accepting;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_transport is null) return;
        await StopAsync();
        await _transport.DisposeAsync();
        _transport = null;
    }

    private async Task AcceptAsync(IConnectionListener transport)
    {
        while (true)
        {
            try
            {
                var connection = await transport.AcceptAsync();
                if (connection is null) return;
                _ = serve(connection, listener);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // Out of file descriptors, or a peer that was gone before it was accepted: the next one may be luckier.
                log.AcceptFailed(exception, listener.Name);
            }
        }
    }
}
