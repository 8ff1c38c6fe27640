using Fairlead.Shared;
using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Mqtt5;

public sealed class Will_3_1_3(StandardHub hub)
{
    [Fact]
    [Statement("MQTT-3.1.2-7", "MQTT-3.1.2-8", "MQTT-3.1.2-9", "MQTT-3.1.2-14", "MQTT-3.1.3-10")]
    public async Task Will_is_published_with_its_properties()
    {
        var topic = Names.Topic();
        var properties = new P().Add(P.PayloadFormat, 1).Add(P.ContentType, "text/plain").Add(P.ResponseTopic, "r/t").Add(P.CorrelationData, new byte[] { 0, 255 })
            .Add(P.MessageExpiry, 300).User("b", "1").User("a", "2").User("b", "1");
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await watcher.SubscribeAsync(topic, 2);
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, will: new RawWill(topic, "gone", 2, Properties: properties));
        peer.Raw.Close();
        (await watcher.ExpectAsync("gone")).ShouldSatisfyAllConditions(
            m => m.QoS.ShouldBe(2),
            m => m.Retain.ShouldBeFalse(),
            m => m.Properties.Number(P.PayloadFormat).ShouldBe(1),
            m => m.Properties.Text(P.ContentType).ShouldBe("text/plain"),
            m => m.Properties.Text(P.ResponseTopic).ShouldBe("r/t"),
            m => m.Properties.Data(P.CorrelationData).ShouldBe([0, 255]),
            m => m.Properties.Number(P.MessageExpiry).ShouldNotBeNull().ShouldBeInRange(280, 300),
            m => m.Properties.Users().ShouldBe([("b", "1"), ("a", "2"), ("b", "1")]));
        await using var late = await Peer.ConnectAsync(hub.Mqtt, 5);
        await late.SubscribeAsync(topic);
        await late.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-3.1.2-15")]
    public async Task Will_retain_leaves_a_retained_message()
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await watcher.SubscribeAsync(topic, 0x08);
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, will: new RawWill(topic, "last words", Retain: true));
        peer.Raw.Reset();
        (await watcher.ExpectAsync("last words")).Retain.ShouldBeTrue();
        await using var late = await Peer.ConnectAsync(hub.Mqtt, 5);
        await late.SubscribeAsync(topic);
        (await late.ExpectAsync("last words")).Retain.ShouldBeTrue();
        await late.PublishAsync(topic, "", retain: true);
    }

    [Fact]
    [Statement("MQTT-3.1.2-10", "MQTT-3.14.4-3", "MQTT-3.1.2-8")]
    public async Task Will_is_discarded_by_disconnect_but_not_by_disconnect_with_will()
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await watcher.SubscribeAsync(topic);
        await using (var peer = await Peer.ConnectAsync(hub.Mqtt, 5, will: new RawWill(topic, "discarded")))
            await peer.DisconnectAsync();
        await using (var peer = await Peer.ConnectAsync(hub.Mqtt, 5, will: new RawWill(topic, "asked for")))
            await peer.DisconnectAsync(0x04);
        await watcher.ExpectAsync("asked for");
        await watcher.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-3.1.2-8")]
    public async Task Will_waits_for_its_delay()
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await watcher.SubscribeAsync(topic);
        await using var slow = await Delayed(topic, "delayed", delay: 1, expiry: 60);
        await using var quick = await Delayed(topic, "at once", delay: 0, expiry: 60);
        slow.Raw.Close();
        quick.Raw.Close();
        await watcher.ExpectAsync("at once");
        await watcher.ExpectAsync("delayed");
    }

    [Fact]
    [Statement("MQTT-3.1.2-8", "MQTT-4.1.0-2")]
    public async Task Will_does_not_wait_beyond_the_end_of_the_session()
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await watcher.SubscribeAsync(topic);
        await using var brief = await Delayed(topic, "session of no length", delay: 1000, expiry: 0);
        brief.Raw.Close();
        await watcher.ExpectAsync("session of no length");
        await using var second = await Delayed(topic, "session of a second", delay: 1000, expiry: 1);
        second.Raw.Close();
        await watcher.ExpectAsync("session of a second");
        await using var cut = await Delayed(topic, "session cut short", delay: 1000, expiry: 1000);
        cut.Raw.Close();
        await using var successor = await Peer.ConnectAsync(hub.Mqtt, 5, cut.Id); // Clean Start ends the Session
        successor.ConnAck.SessionPresent.ShouldBeFalse();
        await watcher.ExpectAsync("session cut short");
    }

    [Fact]
    [Statement("MQTT-3.1.3-9", "MQTT-3.1.2-10")]
    public async Task Will_is_not_published_when_the_client_returns_in_time()
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await watcher.SubscribeAsync(topic);
        await using var peer = await Delayed(topic, "must not be published", delay: 1, expiry: 60);
        peer.Raw.Close();
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, peer.Id, clean: false, properties: new P().Add(P.SessionExpiry, 60));
        back.ConnAck.SessionPresent.ShouldBeTrue();
        await BrokerClock.PassAsync(hub.Mqtt, 2);
        await watcher.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-3.1.2-12")]
    public async Task Will_at_every_qos_is_accepted()
    {
        for (var qos = 0; qos <= 2; qos++)
        {
            await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, will: new RawWill(Names.Topic(), "x", qos));
            await peer.DisconnectAsync();
        }
    }

    private Task<Peer> Delayed(string topic, string payload, int delay, int expiry) => Peer.ConnectAsync(hub.Mqtt, 5,
        properties: new P().Add(P.SessionExpiry, expiry), will: new RawWill(topic, payload, Properties: new P().Add(P.WillDelay, delay)));
}
