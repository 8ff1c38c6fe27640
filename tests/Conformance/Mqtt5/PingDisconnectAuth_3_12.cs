using Fairlead.Shared;
using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Mqtt5;

/// <summary>Chapters 3.12 to 3.15 and 4.12.</summary>
public sealed class PingDisconnectAuth_3_12(StandardHub hub)
{
    [Fact]
    [Statement("MQTT-3.12.4-1")]
    public async Task Every_ping_is_answered()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync([.. RawPackets.PingReq, .. RawPackets.PingReq, .. RawPackets.PingReq]);
        for (var i = 0; i < 3; i++)
            (await peer.Raw.ReadAsync()).ShouldSatisfyAllConditions(p => p.First.ShouldBe((byte)0xD0), p => p.Body.ShouldBeEmpty());
    }

    [Theory]
    [InlineData("E1 00")]
    [InlineData("EF 01 00")]
    [Statement("MQTT-3.14.1-1", "MQTT-3.14.2-1", "MQTT-3.14.4-1", "MQTT-3.14.4-2", "MQTT-4.13.2-1")]
    public async Task Disconnect_with_wrong_flags_is_malformed_and_publishes_the_will(string hex)
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await watcher.SubscribeAsync(topic);
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, will: new RawWill(topic, "violated"));
        await peer.Raw.SendHexAsync(hex);
        await peer.ExpectClosedAsync(0x81);
        await watcher.ExpectAsync("violated");
    }

    [Theory]
    [InlineData("E0 01 01", "an undefined reason code")]
    [InlineData("E0 0C 00 0A 11 00000000 11 00000000", "Session Expiry Interval twice")]
    [Statement("MQTT-3.14.2-1", "MQTT-4.13.1-1")]
    public async Task Disconnect_that_breaks_the_rules_publishes_the_will(string hex, string why)
    {
        why.ShouldNotBeEmpty();
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await watcher.SubscribeAsync(topic);
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, will: new RawWill(topic, "violated"));
        await peer.Raw.SendHexAsync(hex);
        await peer.ExpectClosedAsync(0x81, 0x82);
        await watcher.ExpectAsync("violated");
    }

    [Theory]
    [InlineData("E0 00")]
    [InlineData("E0 01 00")]
    [InlineData("E0 02 00 00")]
    [InlineData("E0 09 00 07 1F 0004 74657374")]
    [InlineData("E0 07 00 05 11 00000000")]
    [Statement("MQTT-3.14.4-3")]
    public async Task Every_form_of_disconnect_is_understood(string hex)
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await watcher.SubscribeAsync(topic);
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, will: new RawWill(topic, "must not be published"));
        await peer.Raw.SendHexAsync(hex);
        await peer.Raw.ExpectCloseAsync();
        await watcher.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-3.14.4-1")]
    public async Task Nothing_after_disconnect_is_processed()
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await watcher.SubscribeAsync(topic);
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync([.. RawPackets.Publish(5, topic, "before"), .. RawPackets.Disconnect(), .. RawPackets.Publish(5, topic, "after")]);
        await peer.Raw.ExpectCloseAsync();
        await watcher.ExpectAsync("before");
        await watcher.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("F0 00")]
    [InlineData("F0 02 18 00")]
    [InlineData("F0 09 19 07 15 0004 6E6F6E65")]
    [InlineData("F0 02 01 00")]
    [Statement("MQTT-4.12.0-7", "MQTT-3.15.2-1", "MQTT-4.13.1-1", "MQTT-4.12.0-6")]
    public async Task Auth_without_a_method_is_a_protocol_error(string hex)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.Raw.SendHexAsync(hex);
        await peer.ExpectClosedAsync(0x82, 0x81);
    }

    [Fact]
    [Statement("MQTT-4.12.0-1", "MQTT-3.2.2-7")]
    public Task Unknown_authentication_method_is_refused() => Refusal.ReasonAsync(hub.Mqtt, RawPackets.Connect(5, Names.Client(),
        properties: new P().Add(P.AuthenticationMethod, "GS2-KRB5").Add(P.AuthenticationData, new byte[] { 1, 2 })), 0x8C);
}
