using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Conformance.Mqtt311;

public sealed class Publish_3_3(StandardHub hub)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Statement("MQTT-3.3.1-1", "MQTT-4.4.0-1", "MQTT-2.3.1-3", "MQTT-4.3.2-1", "MQTT-4.3.3-1")]
    public async Task Unacknowledged_publish_comes_again_with_dup_and_its_identifier(int qos)
    {
        var topic = Names.Topic();
        var id = Names.Client();
        int packetId;
        await using (var first = await Peer.ConnectAsync(hub.Mqtt, 4, id, clean: false))
        {
            await first.SubscribeAsync(topic, 2);
            await first.PublishAsync(topic, "again", qos);
            var message = await first.TakeAsync();
            message.Dup.ShouldBeFalse();
            packetId = message.Id;
            first.Raw.Reset();
        }

        await using var back = await Peer.ConnectAsync(hub.Mqtt, 4, id, clean: false);
        (await back.ExpectAsync("again")).ShouldSatisfyAllConditions(m => m.Dup.ShouldBeTrue(), m => m.Id.ShouldBe(packetId), m => m.QoS.ShouldBe(qos));
        await back.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-3.3.1-2", "MQTT-4.8.0-1")]
    public async Task Dup_at_qos_0_is_closed()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SendAsync(RawPackets.Publish(4, Names.Topic(), "x", dup: true));
        await peer.ExpectClosedAsync();
    }

    [Fact]
    [Statement("MQTT-3.3.1-2", "MQTT-3.3.1-3")]
    public async Task Dup_of_the_publisher_is_not_handed_on()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SubscribeAsync(topic, 1);
        await peer.SendAsync(RawPackets.Publish(4, topic, "one", 1, 77, dup: true));
        (await peer.AnswerAsync(RawType.PubAck)).Id.ShouldBe(77);
        (await peer.ExpectAsync("one")).Dup.ShouldBeFalse();
        await peer.SendAsync(RawPackets.Publish(4, topic, "two", 2, 78, dup: true));
        (await peer.AnswerAsync(RawType.PubRec)).Id.ShouldBe(78);
        await peer.SendAsync(RawPackets.Ack(RawType.PubRel, 78)); // a broker may deliver now or before
        (await peer.AnswerAsync(RawType.PubComp)).Id.ShouldBe(78);
        (await peer.ExpectAsync("two")).Dup.ShouldBeFalse();
    }

    [Theory]
    [InlineData("36 06 0001 61 0001 78")]
    [InlineData("3E 06 0001 61 0001 78")]
    [Statement("MQTT-3.3.1-4", "MQTT-4.8.0-1")]
    public async Task Qos_3_is_closed(string hex)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.Raw.SendHexAsync(hex);
        await peer.ExpectClosedAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Statement("MQTT-3.3.1-5", "MQTT-3.3.1-6", "MQTT-3.3.1-7", "MQTT-3.3.1-8", "MQTT-3.3.1-9")]
    public async Task Retained_message_reaches_later_subscribers(int qos)
    {
        var topic = Names.Topic();
        await using var live = await Peer.ConnectAsync(hub.Mqtt, 4);
        await live.SubscribeAsync(topic, 2);
        await live.PublishAsync(topic, "old", 2, retain: true);
        (await live.ExpectAsync("old")).Retain.ShouldBeFalse();
        await live.PublishAsync(topic, "new", qos, retain: true);
        (await live.ExpectAsync("new")).Retain.ShouldBeFalse();
        await using var late = await Peer.ConnectAsync(hub.Mqtt, 4);
        await late.SubscribeAsync(topic + "/#", 2);
        (await late.ExpectAsync("new")).ShouldSatisfyAllConditions(m => m.Retain.ShouldBeTrue(), m => m.QoS.ShouldBe(qos));
        await live.PublishAsync(topic, "", retain: true);
    }

    [Fact]
    [Statement("MQTT-3.3.1-6")]
    public async Task All_matching_topics_send_their_retained_message()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        foreach (var level in new[] { "a", "b", "b/c" })
            await peer.PublishAsync($"{topic}/{level}", level, 1, retain: true);
        await peer.SubscribeAsync(topic + "/#", 1);
        var texts = new[] { (await peer.ReceiveAsync()).Text, (await peer.ReceiveAsync()).Text, (await peer.ReceiveAsync()).Text };
        texts.Order(StringComparer.Ordinal).ShouldBe(["a", "b", "b/c"]);
        await peer.ExpectNothingAsync();
        foreach (var level in new[] { "a", "b", "b/c" })
            await peer.PublishAsync($"{topic}/{level}", "", 0, retain: true);
    }

    [Fact]
    [Statement("MQTT-3.3.1-10", "MQTT-3.3.1-11")]
    public async Task Empty_retained_publish_is_delivered_and_removes()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.PublishAsync(topic, "kept", 1, retain: true);
        await peer.SubscribeAsync(topic, 1);
        await peer.ExpectAsync("kept");
        await peer.PublishAsync(topic, "", 1, retain: true);
        (await peer.ExpectAsync("")).Retain.ShouldBeFalse();
        await using var late = await Peer.ConnectAsync(hub.Mqtt, 4);
        await late.SubscribeAsync(topic, 1);
        await late.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-3.3.1-12")]
    public async Task Publish_without_retain_leaves_the_retained_message_alone()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.PublishAsync(topic, "kept", 1, retain: true);
        await peer.PublishAsync(topic, "passing", 1);
        await peer.PublishAsync(topic, "", 1);
        await peer.SubscribeAsync(topic, 1);
        await peer.ExpectAsync("kept");
        await peer.ExpectNothingAsync();
        await peer.PublishAsync(topic, "", retain: true);
    }

    [Theory]
    [InlineData("a/+")]
    [InlineData("a/#")]
    [InlineData("#")]
    [InlineData("+/a")]
    [InlineData("a+")]
    [Statement("MQTT-3.3.2-2", "MQTT-4.7.1-1")]
    public async Task Wildcards_in_a_topic_name_are_closed(string topic)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SendAsync(RawPackets.Publish(4, topic, "x", 1, 1));
        await peer.ExpectClosedAsync();
    }

    [Fact]
    [Statement("MQTT-3.3.2-3")]
    public async Task Topic_name_sent_matches_the_filter()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SubscribeAsync(topic + "/+/x");
        foreach (var level in new[] { "a/x", "a/y", "a/b/x", "x", "/x" })
            await peer.PublishAsync($"{topic}/{level}", level);
        (await peer.ReceiveAsync()).Topic.ShouldBe(topic + "/a/x");
        (await peer.ReceiveAsync()).Topic.ShouldBe(topic + "//x");
        await peer.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-3.3.5-1")]
    public async Task Overlapping_subscriptions_deliver_at_the_highest_qos()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SubscribeAsync([(topic + "/#", 0), (topic + "/+", 2), (topic + "/a", 1)]);
        await peer.PublishAsync(topic + "/a", "x", 2);
        await peer.PublishAsync(topic + "/a", "end", 2);
        var seen = new List<int>();
        RawPublish message;
        while ((message = await peer.ReceiveAsync()).Text == "x")
            seen.Add(message.QoS);
        seen.Max().ShouldBe(2);
    }

    [Fact]
    [Statement("MQTT-3.3.5-2")]
    public async Task Publish_without_permission_is_acknowledged_or_closed()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SendAsync(RawPackets.Publish(4, "$SYS/broker/version", "mine", 1, 5, retain: true));
        if (await peer.Raw.ReadOrCloseAsync() is { } answer)
            RawAnswer.Read(4, answer).ShouldSatisfyAllConditions(a => a.Type.ShouldBe(RawType.PubAck), a => a.Id.ShouldBe(5));
        await using var reader = await Peer.ConnectAsync(hub.Mqtt, 4);
        await reader.SubscribeAsync("$SYS/broker/version");
        await reader.PingAsync();
    }
}
