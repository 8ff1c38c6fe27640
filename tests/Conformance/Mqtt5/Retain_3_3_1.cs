using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Mqtt5;

public sealed class Retain_3_3_1(StandardHub hub)
{
    private const int SendIfNew = 0x10;
    private const int SendNone = 0x20;
    private const int AsPublished = 0x08;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Statement("MQTT-3.3.1-5", "MQTT-3.3.1-9", "MQTT-3.3.1-12")]
    public async Task Retained_message_is_replaced_and_reaches_later_subscribers(int qos)
    {
        var topic = Names.Topic();
        await using var live = await Peer.ConnectAsync(hub.Mqtt, 5);
        await live.SubscribeAsync(topic, 2);
        await live.PublishAsync(topic, "old", 2, retain: true);
        (await live.ExpectAsync("old")).Retain.ShouldBeFalse();
        await live.PublishAsync(topic, "new", qos, retain: true, properties: new P().User("a", "b"));
        (await live.ExpectAsync("new")).Retain.ShouldBeFalse();
        await using var late = await Peer.ConnectAsync(hub.Mqtt, 5);
        await late.SubscribeAsync(topic + "/#", 2, new P().Add(P.SubscriptionIdentifier, 9));
        (await late.ExpectAsync("new")).ShouldSatisfyAllConditions(m => m.Retain.ShouldBeTrue(), m => m.QoS.ShouldBe(qos),
            m => m.Properties.Users().ShouldBe([("a", "b")]), m => m.Properties.Numbers(P.SubscriptionIdentifier).ShouldBe([9]));
        await live.PublishAsync(topic, "", retain: true);
    }

    [Fact]
    [Statement("MQTT-3.3.1-6", "MQTT-3.3.1-7")]
    public async Task Empty_retained_publish_is_delivered_and_removes()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.PublishAsync(topic, "kept", 1, retain: true);
        await peer.SubscribeAsync(topic, 1 | AsPublished);
        await peer.ExpectAsync("kept");
        await peer.PublishAsync(topic, "", 1, retain: true);
        (await peer.ExpectAsync("")).Retain.ShouldBeTrue();
        await using var late = await Peer.ConnectAsync(hub.Mqtt, 5);
        await late.SubscribeAsync(topic, 1);
        await late.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-3.3.1-8")]
    public async Task Publish_without_retain_leaves_the_retained_message_alone()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.PublishAsync(topic, "kept", 1, retain: true);
        await peer.PublishAsync(topic, "passing", 1);
        await peer.PublishAsync(topic, "", 1);
        await peer.SubscribeAsync(topic, 1);
        await peer.ExpectAsync("kept");
        await peer.ExpectNothingAsync();
        await peer.PublishAsync(topic, "", retain: true);
    }

    [Fact]
    [Statement("MQTT-3.3.1-9", "MQTT-3.3.1-10", "MQTT-3.3.1-11", "MQTT-3.8.4-3", "MQTT-3.8.4-4")]
    public async Task Retain_handling_decides_what_a_subscribe_sends()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.PublishAsync(topic, "kept", 1, retain: true);
        await peer.SubscribeAsync(topic, SendNone);
        await peer.ExpectNothingAsync();
        await peer.SubscribeAsync(topic, SendIfNew);
        await peer.ExpectNothingAsync();
        await peer.SubscribeAsync(topic);
        await peer.ExpectAsync("kept");
        await peer.SubscribeAsync(topic);
        await peer.ExpectAsync("kept");
        await peer.UnsubscribeAsync(topic);
        await peer.SubscribeAsync(topic, SendIfNew);
        await peer.ExpectAsync("kept");
        await peer.SubscribeAsync(topic, SendIfNew | 1);
        await peer.ExpectNothingAsync();
        await peer.PublishAsync(topic, "live", 1);
        (await peer.ExpectAsync("live")).QoS.ShouldBe(1);
        await peer.ExpectNothingAsync();
        await peer.PublishAsync(topic, "", retain: true);
    }

    [Fact]
    [Statement("MQTT-3.3.1-10")]
    public async Task Subscription_of_a_stored_session_is_not_new()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.SessionExpiry, 60));
        await peer.PublishAsync(topic, "kept", 1, retain: true);
        await peer.SubscribeAsync(topic, SendIfNew);
        await peer.ExpectAsync("kept");
        await peer.DisconnectAsync();
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, peer.Id, clean: false);
        await back.ExpectNothingAsync();
        await back.SubscribeAsync(topic, SendIfNew);
        await back.ExpectNothingAsync();
        await back.PublishAsync(topic, "", retain: true);
    }

    [Fact]
    [Statement("MQTT-3.3.1-12", "MQTT-3.3.1-13")]
    public async Task Retain_as_published_keeps_the_flag()
    {
        var topic = Names.Topic();
        await using var plain = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var bridge = await Peer.ConnectAsync(hub.Mqtt, 5);
        await plain.SubscribeAsync(topic);
        await bridge.SubscribeAsync(topic, AsPublished);
        await plain.PublishAsync(topic, "kept", retain: true);
        await plain.PublishAsync(topic, "passing");
        (await plain.ExpectAsync("kept")).Retain.ShouldBeFalse();
        (await plain.ExpectAsync("passing")).Retain.ShouldBeFalse();
        (await bridge.ExpectAsync("kept")).Retain.ShouldBeTrue();
        (await bridge.ExpectAsync("passing")).Retain.ShouldBeFalse();
        await plain.PublishAsync(topic, "", retain: true);
    }

    [Fact]
    [Statement("MQTT-3.3.1-9")]
    public async Task Shared_subscriptions_are_sent_no_retained_messages()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.PublishAsync(topic, "kept", 1, retain: true);
        await peer.SubscribeAsync($"$share/g/{topic}", 1);
        await peer.ExpectNothingAsync();
        await peer.PublishAsync(topic, "", retain: true);
        await peer.ExpectAsync("");
    }
}
