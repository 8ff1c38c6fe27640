using System.Net;
using System.Net.Sockets;
using Fairlead.Shared;

namespace Fairlead.Interop.Edge;

/// <summary>A server that accepts connections and subscriptions, and never acknowledges a message.</summary>
public sealed class SilentHub : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static Task<SilentHub> StartAsync()
    {
        var hub = new SilentHub();
        hub._listener.Start();
        hub._work = hub.WorkAsync();
        return Task.FromResult(hub);
    }

    public Task PublishSeenAsync() => _seen.Task.WaitAsync(EdgeRun.Patience);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _work;
        _stop.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            var stream = client.GetStream();
            while (true)
            {
                var head = new byte[1];
                await stream.ReadExactlyAsync(head, _stop.Token);
                var body = new byte[await ReadLengthAsync(stream)];
                await stream.ReadExactlyAsync(body, _stop.Token);
                switch ((RawType)(head[0] >> 4))
                {
                    case RawType.Connect:
                        await stream.WriteAsync(new byte[] { 0x20, 2, 0, 0 }, _stop.Token);
                        break;
                    case RawType.Subscribe:
                        byte[] granted = new byte[CountFilters(body)];
                        await stream.WriteAsync((byte[])[0x90, (byte)(2 + granted.Length), body[0], body[1], .. granted], _stop.Token);
                        break;
                    case RawType.PingReq:
                        await stream.WriteAsync(new byte[] { 0xD0, 0 }, _stop.Token);
                        break;
                    case RawType.Publish:
                        _seen.TrySetResult();
                        break;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // Over.
        }
    }

    private async Task<int> ReadLengthAsync(NetworkStream stream)
    {
        int length = 0;
        var one = new byte[1];
        for (int shift = 0; ; shift += 7)
        {
            await stream.ReadExactlyAsync(one, _stop.Token);
            length |= (one[0] & 0x7F) << shift;
            if ((one[0] & 0x80) == 0) return length;
        }
    }

    private static int CountFilters(byte[] body)
    {
        int count = 0;
        for (int at = 2; at < body.Length; at += 3 + ((body[at] << 8) | body[at + 1])) count++;
        return count;
    }
}
