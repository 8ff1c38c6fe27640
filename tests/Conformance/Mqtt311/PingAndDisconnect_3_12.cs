using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Conformance.Mqtt311;

public sealed class PingAndDisconnect_3_12(StandardHub hub)
{
    [Fact]
    [Statement("MQTT-3.12.4-1")]
    public async Task Every_ping_is_answered()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SendAsync([.. RawPackets.PingReq, .. RawPackets.PingReq, .. RawPackets.PingReq]);
        for (var i = 0; i < 3; i++)
            (await peer.Raw.ReadAsync()).ShouldSatisfyAllConditions(p => p.First.ShouldBe((byte)0xD0), p => p.Body.ShouldBeEmpty());
    }

    [Theory]
    [InlineData("E1 00")]
    [InlineData("E2 00")]
    [InlineData("EF 00")]
    [Statement("MQTT-3.14.1-1")]
    public async Task Disconnect_with_wrong_flags_is_a_violation(string hex)
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 4);
        await watcher.SubscribeAsync(topic);
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4, will: new RawWill(topic, "violated"));
        await peer.Raw.SendHexAsync(hex);
        await peer.ExpectClosedAsync();
        await watcher.ExpectAsync("violated");
    }

    [Fact]
    [Statement("MQTT-3.14.4-1", "MQTT-3.14.4-2")]
    public async Task Nothing_after_disconnect_is_processed()
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 4);
        await watcher.SubscribeAsync(topic);
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SendAsync([.. RawPackets.Publish(4, topic, "before"), .. RawPackets.Disconnect(), .. RawPackets.Publish(4, topic, "after")]);
        await peer.Raw.ExpectCloseAsync();
        await watcher.ExpectAsync("before");
        await watcher.ExpectNothingAsync();
    }
}
