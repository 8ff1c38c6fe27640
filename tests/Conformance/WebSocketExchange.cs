using System.Net.WebSockets;
using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Conformance;

/// <summary>The chapter on WebSocket reads the same in both standards.</summary>
internal static class WebSocketExchange
{
    public static async Task TextFramesAreClosedAsync(StandardHub hub, int level)
    {
        using var socket = await OpenAsync(hub);
        await socket.SendAsync(RawPackets.Connect(level, Names.Client()), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        var buffer = new byte[1024];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), TestContext.Current.CancellationToken)).MessageType != WebSocketMessageType.Close)
                buffer[0].ShouldNotBe((byte)0x20, "a CONNACK to a text frame");
        }
        catch (WebSocketException)
        {
            // Closed without the closing handshake: closed all the same.
        }
    }

    public static async Task PacketsNeedNotLineUpAsync(StandardHub hub, int level)
    {
        using var socket = await OpenAsync(hub);
        var topic = Names.Topic();
        byte[] bytes =
        [
            .. RawPackets.Connect(level, Names.Client()), .. RawPackets.Subscribe(level, 1, topic), .. RawPackets.Publish(level, topic, "torn"),
            .. RawPackets.PingReq,
        ];
        var middle = bytes.Length - 9;
        for (var i = 0; i < 20; i++)
            await SendAsync(socket, bytes.AsMemory(i, 1));
        await SendAsync(socket, bytes.AsMemory(20..middle));
        await SendAsync(socket, bytes.AsMemory(middle..));
        var received = new List<byte>();
        var buffer = new byte[1024];
        while (received.Count < 2 || received[^2] != 0xD0)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(), TestContext.Current.CancellationToken);
            result.MessageType.ShouldBe(WebSocketMessageType.Binary);
            received.AddRange(buffer.AsSpan(0, result.Count));
        }

        received[0].ShouldBe((byte)0x20);
        System.Text.Encoding.Latin1.GetString([.. received]).ShouldContain("torn");
    }

    public static async Task SubProtocolIsMqttAsync(StandardHub hub)
    {
        using var socket = await OpenAsync(hub);
        socket.SubProtocol.ShouldBe("mqtt");
    }

    private static async Task<ClientWebSocket> OpenAsync(StandardHub hub)
    {
        Assert.SkipWhen(StandardHub.IsForeign, "only for our own hub: its WebSocket listener is known");
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
        await socket.ConnectAsync(hub.Hub.Listener("ws"), TestContext.Current.CancellationToken);
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, ReadOnlyMemory<byte> bytes) =>
        socket.SendAsync(bytes, WebSocketMessageType.Binary, true, TestContext.Current.CancellationToken).AsTask();
}
