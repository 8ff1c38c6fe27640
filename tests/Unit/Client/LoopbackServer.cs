using System.Net;
using System.Net.Sockets;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Client;

/// <summary>A server on the loopback device that answers each packet type with bytes of the test. An answer of null closes.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Dictionary<int, Func<byte[], string?>> _answers;
    private readonly Task _serving;

    public LoopbackServer(Dictionary<int, Func<byte[], string?>>? answers = null)
    {
        _answers = new Dictionary<int, Func<byte[], string?>>
        {
            [1] = _ => ScriptedServer.ConnAck,
            [3] = packet => (packet[0] & 6) switch { 2 => $"40 02 {Id(packet)}", 4 => $"50 02 {Id(packet)}", _ => "" },
            [6] = packet => $"70 02 {Convert.ToHexString(packet, 2, 2)}",
            [8] = packet => $"90 04 {Convert.ToHexString(packet, 2, 2)} 00 00",
            [10] = packet => $"B0 04 {Convert.ToHexString(packet, 2, 2)} 00 00",
            [12] = _ => "D0 00",
            [14] = _ => null,
        };
        foreach (var (type, answer) in answers ?? [])
            _answers[type] = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>What came, as hex.</summary>
    public List<string> Packets { get; } = [];

    public string Port => ((IPEndPoint)_listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Packet Identifier of a PUBLISH.</summary>
    public static string Id(byte[] publish) => Convert.ToHexString(publish, 4 + ((publish[2] << 8) | publish[3]), 2);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var peer = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
                await ServeAsync(peer.GetStream());
            }
        }
        catch (Exception exception) when (exception is SocketException or InvalidOperationException or OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        byte[] header = new byte[2];
        while (await stream.ReadAtLeastAsync(header, 2, throwOnEndOfStream: false) == 2)
        {
            header[1].ShouldBeLessThan((byte)128, "the tests here send short packets");
            byte[] packet = [.. header, .. new byte[header[1]]];
            await stream.ReadExactlyAsync(packet.AsMemory(2));
            lock (Packets)
                Packets.Add(Convert.ToHexString(packet));
            string? answer = _answers[packet[0] >> 4](packet);
            if (answer is null)
                return;
            await stream.WriteAsync(Convert.FromHexString(answer.Replace(" ", "", StringComparison.Ordinal)));
        }
    }
}
