using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Conformance.Mqtt311;

public sealed class OperationalBehaviour_4(StandardHub hub)
{
    [Fact]
    [Statement("MQTT-4.3.2-2")]
    public async Task After_PubAck_the_identifier_means_a_new_message()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SubscribeAsync(topic);
        await peer.SendAsync(RawPackets.Publish(4, topic, "one", 1, 5));
        await peer.AnswerAsync(RawType.PubAck);
        await peer.SendAsync(RawPackets.Publish(4, topic, "two", 1, 5, dup: true));
        await peer.AnswerAsync(RawType.PubAck);
        await peer.ExpectAsync("one");
        await peer.ExpectAsync("two");
    }

    [Fact]
    [Statement("MQTT-4.3.3-2")]
    public async Task Qos_2_repeated_before_PubRel_is_dispatched_once()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SubscribeAsync(topic);
        for (var i = 0; i < 3; i++)
        {
            await peer.SendAsync(RawPackets.Publish(4, topic, "once", 2, 6, dup: i > 0));
            (await peer.AnswerAsync(RawType.PubRec)).Id.ShouldBe(6);
        }

        await peer.SendAsync(RawPackets.Ack(RawType.PubRel, 6));
        await peer.AnswerAsync(RawType.PubComp);
        await peer.SendAsync(RawPackets.Publish(4, topic, "new", 2, 6));
        await peer.AnswerAsync(RawType.PubRec);
        await peer.SendAsync(RawPackets.Ack(RawType.PubRel, 6));
        await peer.AnswerAsync(RawType.PubComp);
        await peer.ExpectAsync("once");
        await peer.ExpectAsync("new");
        await peer.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-4.3.3-2", "MQTT-4.1.0-1")]
    public async Task Qos_2_repeated_after_a_reconnect_is_dispatched_once()
    {
        var topic = Names.Topic();
        var id = Names.Client();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 4);
        await watcher.SubscribeAsync(topic);
        await using (var first = await Peer.ConnectAsync(hub.Mqtt, 4, id, clean: false))
        {
            await first.SendAsync(RawPackets.Publish(4, topic, "once", 2, 6));
            await first.AnswerAsync(RawType.PubRec);
            first.Raw.Reset();
        }

        await using var back = await Peer.ConnectAsync(hub.Mqtt, 4, id, clean: false);
        await back.SendAsync(RawPackets.Publish(4, topic, "once", 2, 6, dup: true));
        await back.AnswerAsync(RawType.PubRec);
        await back.SendAsync(RawPackets.Ack(RawType.PubRel, 6));
        await back.AnswerAsync(RawType.PubComp);
        await watcher.ExpectAsync("once");
        await watcher.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-3.6.1-1")]
    public async Task PubRel_with_wrong_flags_is_closed()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SendAsync(RawPackets.Publish(4, Names.Topic(), "x", 2, 1));
        await peer.AnswerAsync(RawType.PubRec);
        await peer.Raw.SendHexAsync("60 02 0001");
        await peer.ExpectClosedAsync();
    }

    [Fact]
    [Statement("MQTT-4.4.0-1", "MQTT-4.3.3-1")]
    public async Task PubRel_comes_again_and_the_publish_does_not()
    {
        var topic = Names.Topic();
        var id = Names.Client();
        int packetId;
        await using (var first = await Peer.ConnectAsync(hub.Mqtt, 4, id, clean: false))
        {
            await first.SubscribeAsync(topic, 2);
            await first.PublishAsync(topic, "x", 2);
            packetId = (await first.TakeAsync()).Id;
            await first.SendAsync(RawPackets.Ack(RawType.PubRec, packetId));
            await first.AnswerAsync(RawType.PubRel);
            first.Raw.Reset();
        }

        await using (var second = await Peer.ConnectAsync(hub.Mqtt, 4, id, clean: false))
        {
            (await second.AnswerAsync(RawType.PubRel)).Id.ShouldBe(packetId);
            await second.SendAsync(RawPackets.Ack(RawType.PubComp, packetId));
            await second.ExpectNothingAsync();
            await second.DisconnectAsync();
        }

        await using var third = await Peer.ConnectAsync(hub.Mqtt, 4, id, clean: false);
        await third.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-4.6.0-1", "MQTT-4.4.0-1", "MQTT-4.5.0-1")]
    public async Task Unacknowledged_messages_come_again_in_their_order()
    {
        var topic = Names.Topic();
        var id = Names.Client();
        var texts = Enumerable.Range(0, 10).Select(i => $"m{i}").ToArray();
        var sent = new List<RawPublish>(); // in order for each QoS; between them a broker is free
        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 4);
        await using (var first = await Peer.ConnectAsync(hub.Mqtt, 4, id, clean: false))
        {
            await first.SubscribeAsync(topic, 2);
            foreach (var text in texts)
                await publisher.PublishAsync(topic, text, 1 + (text[1] % 2));
            for (var i = 0; i < texts.Length; i++)
                sent.Add(await first.TakeAsync());
            await first.DisconnectAsync(); // not a reset: the broker must know before "new" comes
        }

        await publisher.PublishAsync(topic, "new", 1);
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 4, id, clean: false);
        foreach (var qos in new[] { 1, 2 })
            sent.Where(m => m.QoS == qos).Select(m => m.Text).ShouldBe(texts.Where(text => 1 + (text[1] % 2) == qos));
        foreach (var before in sent)
            (await back.TakeAsync()).ShouldSatisfyAllConditions(m => m.Text.ShouldBe(before.Text), m => m.Id.ShouldBe(before.Id), m => m.Dup.ShouldBeTrue());
        (await back.TakeAsync()).ShouldSatisfyAllConditions(m => m.Text.ShouldBe("new"), m => m.Dup.ShouldBeFalse());
    }

    [Fact]
    [Statement("MQTT-4.6.0-2", "MQTT-4.6.0-3")]
    public async Task Acknowledgements_come_in_the_order_of_the_messages()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        var ids = new[] { 9, 3, 7, 1, 65535, 2 };
        foreach (var qos in new[] { 1, 2 })
        {
            await peer.SendAsync([.. ids.SelectMany(id => RawPackets.Publish(4, Names.Topic(), "x", qos, id))]);
            foreach (var id in ids)
                (await peer.AnswerAsync(qos == 1 ? RawType.PubAck : RawType.PubRec)).Id.ShouldBe(id);
        }
    }

    [Fact]
    [Statement("MQTT-4.6.0-4")]
    public async Task PubRel_packets_come_in_the_order_of_the_PubRec_packets()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SubscribeAsync(topic, 2);
        for (var i = 0; i < 4; i++)
            await peer.PublishAsync(topic, "x", 2);
        var ids = new List<int>();
        for (var i = 0; i < 4; i++)
            ids.Add((await peer.TakeAsync()).Id);
        ids.Reverse();
        await peer.SendAsync([.. ids.SelectMany(id => RawPackets.Ack(RawType.PubRec, id))]);
        foreach (var id in ids)
            (await peer.AnswerAsync(RawType.PubRel)).Id.ShouldBe(id);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Statement("MQTT-4.6.0-5", "MQTT-4.6.0-6")]
    public async Task Messages_keep_their_order(int qos)
    {
        var topic = Names.Topic();
        await using var subscriber = await Peer.ConnectAsync(hub.Mqtt, 4);
        await subscriber.SubscribeAsync(topic, qos);
        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 4);
        var count = qos == 2 ? 20 : 200; // QoS 2 stays in flight until PUBREL
        await publisher.SendAsync([.. Enumerable.Range(1, count).SelectMany(i => RawPackets.Publish(4, topic, $"{i}", qos, qos == 0 ? 0 : i))]);
        if (qos == 2)
            await publisher.SendAsync([.. Enumerable.Range(1, count).SelectMany(i => RawPackets.Ack(RawType.PubRel, i))]);
        for (var i = 1; i <= count; i++)
            await subscriber.ExpectAsync($"{i}");
    }

    [Theory]
    [InlineData("#", "a", true)]
    [InlineData("a/#", "a", true)]
    [InlineData("a/#", "a/b/c", true)]
    [InlineData("a/#", "ab", false)]
    [InlineData("a/+", "a/b", true)]
    [InlineData("a/+", "a", false)]
    [InlineData("a/+", "a/", true)]
    [InlineData("a/+", "a/b/c", false)]
    [InlineData("+/+", "/a", true)]
    [InlineData("/+", "/a", true)]
    [InlineData("+", "/a", false)]
    [InlineData("a/+/c", "a/b/c", true)]
    [InlineData("a/+/#", "a/b", true)]
    [InlineData("A", "a", false)]
    [InlineData("a", "a/", false)]
    [InlineData("a//b", "a//b", true)]
    [InlineData("a//b", "a/b", false)]
    [InlineData("a b", "a b", true)]
    [InlineData("\u00E9", "e\u0301", false)]
    [Statement("MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT-4.7.1-3", "MQTT-4.7.3-4", "MQTT-3.3.2-3")]
    public async Task Filters_match_level_by_level(string filter, string topic, bool matches)
    {
        // A level of its own in front keeps other tests' messages out: "#" becomes "own/#".
        var own = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SubscribeAsync([($"{own}/{filter}", 0), (own + "-end", 0)]);
        await peer.PublishAsync($"{own}/{topic}", "match");
        await peer.PublishAsync(own + "-end", "end");
        if (matches)
            await peer.ExpectAsync("match");
        await peer.ExpectAsync("end");
    }

    [Fact]
    [Statement("MQTT-4.7.2-1")]
    public async Task Leading_wildcards_do_not_match_reserved_topics()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SubscribeAsync([("+/broker/#", 0), ("+/broker/version", 0), ("+/broker/uptime", 0)]);
        await peer.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-4.7.3-1")]
    public async Task Empty_topic_name_is_closed()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SendAsync(RawPackets.Publish(4, "", "x"));
        await peer.ExpectClosedAsync();
    }

    [Fact]
    [Statement("MQTT-4.7.3-3")]
    public async Task Longest_topic_goes_through()
    {
        var topic = Names.Topic() + "/";
        topic += new string('x', 65_535 - topic.Length);
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        (await peer.SubscribeAsync(topic)).Codes.ShouldBe([0]);
        await peer.PublishAsync(topic, "long");
        (await peer.ExpectAsync("long")).Topic.ShouldBe(topic);
    }
}
