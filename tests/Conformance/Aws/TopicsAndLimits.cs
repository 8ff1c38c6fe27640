using Fairlead.Shared;
using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Aws;

/// <summary>Profile aws: checklist lines 21, 23 to 26, 29, 40 and 43.</summary>
public sealed class TopicsAndLimits(AwsHub hub)
{
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [AwsLine(21)]
    public async Task Multi_level_wildcard_does_not_match_its_parent(int level)
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, level);
        await peer.SubscribeAsync(topic + "/#", 1);
        foreach (var name in new[] { topic, topic + "/", topic + "/b" })
            await peer.PublishAsync(name, name, 1);
        await peer.ExpectAsync(topic + "/");
        await peer.ExpectAsync(topic + "/b");
        await peer.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [AwsLine(23)]
    public async Task Topic_has_at_most_7_slashes_and_256_bytes(int level)
    {
        var start = Names.Topic(); // two slashes
        foreach (var good in new[] { start + "/3/4/5/6/7", start.PadRight(256, 'x') })
        {
            await using var peer = await Peer.ConnectAsync(hub.Mqtt, level);
            (await peer.SubscribeAsync([(good, 1), ("$share/a-rather-long-name-of-a-group/" + good, 1)])).Codes.ShouldBe([1, 1]);
            await peer.PublishAsync(good, "x", 1);
            await peer.ExpectAsync("x");
            await peer.ExpectAsync("x");
        }

        foreach (var bad in new[] { start + "/3/4/5/6/7/8", start.PadRight(257, 'x') })
        {
            await using var subscriber = await Peer.ConnectAsync(hub.Mqtt, level);
            (await subscriber.SubscribeAsync([(start, 1), (bad, 1), ("$share/g/" + bad, 1)])).Codes.ShouldBe(level == 5 ? [1, 0x8F, 0x8F] : [1, 0x80, 0x80]);
            await using var publisher = await Peer.ConnectAsync(hub.Mqtt, level);
            if (level == 5)
                (await publisher.PublishAsync(bad, "x", 1)).Code.ShouldBe(0x90);
            await publisher.SendAsync(RawPackets.Publish(level, bad, "x"));
            await publisher.ExpectClosedAsync(0x90);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [AwsLine(24)]
    public async Task Subscribe_takes_8_filters_and_a_connection_50_subscriptions(int level)
    {
        var refused = level == 5 ? 0x97 : 0x80;
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, level);
        (await peer.SubscribeAsync(Filters(0, 9))).Codes.ShouldBe(Enumerable.Repeat(refused, 9));
        for (var from = 0; from < 48; from += 8)
            (await peer.SubscribeAsync(Filters(from, 8))).Codes.ShouldBe(Enumerable.Repeat(1, 8));
        (await peer.SubscribeAsync(Filters(48, 4))).Codes.ShouldBe([1, 1, refused, refused]);
        (await peer.SubscribeAsync(Filters(0, 1))).Codes.ShouldBe([1], "a subscription replaced is not one more");

        (string, int)[] Filters(int from, int count) => [.. Enumerable.Range(from, count).Select(i => ($"{topic}/{i}", 1))];
    }

    [Fact]
    [AwsLine(25)]
    public async Task Subscription_identifiers_are_refused()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(RawPackets.Subscribe(5, 1, Names.Topic(), 1, new P().Add(P.SubscriptionIdentifier, 1)));
        await peer.ExpectClosedAsync(0xA1);
    }

    [Theory]
    [InlineData("$SYS/#")]
    [InlineData("$queue/x")]
    [InlineData("$aws/unheard/of")]
    [InlineData("$other")]
    [AwsLine(26)]
    public async Task Reserved_topics_that_are_not_known_are_refused(string filter)
    {
        await using var old = await Peer.ConnectAsync(hub.Mqtt, 4);
        (await old.SubscribeAsync(filter)).Codes.ShouldBe([0x80]);
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        (await peer.SubscribeAsync([(filter, 0), (Names.Topic(), 1)])).Codes.ShouldBe([0x8F, 1]);
        var name = filter.Replace('#', 'x');
        (await peer.PublishAsync(name, "x", 1)).Code.ShouldBe(0x90);
        await peer.SendAsync(RawPackets.Publish(5, name, "x"));
        await peer.ExpectClosedAsync(0x90);
        await old.SendAsync(RawPackets.Publish(4, name, "x"));
        await old.ExpectClosedAsync();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [AwsLine(29)]
    public async Task Payload_has_at_most_131072_bytes(int level)
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, level);
        await peer.SubscribeAsync(topic, 1);
        await peer.SendAsync(RawPackets.Publish(level, topic, new byte[131_072], 1, 1));
        (await peer.AnswerAsync(RawType.PubAck)).Code.ShouldBe(0);
        (await peer.ReceiveAsync()).Payload.Length.ShouldBe(131_072);
        await peer.SendAsync(RawPackets.Publish(level, topic, new byte[131_073], 1, 2));
        await peer.ExpectClosedAsync(0x97);
    }

    [Fact]
    [AwsLine(40)]
    public async Task Topic_alias_8_works_and_9_does_not()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.TopicAliasMaximum, 100));
        await peer.SubscribeAsync(topic, 1);
        await peer.PublishAsync(topic, "one", 1, properties: new P().Add(P.TopicAlias, 8));
        await peer.PublishAsync("", "two", 1, properties: new P().Add(P.TopicAlias, 8));
        (await peer.ExpectAsync("one")).Properties.Has(P.TopicAlias).ShouldBeFalse();
        (await peer.ExpectAsync("two")).ShouldSatisfyAllConditions(m => m.Topic.ShouldBe(topic), m => m.Properties.Has(P.TopicAlias).ShouldBeFalse());
        await peer.SendAsync(RawPackets.Publish(5, topic, "x", properties: new P().Add(P.TopicAlias, 9)));
        await peer.ExpectClosedAsync(0x94);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [AwsLine(43)]
    public async Task At_most_100_deliveries_wait_for_their_PubAck(int level)
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, level);
        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync(topic, 1);
        for (var i = 0; i < 102; i++)
            await publisher.PublishAsync(topic, $"{i}", 1);
        var first = await peer.TakeAsync();
        for (var i = 1; i < 100; i++)
            (await peer.TakeAsync()).Text.ShouldBe($"{i}");
        await peer.ExpectNothingAsync();
        await peer.SendAsync(RawPackets.Ack(RawType.PubAck, first.Id));
        (await peer.TakeAsync()).Text.ShouldBe("100");
        await peer.ExpectNothingAsync();
    }

    [Fact]
    public async Task Unsubscribe_of_an_unknown_filter_succeeds()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        (await peer.UnsubscribeAsync(Names.Topic())).Codes.ShouldBe([0]);
    }
}
