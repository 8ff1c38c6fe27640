using Fairlead.Shared;
using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Mqtt5;

public sealed class SharedSubscriptions_4_8(StandardHub hub)
{
    private static P Stored => new P().Add(P.SessionExpiry, 60);

    [Fact]
    [Statement("MQTT-4.8.2-1", "MQTT-4.8.2-3")]
    public async Task Each_message_reaches_one_member_of_each_group_at_its_own_qos()
    {
        var topic = Names.Topic();
        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var zero = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var two = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var alone = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var plain = await Peer.ConnectAsync(hub.Mqtt, 5);
        (await zero.SubscribeAsync($"$share/g/{topic}/+")).Codes.ShouldBe([0]);
        (await two.SubscribeAsync($"$share/g/{topic}/+", 2)).Codes.ShouldBe([2]);
        await alone.SubscribeAsync($"$share/other/{topic}/#", 1);
        await plain.SubscribeAsync(topic + "/x", 1);
        const int Count = 20;
        for (var i = 0; i < Count; i++)
            await publisher.PublishAsync(topic + "/x", $"{i}", 2);
        var (fromZero, fromTwo) = (await DrainAsync(zero), await DrainAsync(two));
        fromZero.ShouldAllBe(message => message.QoS == 0);
        fromTwo.ShouldAllBe(message => message.QoS == 2);
        fromZero.Count.ShouldBeGreaterThan(0);
        fromTwo.Count.ShouldBeGreaterThan(0);
        fromZero.Concat(fromTwo).Select(message => int.Parse(message.Text)).Order().ShouldBe(Enumerable.Range(0, Count));
        (await DrainAsync(alone)).Count.ShouldBe(Count);
        (await DrainAsync(plain)).Count.ShouldBe(Count);
    }

    [Fact]
    [Statement("MQTT-4.8.2-1")]
    public async Task Shared_and_ordinary_subscription_of_one_client_are_two()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync($"$share/g/{topic}", 1, new P().Add(P.SubscriptionIdentifier, 5));
        await peer.PublishAsync(topic, "shared", 1);
        (await peer.ExpectAsync("shared")).Properties.Numbers(P.SubscriptionIdentifier).ShouldBe([5]);
        await peer.SubscribeAsync(topic, 1);
        await peer.UnsubscribeAsync($"$share/g/{topic}");
        await peer.PublishAsync(topic, "ordinary", 1);
        (await peer.ExpectAsync("ordinary")).Properties.Has(P.SubscriptionIdentifier).ShouldBeFalse();
        await peer.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-4.8.2-1")]
    public async Task Clients_of_3_1_1_share_with_clients_of_5()
    {
        var topic = Names.Topic();
        await using var old = await Peer.ConnectAsync(hub.Mqtt, 4);
        await using var current = await Peer.ConnectAsync(hub.Mqtt, 5);
        await old.SubscribeAsync($"$share/g/{topic}", 1);
        await current.SubscribeAsync($"$share/g/{topic}", 1);
        for (var i = 0; i < 10; i++)
            await current.PublishAsync(topic, $"{i}", 1);
        ((await DrainAsync(old)).Count + (await DrainAsync(current)).Count).ShouldBe(10);
    }

    [Fact]
    public async Task Members_online_come_first_and_absent_ones_are_passed_over()
    {
        var topic = Names.Topic();
        await using var absent = await Peer.ConnectAsync(hub.Mqtt, 5, properties: Stored);
        await using var present = await Peer.ConnectAsync(hub.Mqtt, 5);
        await absent.SubscribeAsync($"$share/g/{topic}", 1);
        await present.SubscribeAsync($"$share/g/{topic}", 1);
        await absent.DisconnectAsync();
        for (var i = 0; i < 10; i++)
            await present.PublishAsync(topic, $"{i}", 1);
        (await DrainAsync(present)).Count.ShouldBe(10);
    }

