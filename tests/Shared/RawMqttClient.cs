using System.Net;
using System.Net.Sockets;

namespace Fairlead.Shared;

/// <summary>A TCP socket that speaks in whole packets and does nothing by itself: no ping, no acknowledgement, no retry.</summary>
public sealed class RawMqttClient : IAsyncDisposable
{
    private readonly Socket _socket;
    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    private RawMqttClient(Socket socket) => _socket = socket;

    /// <summary>Longest wait for anything. It only fails a broken program or test; nothing passes because of it.</summary>
    public static TimeSpan Deadline { get; set; } =
        TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable("FAIRLEAD_TEST_DEADLINE"), out var seconds) ? seconds : 20);

    public static Task<RawMqttClient> OpenAsync(Uri url) => OpenAsync(url.Host, url.Port);

    public static async Task<RawMqttClient> OpenAsync(string host, int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var deadline = new CancellationTokenSource(Deadline);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(host), port), deadline.Token).ConfigureAwait(false);
        return new RawMqttClient(socket);
    }

    public async Task SendAsync(params byte[] bytes)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        ReadOnlyMemory<byte> rest = bytes;
        while (!rest.IsEmpty)
            rest = rest[(await _socket.SendAsync(rest, SocketFlags.None, deadline.Token).ConfigureAwait(false))..];
    }

    /// <summary>Sends bytes written as hex; blanks are ignored.</summary>
    public Task SendHexAsync(string hex) => SendAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

    /// <summary>Sends what may no longer be welcome: a connection closed meanwhile is not an error here.</summary>
    public async Task SendUnlessClosedAsync(params byte[] bytes)
    {
        try
        {
            await SendAsync(bytes).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // The answer to whatever was sent before decides, not this.
        }
    }

    /// <summary>The next whole packet; fails when the peer closes or the deadline passes.</summary>
    public async Task<RawPacket> ReadAsync() =>
        await ReadOrCloseAsync().ConfigureAwait(false) ?? throw new InvalidDataException("The connection was closed instead of an answer.");

    /// <summary>The next whole packet; null when the peer closed.</summary>
    public async Task<RawPacket?> ReadOrCloseAsync()
    {
        while (true)
        {
            if (TryTake(out var packet))
                return packet;
            if (await FillAsync().ConfigureAwait(false) == 0)
                return _start == _end ? null : throw new InvalidDataException($"Closed within a packet: {Convert.ToHexString(_buffer.AsSpan(_start.._end))}");
        }
    }

    /// <summary>Fails unless the peer closes without sending anything more.</summary>
    public async Task ExpectCloseAsync()
    {
        if (await ReadOrCloseAsync().ConfigureAwait(false) is { } packet)
            throw new InvalidDataException($"Expected the connection to be closed, got {packet}.");
    }

    /// <summary>Ends the connection without DISCONNECT: FIN.</summary>
    public void Close() => _socket.Dispose();

    /// <summary>Ends the connection without DISCONNECT: RST.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    /// <summary>The socket, for tests that fill its buffers or close one half.</summary>
    public Socket Socket => _socket;

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private bool TryTake(out RawPacket? packet)
    {
        packet = null;
        var available = _buffer.AsSpan(_start, _end - _start);
        var length = 0;
        var at = 1;
        for (var shift = 0; ; shift += 7, at++)
        {
            if (at >= available.Length)
                return false;
            if (shift > 21)
                throw new InvalidDataException($"A Remaining Length of more than four bytes: {Convert.ToHexString(available[..5])}");
            length |= (available[at] & 0x7F) << shift;
            if (available[at] < 0x80)
                break;
        }

        // [MQTT-1.5.5-1]
        if (at > 1 && available[at] == 0)
            throw new InvalidDataException($"A Remaining Length with a byte too many: {Convert.ToHexString(available[..(at + 1)])}");

        at++;
        if (available.Length < at + length)
            return false;
        packet = new RawPacket(available[0], available.Slice(at, length).ToArray());
        _start += at + length;
        return true;
    }

    private async Task<int> FillAsync()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, deadline.Token).ConfigureAwait(false);
            _end += read;
            return read;
        }
        catch (SocketException)
        {
            return 0; // RST: closed as well
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"Nothing within {Deadline.TotalSeconds} s: neither a packet nor a close.", late);
        }
    }
}
