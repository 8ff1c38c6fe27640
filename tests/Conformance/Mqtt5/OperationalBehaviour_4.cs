using Fairlead.Shared;
using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Mqtt5;

public sealed class OperationalBehaviour_4(StandardHub hub)
{
    private static P Stored => new P().Add(P.SessionExpiry, 60);

    [Fact]
    [Statement("MQTT-4.3.2-5")]
    public async Task After_PubAck_the_identifier_means_a_new_message()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync(topic);
        await peer.SendAsync(RawPackets.Publish(5, topic, "one", 1, 5));
        await peer.AnswerAsync(RawType.PubAck);
        await peer.SendAsync(RawPackets.Publish(5, topic, "two", 1, 5, dup: true));
        await peer.AnswerAsync(RawType.PubAck);
        await peer.ExpectAsync("one");
        await peer.ExpectAsync("two");
    }

    [Fact]
    [Statement("MQTT-4.3.3-10", "MQTT-4.3.3-12")]
    public async Task Qos_2_repeated_before_PubRel_is_dispatched_once()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync(topic);
        for (var i = 0; i < 3; i++)
        {
            await peer.SendAsync(RawPackets.Publish(5, topic, "once", 2, 6, dup: i > 0));
            (await peer.AnswerAsync(RawType.PubRec)).ShouldSatisfyAllConditions(a => a.Id.ShouldBe(6), a => a.Code.ShouldBeLessThan(0x80));
        }

        await FinishAsync(peer, 6);
        await peer.SendAsync(RawPackets.Publish(5, topic, "new", 2, 6));
        await peer.AnswerAsync(RawType.PubRec);
        await FinishAsync(peer, 6);
        await peer.ExpectAsync("once");
        await peer.ExpectAsync("new");
        await peer.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-4.3.3-10", "MQTT-4.1.0-1")]
    public async Task Qos_2_repeated_after_a_reconnect_is_dispatched_once()
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await watcher.SubscribeAsync(topic);
        await using var first = await Peer.ConnectAsync(hub.Mqtt, 5, properties: Stored);
        await first.SendAsync(RawPackets.Publish(5, topic, "once", 2, 6));
        await first.AnswerAsync(RawType.PubRec);
        first.Raw.Reset();
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, first.Id, clean: false, properties: Stored);
        await back.SendAsync(RawPackets.Publish(5, topic, "once", 2, 6, dup: true));
        (await back.AnswerAsync(RawType.PubRec)).Code.ShouldBeLessThan(0x80);
        await FinishAsync(back, 6);
        await watcher.ExpectAsync("once");
        await watcher.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-4.3.3-9")]
    public async Task After_a_refusing_PubRec_the_identifier_means_a_new_message()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync(topic);
        await peer.SendAsync(RawPackets.Publish(5, "$SYS/broker/version", "x", 2, 6));
        var answer = await peer.AnswerAsync(RawType.PubRec);
        if (answer.Code < 0x80 && StandardHub.IsForeign)
            return;
        answer.Code.ShouldBeGreaterThanOrEqualTo(0x80);
        await peer.SendAsync(RawPackets.Publish(5, topic, "new", 2, 6));
        (await peer.AnswerAsync(RawType.PubRec)).Code.ShouldBeLessThan(0x80);
        await FinishAsync(peer, 6);
        await peer.ExpectAsync("new");
    }

    [Fact]
    [Statement("MQTT-4.4.0-1", "MQTT-4.3.3-4", "MQTT-4.3.3-5", "MQTT-4.3.3-6")]
    public async Task PubRel_comes_again_and_the_publish_does_not()
    {
        var topic = Names.Topic();
        await using var first = await Peer.ConnectAsync(hub.Mqtt, 5, properties: Stored);
        await first.SubscribeAsync(topic, 2);
        await first.PublishAsync(topic, "x", 2);
        var packetId = (await first.TakeAsync()).Id;
        await first.SendAsync(RawPackets.Ack(RawType.PubRec, packetId));
        (await first.AnswerAsync(RawType.PubRel)).Id.ShouldBe(packetId);
        first.Raw.Reset();
        await using (var second = await Peer.ConnectAsync(hub.Mqtt, 5, first.Id, clean: false, properties: Stored))
        {
            (await second.AnswerAsync(RawType.PubRel)).ShouldSatisfyAllConditions(a => a.Id.ShouldBe(packetId), a => a.Code.ShouldBe(0));
            await second.SendAsync(RawPackets.Ack(RawType.PubComp, packetId));
            await second.ExpectNothingAsync();
            await second.DisconnectAsync();
        }

        await using var third = await Peer.ConnectAsync(hub.Mqtt, 5, first.Id, clean: false);
        await third.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Statement("MQTT-4.4.0-2")]
    public async Task Refused_delivery_is_not_sent_again(int qos)
    {
        var topic = Names.Topic();
        await using var first = await Peer.ConnectAsync(hub.Mqtt, 5, properties: Stored);
        await first.SubscribeAsync(topic, 2);
        await first.PublishAsync(topic, "refused", qos);
        var message = await first.TakeAsync();
        await first.SendAsync(RawPackets.Ack(qos == 1 ? RawType.PubAck : RawType.PubRec, message.Id, 0x83));
        await first.ExpectNothingAsync();
        await first.DisconnectAsync();
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, first.Id, clean: false);
        await back.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-4.3.3-7")]
    public async Task Publish_that_has_been_sent_expires_no_more()
    {
        var topic = Names.Topic();
        await using var first = await Peer.ConnectAsync(hub.Mqtt, 5, properties: Stored);
        await first.SubscribeAsync(topic, 2);
        await first.PublishAsync(topic, "sent", 2, properties: new P().Add(P.MessageExpiry, 1));
        (await first.TakeAsync()).Text.ShouldBe("sent");
        first.Raw.Reset();
        await BrokerClock.PassAsync(hub.Mqtt, 3);
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, first.Id, clean: false);
        (await back.ExpectAsync("sent")).Dup.ShouldBeTrue();
    }

    [Fact]
    [Statement("MQTT-4.3.3-13")]
    public async Task Exchange_is_finished_although_the_message_has_expired()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(RawPackets.Publish(5, Names.Topic(), "x", 2, 9, properties: new P().Add(P.MessageExpiry, 1)));
        await peer.AnswerAsync(RawType.PubRec);
        await BrokerClock.PassAsync(hub.Mqtt, 3);
        await FinishAsync(peer, 9);
    }

    [Fact]
    [Statement("MQTT-4.5.0-1", "MQTT-4.4.0-1")]
    public async Task Unacknowledged_messages_come_again_in_their_order_before_new_ones()
    {
        var topic = Names.Topic();
        var texts = Enumerable.Range(0, 10).Select(i => $"m{i}").ToArray();
        var sent = new List<RawPublish>(); // in order for each QoS; between them a broker is free
        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var first = await Peer.ConnectAsync(hub.Mqtt, 5, properties: Stored);
        await first.SubscribeAsync(topic, 2);
        foreach (var text in texts)
            await publisher.PublishAsync(topic, text, 1 + (text[1] % 2));
        for (var i = 0; i < texts.Length; i++)
            sent.Add(await first.TakeAsync());
        await first.DisconnectAsync();
        await publisher.PublishAsync(topic, "new", 1);
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, first.Id, clean: false);
        foreach (var qos in new[] { 1, 2 })
            sent.Where(m => m.QoS == qos).Select(m => m.Text).ShouldBe(texts.Where(text => 1 + (text[1] % 2) == qos));
        foreach (var before in sent)
            (await back.TakeAsync()).ShouldSatisfyAllConditions(m => m.Text.ShouldBe(before.Text), m => m.Id.ShouldBe(before.Id), m => m.Dup.ShouldBeTrue());
        (await back.TakeAsync()).ShouldSatisfyAllConditions(m => m.Text.ShouldBe("new"), m => m.Dup.ShouldBeFalse());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Statement("MQTT-4.6.0-5", "MQTT-4.6.0-6")]
    public async Task Messages_keep_their_order(int qos)
    {
        var topic = Names.Topic();
        await using var subscriber = await Peer.ConnectAsync(hub.Mqtt, 5);
        await subscriber.SubscribeAsync(topic, qos);
        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 5);
        var count = qos == 0 ? 200 : 20; // within any Receive Maximum
        await publisher.SendAsync([.. Enumerable.Range(1, count).SelectMany(i => RawPackets.Publish(5, topic, $"{i}", qos, qos == 0 ? 0 : i))]);
        if (qos == 2)
            await publisher.SendAsync([.. Enumerable.Range(1, count).SelectMany(i => RawPackets.Ack(RawType.PubRel, i))]);
        for (var i = 1; i <= count; i++)
            await subscriber.ExpectAsync($"{i}");
    }

    [Fact]
    [Statement("MQTT-4.6.0-2", "MQTT-4.6.0-3")]
    public async Task Acknowledgements_come_in_the_order_of_the_messages()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        var ids = new[] { 9, 3, 7, 1, 65535, 2 };
        foreach (var qos in new[] { 1, 2 })
        {
            await peer.SendAsync([.. ids.SelectMany(id => RawPackets.Publish(5, Names.Topic(), "x", qos, id))]);
            foreach (var id in ids)
                (await peer.AnswerAsync(qos == 1 ? RawType.PubAck : RawType.PubRec)).Id.ShouldBe(id);
        }
    }

    [Theory]
    [InlineData("a/#", "a", true)]
    [InlineData("a/#", "a/b/c", true)]
    [InlineData("a/#", "ab", false)]
    [InlineData("a/+", "a/", true)]
    [InlineData("a/+", "a", false)]
    [InlineData("+", "/a", false)]
    [InlineData("a/+/#", "a/b", true)]
    [InlineData("A", "a", false)]
    [InlineData("a//b", "a/b", false)]
    [InlineData("a b", "a b", true)]
    [InlineData("\u00E9", "e\u0301", false)]
    [Statement("MQTT-4.7.0-1", "MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT-4.7.3-4", "MQTT-3.3.2-3")]
    public async Task Filters_match_level_by_level(string filter, string topic, bool matches)
    {
        var own = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
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
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync([("+/broker/#", 0), ("+/broker/version", 0), ("+/broker/uptime", 0)]);
        await peer.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-4.7.3-3")]
    public async Task Longest_topic_goes_through()
    {
        var topic = Names.Topic() + "/";
        topic += new string('x', 65_535 - topic.Length);
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        (await peer.SubscribeAsync(topic)).Codes.ShouldBe([0]);
        await peer.PublishAsync(topic, "long");
        (await peer.ExpectAsync("long")).Topic.ShouldBe(topic);
    }

    [Fact]
    public async Task Request_is_answered_through_response_topic_and_correlation_data()
    {
        var topic = Names.Topic();
        await using var requester = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.RequestResponseInformation, 1));
        await using var responder = await Peer.ConnectAsync(hub.Mqtt, 5);
        await responder.SubscribeAsync(topic + "/request", 1);
        await requester.SubscribeAsync(topic + "/answer", 1);
        await requester.PublishAsync(topic + "/request", "2+2", 1,
            properties: new P().Add(P.ResponseTopic, topic + "/answer").Add(P.CorrelationData, new byte[] { 42 }));
        var request = await responder.ExpectAsync("2+2");
        await responder.PublishAsync(request.Properties.Text(P.ResponseTopic)!, "4", 1,
            properties: new P().Add(P.CorrelationData, request.Properties.Data(P.CorrelationData)!));
        (await requester.ExpectAsync("4")).Properties.Data(P.CorrelationData).ShouldBe([42]);
    }

    private static async Task FinishAsync(Peer peer, int id)
    {
        await peer.SendAsync(RawPackets.Ack(RawType.PubRel, id));
        (await peer.AnswerAsync(RawType.PubComp)).ShouldSatisfyAllConditions(a => a.Id.ShouldBe(id), a => a.Code.ShouldBe(0));
    }
}
