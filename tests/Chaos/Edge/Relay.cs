using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Fairlead.Chaos.Edge;

/// <summary>
/// Between connector and hub: hands bytes on, or resets, falls silent, is slow, loses whole stretches, or refuses credentials in the hub's
/// place.
/// </summary>
public sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly int _target;
    private readonly ConcurrentDictionary<Socket, byte> _open = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private volatile RelayMode _mode = RelayMode.Forward;
    private int _refusals;
    private int _connections;

    public Relay(int target)
    {
        _target = target;
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that reached it.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>CONNECTs still to be answered with "not authorized"; plain connections alone.</summary>
    public int Refusals
    {
        get => Volatile.Read(ref _refusals);
        set => Volatile.Write(ref _refusals, value);
    }

    /// <summary>What each stretch of bytes waits before it goes on.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>
    /// How many stretches of a hundred are held up until the sender would have sent them again: to those above TCP, loss of packets is time.
    /// </summary>
    public int LossPercent { get; set; }

    public void Restore() => _mode = RelayMode.Forward;

    /// <summary>Takes connections and bytes and hands nothing on.</summary>
    public void Silence() => _mode = RelayMode.Silent;

    /// <summary>Ends all connections by RST and takes no new ones.</summary>
    public void Reset()
    {
        _mode = RelayMode.Refuse;
        Break();
    }

    /// <summary>Ends all connections by RST, and takes new ones.</summary>
    public void Break()
    {
        foreach (var socket in _open.Keys)
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // Closed by the other side in the same moment.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Break();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                if (_mode == RelayMode.Refuse)
                {
                    client.LingerState = new LingerOption(true, 0);
                    client.Dispose();
                    continue;
                }

                _ = ServeAsync(client);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        _open[client] = 0;
        _open[server] = 0;
        try
        {
            if (Refusals > 0 && _mode == RelayMode.Forward)
            {
                Interlocked.Decrement(ref _refusals);
                await client.ReceiveAsync(new byte[4096], _stop.Token);
                await client.SendAsync(new byte[] { 0x20, 2, 0, 5 }, _stop.Token);
                return;
            }

            if (_mode == RelayMode.Forward) await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _target), _stop.Token);
            await Task.WhenAny(CopyAsync(client, server), CopyAsync(server, client));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side is gone; so is the other.
        }
        finally
        {
            foreach (var socket in new[] { client, server })
            {
                _open.TryRemove(socket, out _);
                socket.Dispose();
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        if (!from.Connected)
        {
            await Task.Delay(Timeout.Infinite, _stop.Token);
            return;
        }

        var buffer = new byte[16 * 1024];
        while (true)
        {
            int length = await from.ReceiveAsync(buffer, _stop.Token);
            if (length == 0) return;
            var delay = Delay;
            if (LossPercent > 0 && RandomNumberGenerator.GetInt32(100) < LossPercent) delay += TimeSpan.FromMilliseconds(200);
            if (delay > TimeSpan.Zero) await Task.Delay(delay, _stop.Token);
            if (_mode != RelayMode.Forward || !to.Connected) continue; // swallowed
            for (int sent = 0; sent < length;) sent += await to.SendAsync(buffer.AsMemory(sent, length - sent), _stop.Token);
        }
    }
}
