using Fairlead.Shared;
using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Aws;

/// <summary>Profile aws: checklist lines 10, 11 and 15 to 20. docs/compatibility.md lists them all.</summary>
public sealed class Connect(AwsHub hub)
{
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [AwsLine(10)]
    public async Task Client_identifier_has_at_most_128_bytes(int level)
    {
        var id = Names.Client().PadRight(128, 'x');
        await using (var peer = await Peer.ConnectAsync(hub.Mqtt, level, id))
            await peer.PingAsync();
        await RefusedAsync(level, id + "x", 0x85, 2);
        await RefusedAsync(level, "$x", 0x85, 2);
    }

    [Fact]
    [AwsLine(11)]
    public async Task Empty_client_identifier_is_replaced_by_a_generated_one_that_cannot_come_back()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, "");
        var assigned = peer.ConnAck.Properties.Text(P.AssignedClientIdentifier).ShouldNotBeNull();
        assigned.ShouldStartWith("$GEN/");
        Guid.TryParse(assigned["$GEN/".Length..], out _).ShouldBeTrue(assigned);
        await RefusedAsync(5, assigned, 0x85, 2);
        await using var old = await Peer.ConnectAsync(hub.Mqtt, 4, "");
        await Refusal.ReturnsAsync(hub.Mqtt, RawPackets.Connect(4, "", clean: false), 2);
    }

    [Fact]
    [AwsLine(15)]
    public async Task ConnAck_carries_exactly_the_documented_values()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, keepAlive: 60, properties: new P().Add(P.SessionExpiry, 100));
        peer.ConnAck.Properties.Entries.OrderBy(entry => entry.Id).Select(entry => (entry.Id, Convert.ToInt64(entry.Value))).ShouldBe(
        [
            (P.ServerKeepAlive, 60L), (P.ReceiveMaximum, 100L), (P.TopicAliasMaximum, 8L), (P.MaximumQoS, 1L), (P.RetainAvailable, 1L),
            (P.MaximumPacketSize, 149_504L), (P.WildcardAvailable, 1L), (P.SubscriptionIdentifiersAvailable, 0L), (P.SharedAvailable, 1L),
        ]);
    }

    [Fact]
    [AwsLine(16)]
    public async Task Client_maximum_packet_size_is_at_least_512()
    {
        await Refusal.ReasonAsync(hub.Mqtt, RawPackets.Connect(5, Names.Client(), properties: new P().Add(P.MaximumPacketSize, 511)), 0x97);
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.MaximumPacketSize, 512));
    }

    [Theory]
    [InlineData(0, 1200)]
    [InlineData(10, 30)]
    [InlineData(29, 30)]
    [InlineData(30, 30)]
    [InlineData(600, 600)]
    [InlineData(1200, 1200)]
    [InlineData(5000, 1200)]
    [AwsLine(17)]
    public async Task Keep_alive_is_brought_within_30_and_1200_seconds(int asked, int effective)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, keepAlive: asked);
        peer.ConnAck.Properties.Number(P.ServerKeepAlive).ShouldBe(effective);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [AwsLine(18)]
    public async Task Second_connect_is_closed(int level)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, level);
        await peer.SendAsync(RawPackets.Connect(level, peer.Id));
        await peer.ExpectClosedAsync(0x82);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [AwsLine(19)]
    public async Task Newcomer_with_the_same_identifier_wins_and_the_will_of_the_other_is_published(int level)
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await watcher.SubscribeAsync(topic);
        await using var old = await Peer.ConnectAsync(hub.Mqtt, level, will: new RawWill(topic, "taken over"));
        await using var taker = await Peer.ConnectAsync(hub.Mqtt, 5, old.Id);
        await old.ExpectClosedAsync(0x8E);
        await watcher.ExpectAsync("taken over");
        await taker.PingAsync();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [AwsLine(20)]
    public async Task Qos_2_is_refused_everywhere(int level)
    {
        await using (var publisher = await Peer.ConnectAsync(hub.Mqtt, level))
        {
            await publisher.SendAsync(RawPackets.Publish(level, Names.Topic(), "x", 2, 1));
            await publisher.ExpectClosedAsync(0x9B);
        }

        await using (var subscriber = await Peer.ConnectAsync(hub.Mqtt, level))
        {
            await subscriber.SendAsync(RawPackets.Subscribe(level, 1, [(Names.Topic(), 1), (Names.Topic(), 2)]));
            await subscriber.ExpectClosedAsync(0x9B);
        }

        var connect = RawPackets.Connect(level, Names.Client(), will: new RawWill(Names.Topic(), "x", 2));
        if (level == 5)
            await Refusal.ReasonAsync(hub.Mqtt, connect, 0x9B);
        else
            await Refusal.ClosesAsync(hub.Mqtt, connect);
    }

    [Fact]
    public Task Mqtt_3_1_is_refused() => Refusal.ReturnsAsync(hub.Mqtt, RawPackets.Connect(3, Names.Client()), 1);

    [Theory]
    [InlineData("bad/+")]
    [InlineData("$SYS/will")]
    [InlineData("1/2/3/4/5/6/7/8/9")]
    public Task Will_topic_that_no_client_may_publish_to_is_refused(string topic) =>
        Refusal.ReasonAsync(hub.Mqtt, RawPackets.Connect(5, Names.Client(), will: new RawWill(topic, "x")), 0x90);

    private async Task RefusedAsync(int level, string id, int reason, int returnCode)
    {
        if (level == 5)
            await Refusal.ReasonAsync(hub.Mqtt, RawPackets.Connect(5, id), reason);
        else
            await Refusal.ReturnsAsync(hub.Mqtt, RawPackets.Connect(level, id), returnCode);
    }
}
