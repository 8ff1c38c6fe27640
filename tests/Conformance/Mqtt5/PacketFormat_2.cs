using Fairlead.Shared;
using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Mqtt5;

public sealed class PacketFormat_2(StandardHub hub)
{
    [Theory]
    [InlineData("41 02 0001")]
    [InlineData("58 02 0001")]
    [InlineData("74 02 0001")]
    [InlineData("C1 00")]
    [InlineData("E1 00")]
    [InlineData("F1 00")]
    [InlineData("F8 02 18 00")]
    [Statement("MQTT-2.1.3-1", "MQTT-3.14.1-1", "MQTT-3.15.1-1", "MQTT-4.13.1-1")]
    public async Task Wrong_flags_are_malformed(string hex)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.Raw.SendHexAsync(hex);
        await peer.ExpectClosedAsync(0x81);
    }

    [Fact]
    [Statement("MQTT-2.1.3-1", "MQTT-3.1.4-1")]
    public async Task Wrong_flags_of_connect()
    {
        var connect = RawPackets.Connect(5, Names.Client());
        connect[0] = 0x18;
        await Refusal.ReasonAsync(hub.Mqtt, connect, 0, 0x81);
    }

    [Theory]
    [InlineData("00 00")]
    [InlineData("20 03 00 00 00")]
    [InlineData("90 04 0001 00 00")]
    [InlineData("B0 04 0001 00 00")]
    [InlineData("D0 00")]
    [InlineData("30 FF FF FF FF 7F")]
    [Statement("MQTT-4.13.1-1")]
    public async Task Packets_that_no_client_may_send(string hex)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.Raw.SendHexAsync(hex);
        await peer.ExpectClosedAsync(0x81, 0x82);
    }

    [Theory]
    [InlineData("82 07 0000 00 0001 61 00")]
    [InlineData("A2 06 0000 00 0001 61")]
    [InlineData("32 07 0001 61 0000 00 78")]
    [InlineData("34 07 0001 61 0000 00 78")]
    [Statement("MQTT-2.2.1-3", "MQTT-4.13.1-1")]
    public async Task Packet_identifier_zero(string hex)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.Raw.SendHexAsync(hex);
        await peer.ExpectClosedAsync(0x81, 0x82);
    }

    [Fact]
    [Statement("MQTT-2.2.1-4", "MQTT-4.3.2-1", "MQTT-4.3.3-1", "MQTT-4.3.2-2", "MQTT-4.3.3-2")]
    public async Task Server_uses_identifiers_that_are_free_and_not_zero()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync(topic, 2);
        for (var i = 0; i < 12; i++)
            await peer.PublishAsync(topic, "x", 1 + (i % 2));
        var ids = new HashSet<int>();
        for (var i = 0; i < 12; i++)
        {
            var message = await peer.TakeAsync();
            message.Id.ShouldNotBe(0);
            message.Dup.ShouldBeFalse();
            ids.Add(message.Id).ShouldBeTrue($"identifier {message.Id} is still in use");
        }
    }

    [Fact]
    [Statement("MQTT-2.2.1-2", "MQTT-2.2.2-1", "MQTT-4.3.1-1")]
    public async Task Qos_0_carries_no_identifier_and_an_empty_property_length()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync(topic);
        await peer.PublishAsync(topic, "xyz");
        (await peer.ExpectAsync("xyz")).ShouldSatisfyAllConditions(m => m.QoS.ShouldBe(0), m => m.Dup.ShouldBeFalse(), m => m.Properties.Entries.ShouldBeEmpty());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0xFFFF)]
    [Statement("MQTT-2.2.1-5", "MQTT-2.2.1-6", "MQTT-3.3.4-1", "MQTT-3.8.4-1", "MQTT-3.8.4-2", "MQTT-3.10.4-4", "MQTT-3.10.4-5", "MQTT-4.3.2-4",
        "MQTT-4.3.3-8", "MQTT-4.3.3-11")]
    public async Task Answers_repeat_the_identifier(int id)
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(RawPackets.Publish(5, topic, "x", 1, id));
        (await peer.AnswerAsync(RawType.PubAck)).Id.ShouldBe(id);
        await peer.SendAsync(RawPackets.Publish(5, topic, "x", 2, id));
        (await peer.AnswerAsync(RawType.PubRec)).Id.ShouldBe(id);
        await peer.SendAsync(RawPackets.Ack(RawType.PubRel, id));
        (await peer.AnswerAsync(RawType.PubComp)).Id.ShouldBe(id);
        await peer.SendAsync(RawPackets.Subscribe(5, id, topic));
        (await peer.AnswerAsync(RawType.SubAck)).Id.ShouldBe(id);
        await peer.SendAsync(RawPackets.Unsubscribe(5, id, topic));
        (await peer.AnswerAsync(RawType.UnsubAck)).Id.ShouldBe(id);
        await peer.SendAsync(RawPackets.Unsubscribe(5, id, topic));
        (await peer.AnswerAsync(RawType.UnsubAck)).Id.ShouldBe(id);
    }

    [Theory]
    [InlineData("30 06 0001 61 02 24 00", "Maximum QoS in PUBLISH")]
    [InlineData("30 06 0001 61 02 7F 00", "an unknown property")]
    [InlineData("30 08 0001 61 04 01 00 01 00", "Payload Format Indicator twice")]
    [InlineData("30 06 0001 61 02 01 02", "Payload Format Indicator 2")]
    [InlineData("30 05 0001 61 05 01", "properties longer than the packet")]
    [InlineData("30 07 0001 61 03 02 0000", "a property cut short")]
    [InlineData("82 09 0001 02 0B 00 0001 61 00", "Subscription Identifier 0")]
    [InlineData("82 0B 0001 04 0B 01 0B 02 0001 61 00", "Subscription Identifier twice")]
    [InlineData("82 09 0001 02 01 00 0001 61 00", "Payload Format Indicator in SUBSCRIBE")]
    [InlineData("A2 08 0001 02 0B 01 0001 61", "Subscription Identifier in UNSUBSCRIBE")]
    [InlineData("E0 04 00 02 01 00", "Payload Format Indicator in DISCONNECT")]
    [InlineData("E0 07 00 0A 11 00000001", "DISCONNECT with properties longer than the packet")]
    [Statement("MQTT-4.13.1-1")]
    public async Task Properties_that_are_not_allowed(string hex, string why)
    {
        why.ShouldNotBeEmpty();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.Raw.SendHexAsync(hex);
        await peer.ExpectClosedAsync(0x81, 0x82);
    }

    [Fact]
    [Statement("MQTT-4.2.0-1")]
    public async Task Packets_may_arrive_torn_or_together()
    {
        var topic = Names.Topic();
        await using var raw = await RawMqttClient.OpenAsync(hub.Mqtt);
        foreach (var one in RawPackets.Connect(5, Names.Client(), properties: new P().Add(P.ReceiveMaximum, 5)))
            await raw.SendAsync(one);
        RawAnswer.Read(5, await raw.ReadAsync()).Code.ShouldBe(0);
        await raw.SendAsync([.. RawPackets.Subscribe(5, 7, topic), .. RawPackets.Publish(5, topic, "x"), .. RawPackets.PingReq]);
        (await raw.ReadAsync()).Type.ShouldBe((int)RawType.SubAck);
        RawPublish.Read(5, await raw.ReadAsync()).Text.ShouldBe("x");
        (await raw.ReadAsync()).Type.ShouldBe((int)RawType.PingResp);
    }
}
