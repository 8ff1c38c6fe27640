using Fairlead.Shared;
using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Mqtt5;

public sealed class Sessions_3_1_2(StandardHub hub)
{
    [Fact]
    [Statement("MQTT-3.1.2-5", "MQTT-3.1.2-6", "MQTT-3.1.2-23", "MQTT-3.1.3-2", "MQTT-3.1.4-4", "MQTT-3.2.2-3", "MQTT-3.2.0-1", "MQTT-4.1.0-1",
        "MQTT-4.5.0-1")]
    public async Task Session_keeps_subscriptions_and_messages()
    {
        var topic = Names.Topic();
        var id = Names.Client();
        await using (var first = await Connect(id, clean: false, 60))
        {
            first.ConnAck.SessionPresent.ShouldBeFalse();
            await first.SubscribeAsync(topic, 2);
            await first.DisconnectAsync();
        }

        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await publisher.PublishAsync(topic, "one", 1);
        await publisher.PublishAsync(topic, "two", 2, properties: new P().User("n", "2"));
        await using var back = await Connect(id, clean: false, 60);
        back.ConnAck.SessionPresent.ShouldBeTrue();
        (await back.ExpectAsync("one")).ShouldSatisfyAllConditions(m => m.QoS.ShouldBe(1), m => m.Dup.ShouldBeFalse());
        (await back.ExpectAsync("two")).ShouldSatisfyAllConditions(m => m.QoS.ShouldBe(2), m => m.Properties.Users().ShouldBe([("n", "2")]));
        await publisher.PublishAsync(topic, "three");
        await back.ExpectAsync("three");
    }

    [Fact]
    [Statement("MQTT-3.1.2-4", "MQTT-3.1.4-4", "MQTT-3.2.2-2")]
    public async Task Clean_start_discards_the_session()
    {
        var topic = Names.Topic();
        var id = Names.Client();
        await using (var first = await Connect(id, clean: true, 60))
        {
            await first.SubscribeAsync(topic, 1);
            await first.DisconnectAsync();
        }

        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await publisher.PublishAsync(topic, "for the old session", 1);
        await using (var clean = await Connect(id, clean: true, 60))
        {
            clean.ConnAck.SessionPresent.ShouldBeFalse();
            await publisher.PublishAsync(topic, "nobody subscribed", 1);
            await clean.ExpectNothingAsync();
            await clean.DisconnectAsync();
        }

        await using var back = await Connect(id, clean: false, 0);
        back.ConnAck.SessionPresent.ShouldBeTrue();
        await back.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-3.1.2-23", "MQTT-4.1.0-2", "MQTT-3.2.2-3")]
    public async Task Session_without_expiry_ends_with_the_connection()
    {
        var id = Names.Client();
        foreach (var properties in new[] { null, new P().Add(P.SessionExpiry, 0) })
        {
            await using var first = await Peer.ConnectAsync(hub.Mqtt, 5, id, clean: false, properties: properties);
            first.ConnAck.SessionPresent.ShouldBeFalse();
            await first.SubscribeAsync(Names.Topic(), 1);
            await first.DisconnectAsync();
        }

        await using var back = await Connect(id, clean: false, 0);
        back.ConnAck.SessionPresent.ShouldBeFalse();
    }

    [Fact]
    [Statement("MQTT-4.1.0-2", "MQTT-3.1.2-23")]
    public async Task Session_ends_when_its_expiry_has_passed()
    {
        var topic = Names.Topic();
        await using var brief = await Connect(Names.Client(), clean: true, 1);
        await using var lasting = await Connect(Names.Client(), clean: true, 600);
        await using var forever = await Connect(Names.Client(), clean: true, uint.MaxValue);
        foreach (var peer in new[] { brief, lasting, forever })
        {
            await peer.SubscribeAsync(topic, 1);
            await peer.DisconnectAsync();
        }

        await BrokerClock.PassAsync(hub.Mqtt, 2);
        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await publisher.PublishAsync(topic, "kept", 1);
        await using var again = await Connect(brief.Id, clean: false, 0);
        again.ConnAck.SessionPresent.ShouldBeFalse();
        await again.ExpectNothingAsync();
        foreach (var peer in new[] { lasting, forever })
        {
            await using var back = await Connect(peer.Id, clean: false, 0);
            back.ConnAck.SessionPresent.ShouldBeTrue();
            await back.ExpectAsync("kept");
            await back.DisconnectAsync();
        }
    }

    [Fact]
    [Statement("MQTT-3.1.2-23")]
    public async Task Disconnect_may_change_the_expiry_but_not_create_one()
    {
        await using var ended = await Connect(Names.Client(), clean: true, 600);
        await ended.DisconnectAsync(0, new P().Add(P.SessionExpiry, 0));
        await using var back = await Connect(ended.Id, clean: false, 0);
        back.ConnAck.SessionPresent.ShouldBeFalse();
        await back.SendAsync(RawPackets.Disconnect(0, new P().Add(P.SessionExpiry, 60)));
        await back.ExpectClosedAsync(0x82);
        await using var after = await Connect(ended.Id, clean: false, 0);
        after.ConnAck.SessionPresent.ShouldBeFalse();
    }

    [Fact]
    [Statement("MQTT-3.1.2-23", "MQTT-3.1.4-3")]
    public async Task Session_survives_a_lost_connection_and_a_takeover()
    {
        var topic = Names.Topic();
        await using var lost = await Connect(Names.Client(), clean: false, 60);
        await lost.SubscribeAsync(topic, 1);
        lost.Raw.Reset();
        await using var second = await Connect(lost.Id, clean: false, 60);
        second.ConnAck.SessionPresent.ShouldBeTrue();
        await using var third = await Connect(lost.Id, clean: false, 60);
        third.ConnAck.SessionPresent.ShouldBeTrue();
        await second.ExpectClosedAsync(0x8E);
        await third.PublishAsync(topic, "here", 1);
        await third.ExpectAsync("here");
    }

    private Task<Peer> Connect(string id, bool clean, uint expiry) =>
        Peer.ConnectAsync(hub.Mqtt, 5, id, clean, properties: new P().Add(P.SessionExpiry, expiry));
}
