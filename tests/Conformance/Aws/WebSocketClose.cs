using System.Net.WebSockets;
using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Conformance.Aws;

/// <summary>On AWS a WebSocket Close frame stands for DISCONNECT; in the standard profile it is a connection that ended without one.</summary>
public sealed class WebSocketClose(AwsHub aws, StandardHub standard)
{
    [Fact]
    public async Task Close_frame_discards_the_will()
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(aws.Mqtt, 5);
        await watcher.SubscribeAsync(topic);
        await CloseAsync(aws.WebSocket, topic);
        await watcher.ExpectNothingAsync();
    }

    [Fact]
    public async Task Close_frame_publishes_the_will_in_the_standard_profile()
    {
        Assert.SkipWhen(StandardHub.IsForeign, "only for our own hub: its WebSocket listener is known");
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(standard.Mqtt, 5);
        await watcher.SubscribeAsync(topic);
        await CloseAsync(standard.Hub.Listener("ws"), topic);
        await watcher.ExpectAsync("closed");
    }

    private static async Task CloseAsync(Uri url, string topic)
    {
        var id = Names.Client();
        using (var socket = await ConnectAsync(url, RawPackets.Connect(5, id, will: new RawWill(topic, "closed"))))
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        // The same identifier is accepted only when the broker is done with the connection before.
        using var after = await ConnectAsync(url, RawPackets.Connect(5, id));
    }

    private static async Task<ClientWebSocket> ConnectAsync(Uri url, byte[] connect)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
        await socket.ConnectAsync(url, TestContext.Current.CancellationToken);
        await socket.SendAsync(connect, WebSocketMessageType.Binary, true, TestContext.Current.CancellationToken);
        var answer = new byte[1024];
        await socket.ReceiveAsync(answer.AsMemory(), TestContext.Current.CancellationToken);
        answer[0].ShouldBe((byte)0x20);
        return socket;
    }
}
