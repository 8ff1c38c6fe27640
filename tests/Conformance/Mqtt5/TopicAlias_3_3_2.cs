using Fairlead.Shared;
using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Mqtt5;

public sealed class TopicAlias_3_3_2(StandardHub hub)
{
    [Fact]
    [Statement("MQTT-3.3.2-12")]
    public async Task Every_alias_up_to_the_maximum_is_accepted_and_routed()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        var maximum = (int)peer.ConnAck.Properties.Number(P.TopicAliasMaximum).ShouldNotBeNull();
        maximum.ShouldBeGreaterThan(1);
        await peer.SubscribeAsync(topic + "/+", 1);
        foreach (var alias in new[] { 1, maximum })
        {
            await peer.PublishAsync($"{topic}/{alias}", "by name", 1, properties: Alias(alias));
            (await peer.ExpectAsync("by name")).ShouldSatisfyAllConditions(
                m => m.Topic.ShouldBe($"{topic}/{alias}"), m => m.Properties.Has(P.TopicAlias).ShouldBeFalse());
            await peer.PublishAsync("", "by alias", 1, properties: Alias(alias));
            (await peer.ExpectAsync("by alias")).Topic.ShouldBe($"{topic}/{alias}");
        }

        await peer.PublishAsync(topic + "/moved", "moved", 1, properties: Alias(1));
        await peer.ExpectAsync("moved");
        await peer.PublishAsync("", "after", 1, properties: Alias(1));
        (await peer.ExpectAsync("after")).Topic.ShouldBe(topic + "/moved");
        await peer.PublishAsync("", "other", 1, properties: Alias(maximum));
        (await peer.ExpectAsync("other")).Topic.ShouldBe($"{topic}/{maximum}");
    }

    [Fact]
    [Statement("MQTT-3.3.2-8", "MQTT-3.3.2-9", "MQTT-3.2.2-17")]
    public async Task Alias_zero_or_beyond_the_maximum_is_refused()
    {
        await using var zero = await Peer.ConnectAsync(hub.Mqtt, 5);
        await zero.SendAsync(RawPackets.Publish(5, Names.Topic(), "x", properties: Alias(0)));
        await zero.ExpectClosedAsync(0x94);
        await using var beyond = await Peer.ConnectAsync(hub.Mqtt, 5);
        var maximum = (int)(beyond.ConnAck.Properties.Number(P.TopicAliasMaximum) ?? 0);
        await beyond.SendAsync(RawPackets.Publish(5, Names.Topic(), "x", properties: Alias(maximum + 1)));
        await beyond.ExpectClosedAsync(0x94);
    }

    [Fact]
    [Statement("MQTT-3.3.2-7", "MQTT-4.7.3-1")]
    public async Task Aliases_end_with_the_connection()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.SessionExpiry, 60));
        await peer.PublishAsync(Names.Topic(), "x", 1, properties: Alias(1));
        await peer.DisconnectAsync();
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, peer.Id, clean: false);
        await back.SendAsync(RawPackets.Publish(5, "", "x", 1, 1, properties: Alias(1)));
        await back.ExpectClosedAsync(0x82, 0x94);
    }

    [Fact]
    [Statement("MQTT-4.7.3-1", "MQTT-4.13.1-1")]
    public async Task Empty_topic_name_without_alias_is_a_protocol_error()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(RawPackets.Publish(5, "", "x"));
        await peer.ExpectClosedAsync(0x82, 0x90);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [Statement("MQTT-3.1.2-27")]
    public async Task No_alias_is_sent_to_a_client_that_wants_none(int? maximum)
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, properties: maximum is { } value ? new P().Add(P.TopicAliasMaximum, value) : null);
        await peer.SubscribeAsync(topic, 1);
        for (var i = 0; i < 5; i++)
        {
            await peer.PublishAsync(topic, $"{i}", i % 2);
            (await peer.ExpectAsync($"{i}")).ShouldSatisfyAllConditions(m => m.Topic.ShouldBe(topic), m => m.Properties.Has(P.TopicAlias).ShouldBeFalse());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(65535)]
    [Statement("MQTT-3.1.2-26", "MQTT-3.3.2-8", "MQTT-3.3.2-11")]
    public async Task Aliases_sent_stay_within_the_client_maximum_and_name_the_right_topic(int maximum)
    {
        var topic = Names.Topic();
        var known = new Dictionary<long, string>();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.TopicAliasMaximum, maximum));
        await peer.SubscribeAsync(topic + "/+", 2);
        for (var i = 0; i < 40; i++)
        {
            var name = $"{topic}/{i % 7}";
            await peer.PublishAsync(name, $"{i}", i % 3);
            var message = await peer.ExpectAsync($"{i}");
            if (message.Properties.Number(P.TopicAlias) is { } alias)
            {
                alias.ShouldBeInRange(1, maximum);
                if (message.Topic.Length > 0)
                    known[alias] = message.Topic;
                known[alias].ShouldBe(name);
            }
            else
            {
                message.Topic.ShouldBe(name);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Alias_is_resolved_before_permission_is_asked(bool retain)
    {
        Assert.SkipWhen(StandardHub.IsForeign, "only for our own hub: what another broker permits is unknown");
        const string Forbidden = "$SYS/broker/version";
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync(topic, 1);
        var byName = (await peer.PublishAsync(Forbidden, "by name", 1, retain)).Code;
        byName.ShouldBeGreaterThanOrEqualTo(0x80);
        (await peer.PublishAsync(Forbidden, "by name, naming an alias", 1, retain, Alias(1))).Code.ShouldBe(byName);
        (await peer.PublishAsync("", "by alias alone", 1, retain, Alias(1))).Code.ShouldBe(byName);
        await peer.PublishAsync(topic, "allowed", 1, properties: Alias(1));
        await peer.PublishAsync("", "allowed by alias", 1, properties: Alias(1));
        await peer.ExpectAsync("allowed");
        await peer.ExpectAsync("allowed by alias");
        (await peer.PublishAsync(Forbidden, "moved back", 1, retain, Alias(1))).Code.ShouldBe(byName);
        (await peer.PublishAsync("", "by alias once more", 2, retain, Alias(1))).Code.ShouldBe(byName);
        await peer.ExpectNothingAsync();
    }

    private static P Alias(int alias) => new P().Add(P.TopicAlias, alias);
}
