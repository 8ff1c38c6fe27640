using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Conformance.Mqtt311;

public sealed class Subscribe_3_8(StandardHub hub)
{
    [Theory]
    [InlineData("80")]
    [InlineData("81")]
    [InlineData("83")]
    [InlineData("8A")]
    [Statement("MQTT-3.8.1-1")]
    public async Task Wrong_flags_are_closed(string first)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.Raw.SendHexAsync(first + "06 0001 0001 61 00");
        await peer.ExpectClosedAsync();
    }

    [Theory]
    [InlineData("82 02 0001")]
    [InlineData("82 05 0001 0001 61")]
    [InlineData("82 08 0001 0001 61 00 0001")]
    [Statement("MQTT-3.8.3-3", "MQTT-4.8.0-1")]
    public async Task Subscribe_without_a_whole_filter_is_closed(string hex)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.Raw.SendHexAsync(hex);
        await peer.ExpectClosedAsync();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(0x40)]
    [InlineData(0x81)]
    [Statement("MQTT-3.8.3-4")]
    public async Task Reserved_bits_are_closed(int options)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SendAsync(RawPackets.Subscribe(4, 1, Names.Topic(), options));
        await peer.ExpectClosedAsync();
    }

    [Fact]
    [Statement("MQTT-3.8.4-3")]
    public async Task Same_filter_replaces_the_subscription_and_sends_retained_again()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.PublishAsync(topic, "kept", 1, retain: true);
        (await peer.SubscribeAsync(topic)).Codes.ShouldBe([0]);
        (await peer.ExpectAsync("kept")).QoS.ShouldBe(0);
        (await peer.SubscribeAsync(topic, 1)).Codes.ShouldBe([1]);
        (await peer.ExpectAsync("kept")).QoS.ShouldBe(1);
        await peer.PublishAsync(topic, "live", 1);
        (await peer.ExpectAsync("live")).QoS.ShouldBe(1);
        await peer.ExpectNothingAsync();
        await peer.PublishAsync(topic, "", retain: true);
    }

    [Fact]
    [Statement("MQTT-3.8.4-4", "MQTT-3.8.4-5", "MQTT-3.9.3-1", "MQTT-3.9.3-2")]
    public async Task Codes_come_in_the_order_of_the_filters()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        (await peer.SubscribeAsync([(topic + "/a", 0), (topic + "/b", 1)])).Codes.ShouldBe([0, 1]);
        (await peer.SubscribeAsync([(topic + "/c", 2), (topic + "/d", 0), (topic + "/e", 1), (topic + "/f", 2), (topic + "/g", 0)]))
            .Codes.ShouldBe([2, 0, 1, 2, 0]);
        foreach (var level in new[] { "a", "b", "c", "d", "e", "f", "g" })
            await peer.PublishAsync($"{topic}/{level}", level, 2);
        foreach (var (level, qos) in new[] { ("a", 0), ("b", 1), ("c", 2), ("d", 0), ("e", 1), ("f", 2), ("g", 0) })
            (await peer.ExpectAsync(level)).QoS.ShouldBe(qos);
    }

    [Theory]
    [InlineData("a/#/b")]
    [InlineData("a#")]
    [InlineData("a/b#")]
    [InlineData("#/a")]
    [InlineData("a+")]
    [InlineData("+a/b")]
    [InlineData("a/b+/c")]
    [InlineData("")]
    [Statement("MQTT-4.7.1-2", "MQTT-4.7.1-3", "MQTT-4.7.3-1", "MQTT-3.8.4-5", "MQTT-3.9.3-2")]
    public async Task Malformed_filter_is_never_granted(string filter)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SendAsync(RawPackets.Subscribe(4, 9, [(Names.Topic(), 1), (filter, 0)]));
        if (await peer.Raw.ReadOrCloseAsync() is { } answer)
            RawAnswer.Read(4, answer).Codes.ShouldBe([1, 0x80]);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 2, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 2, 1)]
    [InlineData(2, 0, 0)]
    [InlineData(2, 1, 1)]
    [InlineData(2, 2, 2)]
    [Statement("MQTT-3.8.4-6", "MQTT-4.3.1-1")]
    public async Task Delivery_is_at_the_lower_qos(int published, int granted, int delivered)
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        (await peer.SubscribeAsync(topic, granted)).Codes.ShouldBe([granted]);
        await peer.PublishAsync(topic, "x", published);
        (await peer.ExpectAsync("x")).QoS.ShouldBe(delivered);
    }
}
