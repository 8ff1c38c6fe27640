using Fairlead.Shared;
using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Mqtt5;

public sealed class Publish_3_3(StandardHub hub)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Statement("MQTT-3.3.1-1", "MQTT-4.4.0-1", "MQTT-4.3.2-3", "MQTT-4.3.3-3")]
    public async Task Unacknowledged_publish_comes_again_with_dup_and_its_identifier(int qos)
    {
        var topic = Names.Topic();
        var id = Names.Client();
        int packetId;
        await using (var first = await Peer.ConnectAsync(hub.Mqtt, 5, id, properties: new P().Add(P.SessionExpiry, 60)))
        {
            await first.SubscribeAsync(topic, 2);
            await first.PublishAsync(topic, "again", qos, properties: new P().User("a", "b"));
            var message = await first.TakeAsync();
            message.Dup.ShouldBeFalse();
            packetId = message.Id;
            await first.ExpectNothingAsync(); // never again on the same connection
            first.Raw.Reset();
        }

        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, id, clean: false);
        (await back.ExpectAsync("again")).ShouldSatisfyAllConditions(m => m.Dup.ShouldBeTrue(), m => m.Id.ShouldBe(packetId), m => m.QoS.ShouldBe(qos),
            m => m.Properties.Users().ShouldBe([("a", "b")]));
        await back.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-3.3.1-2", "MQTT-4.13.1-1")]
    public async Task Dup_at_qos_0_is_malformed()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(RawPackets.Publish(5, Names.Topic(), "x", dup: true));
        await peer.ExpectClosedAsync(0x81, 0x82);
    }

    [Fact]
    [Statement("MQTT-3.3.1-2", "MQTT-3.3.1-3")]
    public async Task Dup_of_the_publisher_is_not_handed_on()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync(topic, 1);
        await peer.SendAsync(RawPackets.Publish(5, topic, "one", 1, 77, dup: true));
        await peer.AnswerAsync(RawType.PubAck);
        (await peer.ExpectAsync("one")).Dup.ShouldBeFalse();
        await peer.SendAsync(RawPackets.Publish(5, topic, "two", 2, 78, dup: true));
        await peer.AnswerAsync(RawType.PubRec);
        await peer.SendAsync(RawPackets.Ack(RawType.PubRel, 78));
        await peer.AnswerAsync(RawType.PubComp);
        (await peer.ExpectAsync("two")).Dup.ShouldBeFalse();
    }

    [Theory]
    [InlineData("36 07 0001 61 0001 00 78")]
    [InlineData("3E 07 0001 61 0001 00 78")]
    [Statement("MQTT-3.3.1-4", "MQTT-4.13.1-1")]
    public async Task Qos_3_is_malformed(string hex)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.Raw.SendHexAsync(hex);
        await peer.ExpectClosedAsync(0x81);
    }

    [Theory]
    [InlineData("a/+")]
    [InlineData("a/#")]
    [InlineData("#")]
    [InlineData("a+")]
    [Statement("MQTT-3.3.2-2", "MQTT-4.7.0-1")]
    public async Task Wildcards_in_a_topic_name(string topic)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(RawPackets.Publish(5, topic, "x", 1, 1));
        await peer.ExpectClosedAsync(0x90, 0x82, 0x81);
    }

    [Fact]
    [Statement("MQTT-3.3.2-3")]
    public async Task Topic_name_sent_matches_the_filter()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync(topic + "/+/x");
        foreach (var level in new[] { "a/x", "a/y", "a/b/x", "x", "/x" })
            await peer.PublishAsync($"{topic}/{level}", level);
        (await peer.ReceiveAsync()).Topic.ShouldBe(topic + "/a/x");
        (await peer.ReceiveAsync()).Topic.ShouldBe(topic + "//x");
        await peer.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Statement("MQTT-3.3.2-4", "MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-17", "MQTT-3.3.2-18", "MQTT-3.3.2-20")]
    public async Task Properties_reach_every_subscriber_as_sent(int qos)
    {
        var topic = Names.Topic();
        var data = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var online = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var offline = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.SessionExpiry, 60));
        await using var old = await Peer.ConnectAsync(hub.Mqtt, 4);
        foreach (var peer in new[] { online, offline, old })
            await peer.SubscribeAsync(topic, 2);
        await offline.DisconnectAsync();
        await publisher.PublishAsync(topic, "x", qos, retain: true, properties: new P().User("z", "1").Add(P.PayloadFormat, 1).User("a", "").Add(P.ContentType, "application/x-\u00FC")
            .User("z", "1").Add(P.ResponseTopic, "answer/here").Add(P.CorrelationData, data));
        await using var late = await Peer.ConnectAsync(hub.Mqtt, 5);
        await late.SubscribeAsync(topic, 2);
        Check(await online.ExpectAsync("x"));
        Check(await late.ExpectAsync("x"));
        (await old.ExpectAsync("x")).QoS.ShouldBe(qos);
        if (qos > 0)
        {
            await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, offline.Id, clean: false);
            Check(await back.ExpectAsync("x"));
        }

        await publisher.PublishAsync(topic, "", retain: true);

        void Check(RawPublish message) => message.Properties.ShouldSatisfyAllConditions(
            p => p.Number(P.PayloadFormat).ShouldBe(1),
            p => p.Text(P.ContentType).ShouldBe("application/x-\u00FC"),
            p => p.Text(P.ResponseTopic).ShouldBe("answer/here"),
            p => p.Data(P.CorrelationData).ShouldBe(data),
            p => p.Users().ShouldBe([("z", "1"), ("a", ""), ("z", "1")]));
    }

    [Fact]
    [Statement("MQTT-3.3.2-4")]
    public async Task Messages_of_3_1_1_arrive_without_properties()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync(topic, 2);
        await using var old = await Peer.ConnectAsync(hub.Mqtt, 4);
        for (var qos = 0; qos <= 2; qos++)
        {
            await old.PublishAsync(topic, $"{qos}", qos);
            (await peer.ExpectAsync($"{qos}")).ShouldSatisfyAllConditions(m => m.QoS.ShouldBe(qos), m => m.Properties.Entries.ShouldBeEmpty());
        }
    }

    [Theory]
    [InlineData("a/+")]
    [InlineData("#")]
    [Statement("MQTT-3.3.2-14")]
    public async Task Wildcards_in_a_response_topic(string responseTopic)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(RawPackets.Publish(5, Names.Topic(), "x", 1, 1, properties: new P().Add(P.ResponseTopic, responseTopic)));
        await peer.ExpectClosedAsync(0x82, 0x90, 0x81);
    }

    [Fact]
    [Statement("MQTT-3.3.2-6")]
    public async Task Expiry_is_handed_on_and_counts_down_while_it_waits()
    {
        var topic = Names.Topic();
        await using var online = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var offline = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.SessionExpiry, 60));
        await online.SubscribeAsync(topic, 1);
        await offline.SubscribeAsync(topic, 1);
        await offline.DisconnectAsync();
        await online.PublishAsync(topic, "kept", 1, retain: true, properties: new P().Add(P.MessageExpiry, 100));
        (await online.ExpectAsync("kept")).Properties.Number(P.MessageExpiry).ShouldNotBeNull().ShouldBeInRange(90, 100);
        await BrokerClock.PassAsync(hub.Mqtt, 2);
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, offline.Id, clean: false);
        (await back.ExpectAsync("kept")).Properties.Number(P.MessageExpiry).ShouldNotBeNull().ShouldBeInRange(60, 98);
        await using var late = await Peer.ConnectAsync(hub.Mqtt, 5);
        await late.SubscribeAsync(topic, 1);
        (await late.ExpectAsync("kept")).Properties.Number(P.MessageExpiry).ShouldNotBeNull().ShouldBeInRange(60, 98);
        await late.PublishAsync(topic, "", retain: true);
    }

    [Fact]
    [Statement("MQTT-3.3.2-5")]
    public async Task Expired_messages_are_neither_queued_nor_retained_any_longer()
    {
        var topic = Names.Topic();
        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var offline = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.SessionExpiry, 60));
        await using var old = await Peer.ConnectAsync(hub.Mqtt, 4, clean: false);
        foreach (var peer in new[] { offline, old })
        {
            await peer.SubscribeAsync(topic, 2);
            await peer.DisconnectAsync();
        }

        await publisher.PublishAsync(topic, "brief", 1, retain: true, properties: new P().Add(P.MessageExpiry, 1));
        await publisher.PublishAsync(topic, "brief", 2, properties: new P().Add(P.MessageExpiry, 1));
        await publisher.PublishAsync(topic, "lasting", 1);
        await BrokerClock.PassAsync(hub.Mqtt, 3);
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, offline.Id, clean: false);
        await back.ExpectAsync("lasting");
        await back.ExpectNothingAsync();
        await using var oldBack = await Peer.ConnectAsync(hub.Mqtt, 4, old.Id, clean: false);
        await oldBack.ExpectAsync("lasting");
        await oldBack.ExpectNothingAsync();
        await using var late = await Peer.ConnectAsync(hub.Mqtt, 5);
        await late.SubscribeAsync(topic);
        await late.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-3.3.4-1")]
    public async Task PubAck_may_say_that_nobody_subscribed()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        (await peer.PublishAsync(Names.Topic(), "x", 1)).Code.ShouldBeOneOf(0, 0x10);
        (await peer.PublishAsync(Names.Topic(), "x", 2)).Code.ShouldBeOneOf(0, 0x10);
    }

    [Fact]
    [Statement("MQTT-3.3.4-2")]
    public async Task Overlapping_subscriptions_deliver_at_the_highest_qos()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
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
    [Statement("MQTT-3.3.4-3", "MQTT-3.3.4-4", "MQTT-3.3.4-5")]
    public async Task Subscription_identifiers_go_with_the_message()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync([(topic + "/a", 1), (topic + "/x", 1)], new P().Add(P.SubscriptionIdentifier, 7));
        await peer.SubscribeAsync(topic + "/+", 1, new P().Add(P.SubscriptionIdentifier, 268_435_455));
        await peer.SubscribeAsync(topic + "/#", 1);
        await peer.PublishAsync(topic + "/b", "one", 1);
        await peer.PublishAsync(topic + "/b/c", "none", 1);
        await peer.PublishAsync(topic + "/a", "two", 1);
        await peer.PublishAsync(topic + "/end", "end", 1);
        var seen = new List<(string Text, long Identifier)>();
        RawPublish message;
        while ((message = await peer.ReceiveAsync()).Text != "end")
            seen.AddRange(message.Properties.Numbers(P.SubscriptionIdentifier).Select(identifier => (message.Text, identifier)));
        seen.Order().ShouldBe([("one", 268_435_455), ("two", 7), ("two", 268_435_455)]);
    }

    [Fact]
    [Statement("MQTT-3.3.4-3")]
    public async Task Subscription_identifier_changes_with_the_subscription_and_stays_with_the_session()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.SessionExpiry, 60));
        await peer.SubscribeAsync(topic, 1, new P().Add(P.SubscriptionIdentifier, 1));
        await peer.SubscribeAsync(topic, 1, new P().Add(P.SubscriptionIdentifier, 200));
        await peer.PublishAsync(topic, "x", 1);
        (await peer.ExpectAsync("x")).Properties.Numbers(P.SubscriptionIdentifier).ShouldBe([200]);
        await peer.DisconnectAsync();
        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await publisher.PublishAsync(topic, "queued", 1);
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, peer.Id, clean: false);
        (await back.ExpectAsync("queued")).Properties.Numbers(P.SubscriptionIdentifier).ShouldBe([200]);
        await back.SubscribeAsync(topic, 1);
        await publisher.PublishAsync(topic, "without", 1);
        (await back.ExpectAsync("without")).Properties.Has(P.SubscriptionIdentifier).ShouldBeFalse();
    }

    [Fact]
    [Statement("MQTT-3.3.4-6", "MQTT-4.13.1-1")]
    public async Task Subscription_identifier_from_a_client_is_a_protocol_error()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(RawPackets.Publish(5, Names.Topic(), "x", 1, 1, properties: new P().Add(P.SubscriptionIdentifier, 1)));
        await peer.ExpectClosedAsync(0x82, 0x81);
    }
}
