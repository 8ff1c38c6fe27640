using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Fairlead.Shared;

namespace Fairlead.Interop.Edge;

/// <summary>A server that writes down what a connector puts on the wire, and acknowledges messages when the test says so.</summary>
public sealed class WireHub : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<RawConnect> _connects = new();
    private readonly ConcurrentQueue<string[]> _subscribes = new();
    private readonly ConcurrentQueue<(double At, byte First, string Topic)> _publishes = new();
    private readonly ConcurrentQueue<ushort> _unacknowledged = new();
    private readonly SemaphoreSlim _seen = new(0);
    private readonly Task _work;
    private TcpClient? _client;
    private long _accepted;

    public WireHub()
    {
        _listener.Start();
        _work = WorkAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What CONNACK says of the Session.</summary>
    public bool SessionPresent { get; set; }

    /// <summary>CONNECT packets so far.</summary>
    public IReadOnlyList<RawConnect> Connects => [.. _connects];

    /// <summary>Filters of each SUBSCRIBE packet so far.</summary>
    public IReadOnlyList<string[]> Subscribes => [.. _subscribes];

    /// <summary>PUBLISH packets so far: seconds since the last connection came, first byte, topic.</summary>
    public IReadOnlyList<(double At, byte First, string Topic)> Publishes => [.. _publishes];

    /// <summary>Ends the connection by RST.</summary>
    public void Break()
    {
        if (_client is not { } client) return;
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
    }

    /// <summary>Acknowledges the oldest unacknowledged messages.</summary>
    public async Task AcknowledgeAsync(int count)
    {
        for (int i = 0; i < count && _unacknowledged.TryDequeue(out ushort id); i++)
            await _client!.GetStream().WriteAsync(RawPackets.Ack(RawType.PubAck, id), _stop.Token);
    }

    /// <summary>Waits until what has come is as wanted; looks again after each packet.</summary>
    public async Task UntilAsync(Func<bool> wanted, Func<string> otherwise)
    {
        using var deadline = new CancellationTokenSource(EdgeRun.Patience);
        while (!wanted())
        {
            try
            {
                await _seen.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail(otherwise());
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        _client?.Dispose();
        await _work;
        _stop.Dispose();
        _seen.Dispose();
    }

    private async Task WorkAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _accepted = Stopwatch.GetTimestamp();
                _unacknowledged.Clear();
                await ServeAsync(_client.GetStream());
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // The connection is over; the next one comes, or the test ends.
            }
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        while (true)
        {
            var head = new byte[1];
            await stream.ReadExactlyAsync(head, _stop.Token);
            var body = new byte[await ReadLengthAsync(stream)];
            await stream.ReadExactlyAsync(body, _stop.Token);
            byte[] answer = Take(head[0], body);
            if (answer.Length > 0) await stream.WriteAsync(answer, _stop.Token);
            _seen.Release();
        }
    }

    private byte[] Take(byte first, byte[] body)
    {
        switch ((RawType)(first >> 4))
        {
            case RawType.Connect:
                _connects.Enqueue(RawConnect.Read(body));
                return [0x20, 2, SessionPresent ? (byte)1 : (byte)0, 0];
            case RawType.Subscribe:
                var filters = new List<string>();
                for (int at = 2; at < body.Length; at += 1)
                    filters.Add(ReadText(body, ref at));
                _subscribes.Enqueue([.. filters]);
                return [0x90, (byte)(2 + filters.Count), body[0], body[1], .. Enumerable.Repeat((byte)1, filters.Count)];
            case RawType.Publish:
                int place = 0;
                string topic = ReadText(body, ref place);
                if ((first & 6) != 0) _unacknowledged.Enqueue(BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(place)));
                _publishes.Enqueue((Stopwatch.GetElapsedTime(_accepted).TotalSeconds, first, topic));
                return [];
            case RawType.PingReq:
                return [0xD0, 0];
            default:
                return [];
        }
    }

    private static string ReadText(byte[] body, ref int at)
    {
        int length = BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(at));
        string text = Encoding.UTF8.GetString(body, at + 2, length);
        at += 2 + length;
        return text;
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
}
