using Fairlead.Shared;
using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Mqtt5;

public sealed class Subscribe_3_8(StandardHub hub)
{
    private const int NoLocal = 0x04;

    [Theory]
    [InlineData("80")]
    [InlineData("83")]
    [InlineData("8A")]
    [Statement("MQTT-3.8.1-1")]
    public async Task Wrong_flags_are_malformed(string first)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.Raw.SendHexAsync(first + "07 0001 00 0001 61 00");
        await peer.ExpectClosedAsync(0x81);
    }

    [Theory]
    [InlineData("82 03 0001 00")]
    [InlineData("82 06 0001 00 0001 61")]
    [Statement("MQTT-3.8.3-2", "MQTT-4.13.1-1")]
    public async Task Subscribe_without_a_whole_filter(string hex)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.Raw.SendHexAsync(hex);
        await peer.ExpectClosedAsync(0x81, 0x82);
    }

    [Theory]
    [InlineData(0x40)]
    [InlineData(0x80)]
    [InlineData(0xC1)]
    [InlineData(0x03)]
    [InlineData(0x30)]
    [Statement("MQTT-3.8.3-5", "MQTT-4.13.1-1")]
    public async Task Reserved_options_are_malformed(int options)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(RawPackets.Subscribe(5, 1, Names.Topic(), options));
        await peer.ExpectClosedAsync(0x81, 0x82);
    }

    [Fact]
    [Statement("MQTT-3.8.3-3")]
    public async Task No_local_keeps_own_messages_away()
    {
        var topic = Names.Topic();
        await using var other = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.SessionExpiry, 60));
        await peer.SubscribeAsync(topic, NoLocal | 1);
        await peer.PublishAsync(topic, "own", 1);
        await other.PublishAsync(topic, "of another", 1);
        await peer.ExpectAsync("of another");
        await peer.SubscribeAsync(topic, 1);
        await peer.PublishAsync(topic, "own again", 1);
        await peer.ExpectAsync("own again");
        await peer.SubscribeAsync(topic, NoLocal | 1);
        await peer.DisconnectAsync();
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, peer.Id, clean: false);
        await back.PublishAsync(topic, "own after a reconnect", 1);
        await back.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-3.8.3-4", "MQTT-4.13.1-1")]
    public async Task No_local_on_a_shared_subscription_is_a_protocol_error()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(RawPackets.Subscribe(5, 1, $"$share/g/{Names.Topic()}", NoLocal));
        await peer.ExpectClosedAsync(0x82);
    }

    [Fact]
    [Statement("MQTT-3.8.4-1", "MQTT-3.8.4-5", "MQTT-3.8.4-6", "MQTT-3.8.4-7", "MQTT-3.9.3-1", "MQTT-3.9.3-2")]
    public async Task Codes_come_in_the_order_of_the_filters()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
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
    [InlineData("#/a")]
    [InlineData("a+")]
    [InlineData("a/b+/c")]
    [InlineData("")]
    [InlineData("$share/g")]
    [InlineData("$share/g/")]
    [InlineData("$share//a")]
    [InlineData("$share/g+/a")]
    [InlineData("$share/g#/a")]
    [InlineData("$share/+/a")]
    [InlineData("$share/g/a#")]
    [Statement("MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT-4.7.3-1", "MQTT-3.9.3-2", "MQTT-4.8.2-1", "MQTT-4.8.2-2")]
    public async Task Malformed_filter_is_never_granted(string filter)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(RawPackets.Subscribe(5, 9, [(Names.Topic(), 1), (filter, 0)]));
        var packet = await peer.Raw.ReadAsync();
        var answer = RawAnswer.Read(5, packet);
        if (answer.Type == RawType.SubAck)
            answer.Codes.ShouldBe([1, 0x8F]);
        else
            answer.ShouldSatisfyAllConditions(a => a.Type.ShouldBe(RawType.Disconnect), a => a.Code.ShouldBeOneOf(0x81, 0x82, 0x8F));
    }

    [Fact]
    [Statement("MQTT-3.8.4-3")]
    public async Task Same_filter_replaces_the_subscription()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync(topic, 2);
        (await peer.SubscribeAsync(topic, 1)).Codes.ShouldBe([1]);
        await peer.PublishAsync(topic, "x", 2);
        (await peer.ExpectAsync("x")).QoS.ShouldBe(1);
        await peer.ExpectNothingAsync();
        await peer.UnsubscribeAsync(topic);
        await peer.PublishAsync(topic, "y", 2);
        await peer.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-3.8.4-4")]
    public async Task No_message_is_lost_while_a_subscription_is_replaced()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync(topic, 1);
        const int Count = 50;
        var publishing = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
                await publisher.PublishAsync(topic, $"{i}", 1);
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < 20; i++)
            await peer.SubscribeAsync(topic, 1);
        await publishing;
        for (var i = 0; i < Count; i++)
            await peer.ExpectAsync($"{i}");
    }

    [Theory]
    [InlineData(0, 2, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(1, 2, 1)]
    [InlineData(2, 0, 0)]
    [InlineData(2, 1, 1)]
    [InlineData(2, 2, 2)]
    [Statement("MQTT-3.8.4-8", "MQTT-4.3.1-1")]
    public async Task Delivery_is_at_the_lower_qos(int published, int granted, int delivered)
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        (await peer.SubscribeAsync(topic, granted)).Codes.ShouldBe([granted]);
        await peer.PublishAsync(topic, "x", published);
        (await peer.ExpectAsync("x")).QoS.ShouldBe(delivered);
    }

    [Fact]
    public async Task User_properties_of_a_subscribe_are_no_trouble()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        (await peer.SubscribeAsync([(Names.Topic(), 1)], new P().User("a", "1").User("a", "2"))).Codes.ShouldBe([1]);
    }
}
