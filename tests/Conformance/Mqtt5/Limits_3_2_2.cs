using Fairlead.Shared;
using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Mqtt5;

/// <summary>What a server must say and do when it offers less than everything.</summary>
public sealed class Limits_3_2_2(LimitedHub hub)
{
    [Fact]
    [Statement("MQTT-3.2.2-9")]
    public async Task Limits_are_announced()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        peer.ConnAck.Properties.ShouldSatisfyAllConditions(
            p => p.Number(P.MaximumQoS).ShouldBe(1),
            p => p.Number(P.ReceiveMaximum).ShouldBe(3),
            p => (p.Number(P.TopicAliasMaximum) ?? 0).ShouldBe(0),
            p => p.Number(P.MaximumPacketSize).ShouldBe(1000));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [Statement("MQTT-3.2.2-10")]
    public async Task Subscription_above_the_maximum_qos_is_granted_below_it(int level)
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, level);
        (await peer.SubscribeAsync([(topic, 2), (topic + "/0", 0)])).Codes.ShouldBe([1, 0]);
        await peer.PublishAsync(topic, "x", 1);
        (await peer.ExpectAsync("x")).QoS.ShouldBe(1);
    }

    [Fact]
    [Statement("MQTT-3.1.3-8", "MQTT-3.2.2-7")]
    public async Task Client_identifier_beyond_the_limit_is_refused()
    {
        var id = Names.Client().PadRight(64, 'x');
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, id);
        await Refusal.ReasonAsync(hub.Mqtt, RawPackets.Connect(5, id + "x"), 0x85);
        await Refusal.ReturnsAsync(hub.Mqtt, RawPackets.Connect(4, id + "x"), 2);
    }

    [Fact]
    [Statement("MQTT-3.2.2-11", "MQTT-4.13.1-1")]
    public async Task Publish_above_the_maximum_qos_is_refused()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(RawPackets.Publish(5, Names.Topic(), "x", 2, 1));
        await peer.ExpectClosedAsync(0x9B);
    }

    [Fact]
    [Statement("MQTT-3.2.2-12", "MQTT-3.2.2-7")]
    public Task Will_above_the_maximum_qos_is_refused() =>
        Refusal.ReasonAsync(hub.Mqtt, RawPackets.Connect(5, Names.Client(), will: new RawWill(Names.Topic(), "x", 2)), 0x9B);

    [Fact]
    [Statement("MQTT-3.2.2-18", "MQTT-3.3.2-9", "MQTT-4.13.1-1")]
    public async Task Alias_where_none_was_offered_is_refused()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(RawPackets.Publish(5, Names.Topic(), "x", properties: new P().Add(P.TopicAlias, 1)));
        await peer.ExpectClosedAsync(0x94);
    }

    [Fact]
    [Statement("MQTT-3.2.2-15", "MQTT-4.13.1-1")]
    public async Task Packet_up_to_the_maximum_passes_and_one_byte_more_does_not()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync(topic);
        var payload = new byte[1000 - RawPackets.Publish(5, topic, new byte[500]).Length + 500];
        await peer.SendAsync(RawPackets.Publish(5, topic, payload));
        (await peer.ReceiveAsync()).Payload.Length.ShouldBe(payload.Length);
        await peer.SendAsync(RawPackets.Publish(5, topic, new byte[payload.Length + 1]));
        await peer.ExpectClosedAsync(0x95);
    }
}
