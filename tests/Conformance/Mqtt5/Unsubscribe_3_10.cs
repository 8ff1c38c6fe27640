using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Conformance.Mqtt5;

public sealed class Unsubscribe_3_10(StandardHub hub)
{
    [Theory]
    [InlineData("A0")]
    [InlineData("A3")]
    [Statement("MQTT-3.10.1-1")]
    public async Task Wrong_flags_are_malformed(string first)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.Raw.SendHexAsync(first + "06 0001 00 0001 61");
        await peer.ExpectClosedAsync(0x81);
    }

    [Fact]
    [Statement("MQTT-3.10.3-2", "MQTT-4.13.1-1")]
    public async Task Unsubscribe_without_a_filter()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.Raw.SendHexAsync("A2 03 0001 00");
        await peer.ExpectClosedAsync(0x81, 0x82);
    }

    [Fact]
    [Statement("MQTT-3.10.4-1", "MQTT-3.10.4-2", "MQTT-3.10.4-4", "MQTT-3.10.4-5", "MQTT-3.10.4-6", "MQTT-3.11.3-1", "MQTT-3.11.3-2")]
    public async Task Only_equal_filters_are_deleted_and_codes_say_which()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync([(topic + "/+", 0), (topic + "/a/b", 0), ($"$share/g/{topic}/s", 0)]);
        (await peer.UnsubscribeAsync(topic + "/a", topic + "/#", topic + "/A/B")).Codes.ShouldBe([0x11, 0x11, 0x11]);
        await peer.PublishAsync(topic + "/a", "1");
        await peer.PublishAsync(topic + "/a/b", "2");
        await peer.ExpectAsync("1");
        await peer.ExpectAsync("2");
        (await peer.UnsubscribeAsync(topic + "/none", topic + "/+", $"$share/g/{topic}/s", topic + "/s")).Codes.ShouldBe([0x11, 0, 0, 0x11]);
        await peer.PublishAsync(topic + "/a", "3");
        await peer.PublishAsync(topic + "/s", "4");
        await peer.PublishAsync(topic + "/a/b", "5");
        await peer.ExpectAsync("5");
        await peer.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-3.10.4-3")]
    public async Task Deliveries_that_have_begun_are_finished()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync(topic, 2);
        await peer.PublishAsync(topic, "x", 2);
        await peer.PublishAsync(topic, "y", 1);
        var two = await peer.TakeAsync();
        var one = await peer.TakeAsync();
        await peer.UnsubscribeAsync(topic);
        await peer.SendAsync(RawPackets.Ack(RawType.PubAck, one.Id));
        await peer.FinishAsync(two);
        await peer.PublishAsync(topic, "z", 1);
        await peer.ExpectNothingAsync();
    }
}
