using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Conformance.Mqtt311;

public sealed class Unsubscribe_3_10(StandardHub hub)
{
    [Theory]
    [InlineData("A0")]
    [InlineData("A3")]
    [InlineData("A6")]
    [Statement("MQTT-3.10.1-1")]
    public async Task Wrong_flags_are_closed(string first)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.Raw.SendHexAsync(first + "05 0001 0001 61");
        await peer.ExpectClosedAsync();
    }

    [Fact]
    [Statement("MQTT-3.10.3-2", "MQTT-4.8.0-1")]
    public async Task Unsubscribe_without_a_filter_is_closed()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.Raw.SendHexAsync("A2 02 0001");
        await peer.ExpectClosedAsync();
    }

    [Fact]
    [Statement("MQTT-3.10.4-1", "MQTT-3.10.4-2", "MQTT-3.10.4-4", "MQTT-3.10.4-5", "MQTT-3.10.4-6")]
    public async Task Only_equal_filters_are_deleted()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SubscribeAsync([(topic + "/+", 0), (topic + "/a/b", 0), (topic + "/c/#", 0)]);
        await peer.UnsubscribeAsync(topic + "/a", topic + "/#", topic + "/A/B");
        await peer.PublishAsync(topic + "/a", "1");
        await peer.PublishAsync(topic + "/a/b", "2");
        await peer.PublishAsync(topic + "/c/d", "3");
        await peer.ExpectAsync("1");
        await peer.ExpectAsync("2");
        await peer.ExpectAsync("3");
        (await peer.UnsubscribeAsync(topic + "/+", topic + "/c/#", "unknown")).Codes.ShouldBeEmpty();
        await peer.PublishAsync(topic + "/a", "4");
        await peer.PublishAsync(topic + "/c/d", "5");
        await peer.PublishAsync(topic + "/a/b", "6");
        await peer.ExpectAsync("6");
        await peer.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-3.10.4-3")]
    public async Task Deliveries_that_have_begun_are_finished()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
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