    [Fact]
    public async Task Message_for_a_group_that_is_away_waits_for_it()
    {
        var topic = Names.Topic();
        await using var absent = await Peer.ConnectAsync(hub.Mqtt, 5, properties: Stored);
        await absent.SubscribeAsync($"$share/g/{topic}", 1);
        await absent.DisconnectAsync();
        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await publisher.PublishAsync(topic, "waits", 1);
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, absent.Id, clean: false);
        await back.ExpectAsync("waits");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Unacknowledged_qos_1_of_a_dead_member_goes_to_another(bool orderly)
    {
        var topic = Names.Topic();
        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var dies = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var lives = await Peer.ConnectAsync(hub.Mqtt, 5);
        await dies.SubscribeAsync($"$share/g/{topic}", 1);
        for (var i = 0; i < 4; i++)
            await publisher.PublishAsync(topic, $"{i}", 1);
        for (var i = 0; i < 4; i++)
            (await dies.TakeAsync()).Text.ShouldBe($"{i}");
        await lives.SubscribeAsync($"$share/g/{topic}", 1);
        await lives.ExpectNothingAsync();
        if (orderly)
            await dies.DisconnectAsync();
        else
            dies.Raw.Reset();
        for (var i = 0; i < 4; i++)
            await lives.ExpectAsync($"{i}");
    }

    [Fact]
    [Statement("MQTT-4.8.2-4")]
    public async Task Qos_2_goes_on_with_the_member_that_began_it()
    {
        var topic = Names.Topic();
        await using var first = await Peer.ConnectAsync(hub.Mqtt, 5, properties: Stored);
        await using var other = await Peer.ConnectAsync(hub.Mqtt, 5);
        await first.SubscribeAsync($"$share/g/{topic}", 2);
        await other.PublishAsync(topic, "one", 2);
        var message = await first.TakeAsync();
        await other.SubscribeAsync($"$share/g/{topic}", 2);
        await first.DisconnectAsync();
        await other.ExpectNothingAsync();
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, first.Id, clean: false);
        (await back.ExpectAsync("one")).ShouldSatisfyAllConditions(m => m.Dup.ShouldBeTrue(), m => m.Id.ShouldBe(message.Id));
        await other.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-4.8.2-5")]
    public async Task Qos_2_begun_with_a_member_whose_session_ends_goes_to_nobody()
    {
        var topic = Names.Topic();
        await using var first = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var other = await Peer.ConnectAsync(hub.Mqtt, 5);
        await first.SubscribeAsync($"$share/g/{topic}", 2);
        await other.PublishAsync(topic, "begun", 2);
        (await first.TakeAsync()).Text.ShouldBe("begun");
        await other.SubscribeAsync($"$share/g/{topic}", 2);
        await first.DisconnectAsync();
        await other.PublishAsync(topic, "next", 2);
        await other.ExpectAsync("next");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Statement("MQTT-4.8.2-6")]
    public async Task Refused_delivery_goes_to_nobody_else(int qos)
    {
        var topic = Names.Topic();
        await using var refuses = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var other = await Peer.ConnectAsync(hub.Mqtt, 5);
        await refuses.SubscribeAsync($"$share/g/{topic}", 2);
        await other.PublishAsync(topic, "refused", qos);
        var message = await refuses.TakeAsync();
        await other.SubscribeAsync($"$share/g/{topic}", 2);
        await refuses.SendAsync(RawPackets.Ack(qos == 1 ? RawType.PubAck : RawType.PubRec, message.Id, 0x80));
        await refuses.DisconnectAsync();
        await other.PublishAsync(topic, "next", qos);
        await other.ExpectAsync("next");
    }

    private static async Task<List<RawPublish>> DrainAsync(Peer peer)
    {
        await peer.PingAsync(); // everything on its way arrives before the answer
        var found = new List<RawPublish>();
        while (peer.HasMessage)
            found.Add(await peer.ReceiveAsync());
        return found;
    }
}
