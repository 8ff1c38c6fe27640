using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Fairlead.Verbs.Demo;

/// <summary>The network between a device and the hub, as far as the tour can cut it: hands bytes on until it is cut.</summary>
internal sealed class DemoRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, byte> _open = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;
    private volatile bool _isCut;

    /// <summary>Listens on a free port of this machine.</summary>
    /// <param name="target">Port of the hub.</param>
    public DemoRelay(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Ends all connections without a goodbye and lets no new ones through.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var socket in _open.Keys) Break(socket);
    }

    /// <summary>Lets connections through again.</summary>
    public void Restore() => _isCut = false;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _stop.Dispose();
    }

    private static void Break(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed by the other side in the same moment.
        }

        socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var device = await _listener.AcceptSocketAsync(_stop.Token);
                if (_isCut) Break(device);
                else _ = ServeAsync(device);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(Socket device)
    {
        using var hub = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        device.NoDelay = true;
        _open[device] = 0;
        _open[hub] = 0;
        try
        {
            await hub.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            await Task.WhenAny(PumpAsync(device, hub), PumpAsync(hub, device));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Cut, or the hub is gone.
        }
        finally
        {
            _open.TryRemove(device, out _);
            _open.TryRemove(hub, out _);
            device.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
            {
                for (int sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stop.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The other direction ends with this one.
        }
    }
}
