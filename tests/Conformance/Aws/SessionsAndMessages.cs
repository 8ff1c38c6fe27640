using Fairlead.Shared;
using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Aws;

/// <summary>Profile aws: checklist lines 30 to 36, 38, 39, 41 and 42.</summary>
public sealed class SessionsAndMessages(AwsHub hub)
{
    [Fact]
    [AwsLine(30)]
    public async Task Stored_session_of_3_1_1_is_sent_qos_1_but_not_qos_0()
    {
        var topic = Names.Topic();
        await using var away = await Peer.ConnectAsync(hub.Mqtt, 4, clean: false);
        await away.SubscribeAsync(topic, 1);
        await away.DisconnectAsync();
        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 4);
        await publisher.PublishAsync(topic, "zero");
        await publisher.PublishAsync(topic, "one", 1);
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 4, away.Id, clean: false);
        back.ConnAck.SessionPresent.ShouldBeTrue();
        await back.ExpectAsync("one");
        await back.ExpectNothingAsync();
    }

    [Fact]
    [AwsLine(31)]
    public async Task Session_expiry_is_cut_to_the_maximum_and_returned()
    {
        await using var cut = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.SessionExpiry, 3601));
        cut.ConnAck.Properties.Number(P.SessionExpiry).ShouldBe(3600);
        await using var kept = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.SessionExpiry, 3600));
        kept.ConnAck.Properties.Has(P.SessionExpiry).ShouldBeFalse();
        await using var none = await Peer.ConnectAsync(hub.Mqtt, 5);
        none.ConnAck.Properties.Has(P.SessionExpiry).ShouldBeFalse();
        await none.DisconnectAsync();
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, none.Id, clean: false);
        back.ConnAck.SessionPresent.ShouldBeFalse();
    }

    [Fact]
    [AwsLine(32)]
    public async Task Disconnect_may_lower_or_end_a_session_but_not_create_one()
    {
        await using var ended = await Stored();
        await ended.DisconnectAsync(0, new P().Add(P.SessionExpiry, 0));
        await using var lowered = await Stored();
        await lowered.DisconnectAsync(0, new P().Add(P.SessionExpiry, 60));
        await using var endedBack = await Peer.ConnectAsync(hub.Mqtt, 5, ended.Id, clean: false);
        endedBack.ConnAck.SessionPresent.ShouldBeFalse();
        await using var loweredBack = await Peer.ConnectAsync(hub.Mqtt, 5, lowered.Id, clean: false);
        loweredBack.ConnAck.SessionPresent.ShouldBeTrue();
        await endedBack.SendAsync(RawPackets.Disconnect(0, new P().Add(P.SessionExpiry, 60)));
        await endedBack.ExpectClosedAsync(0x82);
    }

    [Theory]
    [InlineData(4, 5)]
    [InlineData(5, 4)]
    [AwsLine(33)]
    public async Task Session_does_not_cross_versions(int from, int to)
    {
        var topic = Names.Topic();
        var expiry = new P().Add(P.SessionExpiry, 60);
        await using var first = await Peer.ConnectAsync(hub.Mqtt, from, clean: false, properties: expiry);
        await first.SubscribeAsync(topic, 1);
        await first.DisconnectAsync();
        await using (var other = await Peer.ConnectAsync(hub.Mqtt, to, first.Id, clean: false, properties: expiry))
        {
            other.ConnAck.SessionPresent.ShouldBeFalse();
            await other.PublishAsync(topic, "nobody subscribed", 1);
            await other.ExpectNothingAsync();
            await other.DisconnectAsync();
        }

        await using var again = await Peer.ConnectAsync(hub.Mqtt, from, first.Id, clean: false);
        again.ConnAck.SessionPresent.ShouldBeFalse("the old session was discarded");
    }

    [Fact]
    [AwsLine(34)]
    public async Task Session_that_expires_takes_subscriptions_and_queue_along()
    {
        var topic = Names.Topic();
        await using var first = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.SessionExpiry, 1));
        await first.SubscribeAsync(topic, 1);
        await first.DisconnectAsync();
        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await publisher.PublishAsync(topic, "queued", 1);
        await BrokerClock.PassAsync(hub.Mqtt, 3);
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, first.Id, clean: false);
        back.ConnAck.SessionPresent.ShouldBeFalse();
        await publisher.PublishAsync(topic, "nobody subscribed", 1);
        await back.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [AwsLine(35)]
    public async Task Retained_message_is_sent_to_an_exact_filter_alone(int level)
    {
        // A level of its own: other tests publish beside it.
        var topic = Names.Topic() + "/leaf";
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, level);
        await peer.PublishAsync(topic, "kept", 1, retain: true);
        await peer.SubscribeAsync([(topic[..topic.LastIndexOf('/')] + "/+", 1), (topic + "/#", 1), ("$share/g/" + topic, 1)]);
        await peer.ExpectNothingAsync();
        await using var exact = await Peer.ConnectAsync(hub.Mqtt, level);
        await exact.SubscribeAsync(topic, 1);
        (await exact.ExpectAsync("kept")).Retain.ShouldBeTrue();
        await exact.PublishAsync(topic, "live", 1, retain: true);
        (await exact.ExpectAsync("live")).Retain.ShouldBeFalse();
        await exact.PublishAsync(topic, "", 1, retain: true);
    }

    [Fact]
    [AwsLine(36)]
    public async Task Empty_retained_publish_deletes_and_is_delivered()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.PublishAsync(topic, "kept", 1, retain: true);
        await peer.SubscribeAsync(topic, 1);
        await peer.ExpectAsync("kept");
        await peer.PublishAsync(topic, "", 1, retain: true);
        await peer.ExpectAsync("");
        await using var late = await Peer.ConnectAsync(hub.Mqtt, 5);
        await late.SubscribeAsync(topic, 1);
        await late.ExpectNothingAsync();
    }

    [Fact]
    [AwsLine(38)]
    public async Task Each_group_gets_one_copy_and_versions_mix()
    {
        var topic = Names.Topic();
        await using var old = await Peer.ConnectAsync(hub.Mqtt, 4);
        await using var current = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var alone = await Peer.ConnectAsync(hub.Mqtt, 5);
        await old.SubscribeAsync("$share/g/" + topic, 1);
        await current.SubscribeAsync("$share/g/" + topic, 1);
        await alone.SubscribeAsync("$share/h/" + topic, 1);
        for (var i = 0; i < 20; i++)
            await alone.PublishAsync(topic, $"{i}", 1);
        var texts = new List<string>();
        foreach (var peer in new[] { old, current })
        {
            await peer.PingAsync();
            while (peer.HasMessage)
                texts.Add((await peer.ReceiveAsync()).Text);
        }

        texts.Select(int.Parse).Order().ShouldBe(Enumerable.Range(0, 20));
        for (var i = 0; i < 20; i++)
            await alone.ExpectAsync($"{i}");
    }

    [Fact]
    [AwsLine(39)]
    public async Task Group_of_absent_members_queues_qos_1()
    {
        var topic = Names.Topic();
        await using var member = await Stored();
        await member.SubscribeAsync("$share/g/" + topic, 1);
        await member.DisconnectAsync();
        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await publisher.PublishAsync(topic, "zero");
        await publisher.PublishAsync(topic, "one", 1);
        await publisher.PublishAsync(topic, "two", 1);
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, member.Id, clean: false);
        await back.ExpectAsync("one");
        await back.ExpectAsync("two");
        await back.ExpectNothingAsync();
    }

    [Fact]
    [AwsLine(41)]
    public async Task Message_expiry_counts_down_and_is_kept_within_its_limits()
    {
        var topic = Names.Topic();
        await using var old = await Peer.ConnectAsync(hub.Mqtt, 4, clean: false);
        await using var away = await Stored();
        await using var online = await Peer.ConnectAsync(hub.Mqtt, 5);
        foreach (var peer in new[] { old, away, online })
            await peer.SubscribeAsync(topic, 1);
        await old.DisconnectAsync();
        await away.DisconnectAsync();
        await online.PublishAsync(topic, "long", 1, properties: new P().Add(P.MessageExpiry, 700_000));
        (await online.ExpectAsync("long")).Properties.Number(P.MessageExpiry).ShouldNotBeNull().ShouldBeInRange(604_790, 604_800);
        await online.PublishAsync(topic, "zero", 1, properties: new P().Add(P.MessageExpiry, 0));
        (await online.ExpectAsync("zero")).Properties.Number(P.MessageExpiry).ShouldNotBeNull().ShouldBeInRange(0, 1);
        await online.PublishAsync(topic, "thirty", 1, properties: new P().Add(P.MessageExpiry, 30));
        (await online.ExpectAsync("thirty")).Properties.Number(P.MessageExpiry).ShouldNotBeNull().ShouldBeInRange(25, 30);
        await BrokerClock.PassAsync(hub.Mqtt, 3);
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, away.Id, clean: false);
        await back.ExpectAsync("long");
        (await back.ExpectAsync("thirty")).Properties.Number(P.MessageExpiry).ShouldNotBeNull().ShouldBeInRange(1, 27);
        await using var oldBack = await Peer.ConnectAsync(hub.Mqtt, 4, old.Id, clean: false);
        await oldBack.ExpectAsync("long");
        await oldBack.ExpectAsync("thirty");
        await oldBack.ExpectNothingAsync();
    }

    [Fact]
    [AwsLine(42)]
    public async Task Properties_are_forwarded_to_5_and_dropped_for_3_1_1()
    {
        var topic = Names.Topic();
        await using var old = await Peer.ConnectAsync(hub.Mqtt, 4);
        await using var current = await Peer.ConnectAsync(hub.Mqtt, 5);
        await old.SubscribeAsync(topic, 1);
        await current.SubscribeAsync(topic, 1);
        await current.PublishAsync(topic, "x", 1, properties: new P().User("b", "1").User("a", "2").User("b", "1").Add(P.ResponseTopic, "r/t")
            .Add(P.CorrelationData, new byte[] { 0, 1 }).Add(P.ContentType, "text/plain").Add(P.PayloadFormat, 1));
        await old.ExpectAsync("x");
        (await current.ExpectAsync("x")).Properties.ShouldSatisfyAllConditions(
            p => p.Users().ShouldBe([("b", "1"), ("a", "2"), ("b", "1")]),
            p => p.Text(P.ResponseTopic).ShouldBe("r/t"),
            p => p.Data(P.CorrelationData).ShouldBe([0, 1]),
            p => p.Text(P.ContentType).ShouldBe("text/plain"),
            p => p.Number(P.PayloadFormat).ShouldBe(1));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Overlapping_subscriptions_deliver_once_at_the_highest_qos(int level)
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, level);
        await peer.SubscribeAsync([(topic + "/#", 0), (topic + "/+", 1), (topic + "/a", 0)]);
        await peer.PublishAsync(topic + "/a", "x", 1);
        (await peer.ExpectAsync("x")).QoS.ShouldBe(1);
        await peer.ExpectNothingAsync();
    }

    [Fact]
    public async Task Dup_is_never_set()
    {
        var topic = Names.Topic();
        await using var first = await Stored();
        await first.SubscribeAsync(topic, 1);
        await first.PublishAsync(topic, "again", 1);
        (await first.TakeAsync()).Text.ShouldBe("again");
        first.Raw.Reset();
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, first.Id, clean: false);
        (await back.ExpectAsync("again")).Dup.ShouldBeFalse();
    }

    private Task<Peer> Stored() => Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.SessionExpiry, 600));
}
