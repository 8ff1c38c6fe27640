using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Conformance.Mqtt311;

public sealed class ConnAck_3_2(StandardHub hub)
{
    [Fact]
    [Statement("MQTT-3.2.0-1", "MQTT-3.1.4-4")]
    public async Task ConnAck_comes_first_and_is_two_bytes()
    {
        await using var raw = await RawMqttClient.OpenAsync(hub.Mqtt);
        await raw.SendAsync([.. RawPackets.Connect(4, Names.Client()), .. RawPackets.PingReq, .. RawPackets.Subscribe(4, 1, Names.Topic())]);
        var first = await raw.ReadAsync();
        first.First.ShouldBe((byte)0x20);
        first.Body.ShouldBe([0, 0]);
        (await raw.ReadAsync()).Type.ShouldBe((int)RawType.PingResp);
        (await raw.ReadAsync()).Type.ShouldBe((int)RawType.SubAck);
    }

    [Fact]
    [Statement("MQTT-3.1.2-4", "MQTT-3.1.2-5", "MQTT-3.1.3-2", "MQTT-3.1.4-3", "MQTT-3.2.0-1", "MQTT-3.2.2-2", "MQTT-3.2.2-3", "MQTT-4.1.0-1",
        "MQTT-4.5.0-1")]
    public async Task Stored_session_keeps_subscriptions_and_messages()
    {
        var topic = Names.Topic();
        var id = Names.Client();
        await using (var first = await Peer.ConnectAsync(hub.Mqtt, 4, id, clean: false))
        {
            first.ConnAck.SessionPresent.ShouldBeFalse();
            await first.SubscribeAsync(topic, 2);
            await first.DisconnectAsync();
        }

        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 4);
        await publisher.PublishAsync(topic, "one", 1);
        await publisher.PublishAsync(topic, "two", 2);
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 4, id, clean: false);
        back.ConnAck.SessionPresent.ShouldBeTrue();
        (await back.ExpectAsync("one")).QoS.ShouldBe(1);
        (await back.ExpectAsync("two")).QoS.ShouldBe(2);
        await publisher.PublishAsync(topic, "three");
        await back.ExpectAsync("three");
    }

    [Fact]
    [Statement("MQTT-3.1.2-6", "MQTT-3.1.4-3", "MQTT-3.2.2-1")]
    public async Task Clean_session_discards_the_stored_one_and_leaves_nothing()
    {
        var topic = Names.Topic();
        var id = Names.Client();
        await using (var stored = await Peer.ConnectAsync(hub.Mqtt, 4, id, clean: false))
        {
            await stored.SubscribeAsync(topic, 1);
            await stored.DisconnectAsync();
        }

        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 4);
        await publisher.PublishAsync(topic, "for the old session", 1);
        await using (var clean = await Peer.ConnectAsync(hub.Mqtt, 4, id))
        {
            clean.ConnAck.SessionPresent.ShouldBeFalse();
            await publisher.PublishAsync(topic, "nobody subscribed", 1);
            await clean.ExpectNothingAsync();
            await clean.SubscribeAsync(topic, 1);
            await clean.DisconnectAsync();
        }

        await publisher.PublishAsync(topic, "nobody there", 1);
        await using var after = await Peer.ConnectAsync(hub.Mqtt, 4, id, clean: false);
        after.ConnAck.SessionPresent.ShouldBeFalse();
        await publisher.PublishAsync(topic, "still nobody subscribed", 1);
        await after.ExpectNothingAsync();
        await after.DisconnectAsync();
    }

    [Fact]
    [Statement("MQTT-3.1.2-4", "MQTT-3.2.2-2")]
    public async Task Stored_session_survives_a_lost_connection_and_a_takeover()
    {
        var topic = Names.Topic();
        var id = Names.Client();
        await using var lost = await Peer.ConnectAsync(hub.Mqtt, 4, id, clean: false);
        await lost.SubscribeAsync(topic, 1);
        lost.Raw.Reset();
        await using var second = await Peer.ConnectAsync(hub.Mqtt, 4, id, clean: false);
        second.ConnAck.SessionPresent.ShouldBeTrue();
        await using var third = await Peer.ConnectAsync(hub.Mqtt, 4, id, clean: false);
        third.ConnAck.SessionPresent.ShouldBeTrue();
        await second.Raw.ExpectCloseAsync();
        await third.PublishAsync(topic, "here", 1);
        await third.ExpectAsync("here");
    }

    [Fact]
    [Statement("MQTT-3.1.2-7")]
    public async Task Retained_messages_outlive_the_session()
    {
        var topic = Names.Topic();
        await using (var publisher = await Peer.ConnectAsync(hub.Mqtt, 4))
        {
            await publisher.PublishAsync(topic, "kept", 1, retain: true);
            await publisher.DisconnectAsync();
        }

        await using var late = await Peer.ConnectAsync(hub.Mqtt, 4);
        await late.SubscribeAsync(topic);
        await late.ExpectAsync("kept");
        await late.PublishAsync(topic, "", retain: true);
    }

    [Fact]
    [Statement("MQTT-4.1.0-2")]
    public async Task Session_lasts_while_the_connection_is_open()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SubscribeAsync(topic, 1);
        await peer.PublishAsync(topic, "a", 1);
        var message = await peer.TakeAsync();
        await peer.PublishAsync(topic, "b", 2);
        await peer.ExpectAsync("b");
        await peer.SendAsync(RawPackets.Ack(RawType.PubAck, message.Id));
        await peer.ExpectNothingAsync();
    }
}
