using System.Threading.Channels;
using Fairlead.Client.Mqtt;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Client;

/// <summary>A server that says and expects exactly the bytes of a test.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    public const string ConnAck = "20 03 00 00 00";
    public const string ConnAckSessionPresent = "20 03 01 00 00";

    private readonly Channel<DuplexStream> _connections = Channel.CreateUnbounded<DuplexStream>();
    private readonly List<MqttClient> _clients = [];
    private DuplexStream? _stream;

    /// <summary>Makes the next attempts to open a connection fail.</summary>
    public bool IsDown { get; set; }

    public int Attempts { get; private set; }

    public MqttClientOptions Options => new()
    {
        ClientId = "c",
        OpenTransport = OpenAsync,
        KeepAlive = TimeSpan.Zero,
        Reconnect = null,
    };

    public async Task AcceptAsync(string connAck = ConnAck, string? expectedConnect = null)
    {
        _stream = await _connections.Reader.ReadAsync(TestContext.Current.CancellationToken);
        byte[] connect = await ReadAsync();
        (connect[0] >> 4).ShouldBe(1);
        if (expectedConnect is not null)
            Convert.ToHexString(connect).ShouldBe(expectedConnect.Replace(" ", "", StringComparison.Ordinal));
        await SendAsync(connAck);
    }

    /// <summary>A client that is connected with this server.</summary>
    public async Task<MqttClient> ConnectAsync(MqttClientOptions? options = null, string connAck = ConnAck)
    {
        var client = Create(options ?? Options);
        var connected = client.ConnectAsync(TestContext.Current.CancellationToken);
        await AcceptAsync(connAck);
        await connected;
        return client;
    }

    /// <summary>A client that ends with this server.</summary>
    public MqttClient Create(MqttClientOptions options)
    {
        var client = new MqttClient(options);
        _clients.Add(client);
        return client;
    }

    public async Task SendAsync(string hex) =>
        await _stream!.WriteAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), TestContext.Current.CancellationToken);

    /// <summary>Reads one packet and compares it.</summary>
    public async Task ExpectAsync(string hex) =>
        Convert.ToHexString(await ReadAsync()).ShouldBe(hex.Replace(" ", "", StringComparison.Ordinal));

    /// <summary>Reads one whole packet.</summary>
    public async Task<byte[]> ReadAsync()
    {
        var packet = new List<byte> { await ReadByteAsync() };
        int length = 0;
        int shift = 0;
        byte digit;
        do
        {
            digit = await ReadByteAsync();
            packet.Add(digit);
            length |= (digit & 0x7F) << shift;
            shift += 7;
        }
        while (digit >= 0x80);
        byte[] body = new byte[length];
        await _stream!.ReadExactlyAsync(body, TestContext.Current.CancellationToken);
        return [.. packet, .. body];
    }

    public async Task ExpectEndAsync() => (await _stream!.ReadAsync(new byte[1], TestContext.Current.CancellationToken)).ShouldBe(0);

    public void Cut() => _stream!.Dispose();

    /// <summary>Closes first, so that no client waits for that.</summary>
    public async ValueTask DisposeAsync()
    {
        _stream?.Dispose();
        foreach (var client in _clients)
            await client.DisposeAsync();
    }

    private async Task<byte> ReadByteAsync()
    {
        byte[] one = new byte[1];
        await _stream!.ReadExactlyAsync(one, TestContext.Current.CancellationToken);
        return one[0];
    }

    private ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        Attempts++;
        if (IsDown)
            throw new IOException("down");
        var (client, server) = DuplexStream.CreatePair();
        _connections.Writer.TryWrite(server);
        return ValueTask.FromResult<Stream>(client);
    }
}
