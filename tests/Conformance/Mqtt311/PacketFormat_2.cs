using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Conformance.Mqtt311;

public sealed class PacketFormat_2(StandardHub hub)
{
    [Theory]
    [InlineData("4002 0001", 0x41)]
    [InlineData("5002 0001", 0x58)]
    [InlineData("6202 0001", 0x60)]
    [InlineData("7002 0001", 0x74)]
    [InlineData("8206 0001 0001 61 00", 0x80)]
    [InlineData("A205 0001 0001 61", 0xA0)]
    [InlineData("C000", 0xC1)]
    [InlineData("E000", 0xE8)]
    [Statement("MQTT-2.2.2-1", "MQTT-2.2.2-2", "MQTT-4.8.0-1")]
    public async Task Wrong_flags_are_closed(string packet, int first)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        var bytes = Convert.FromHexString(packet.Replace(" ", "", StringComparison.Ordinal));
        bytes[0] = (byte)first;
        await peer.SendAsync(bytes);
        await peer.ExpectClosedAsync();
    }

    [Fact]
    [Statement("MQTT-2.2.2-1", "MQTT-2.2.2-2", "MQTT-3.1.4-1")]
    public Task Wrong_flags_of_connect_are_closed()
    {
        var connect = RawPackets.Connect(4, Names.Client());
        connect[0] = 0x11;
        return Refusal.ClosesAsync(hub.Mqtt, connect);
    }

    [Theory]
    [InlineData("00 00")]
    [InlineData("F0 00")]
    [InlineData("20 02 00 00")]
    [InlineData("90 03 00 01 00")]
    [InlineData("B0 02 00 01")]
    [InlineData("D0 00")]
    [InlineData("30 FF FF FF FF 7F")]
    [Statement("MQTT-4.8.0-1")]
    public async Task Packets_that_no_client_may_send_are_closed(string hex)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.Raw.SendHexAsync(hex);
        await peer.ExpectClosedAsync();
    }

    [Theory]
    [InlineData("82 06 0000 0001 61 00")]
    [InlineData("A2 05 0000 0001 61")]
    [InlineData("32 06 0001 61 0000 78")]
    [InlineData("34 06 0001 61 0000 78")]
    [Statement("MQTT-2.3.1-1", "MQTT-4.8.0-1")]
    public async Task Packet_identifier_zero_is_closed(string hex)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.Raw.SendHexAsync(hex);
        await peer.ExpectClosedAsync();
    }

    [Fact]
    [Statement("MQTT-2.3.1-1", "MQTT-2.3.1-4", "MQTT-4.3.2-1")]
    public async Task Server_uses_identifiers_that_are_free_and_not_zero()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SubscribeAsync(topic, 2);
        for (var i = 0; i < 12; i++)
            await peer.PublishAsync(topic, "x", 1 + (i % 2));
        var ids = new HashSet<int>();
        for (var i = 0; i < 12; i++)
        {
            var message = await peer.TakeAsync();
            message.Id.ShouldNotBe(0);
            ids.Add(message.Id).ShouldBeTrue($"identifier {message.Id} is still in use");
        }
    }

    [Fact]
    [Statement("MQTT-2.3.1-5", "MQTT-4.3.1-1")]
    public async Task Qos_0_carries_no_identifier()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SubscribeAsync(topic);
        await peer.PublishAsync(topic, "x");
        await peer.PublishAsync(topic, "y", 1);
        (await peer.ExpectAsync("x")).ShouldSatisfyAllConditions(m => m.QoS.ShouldBe(0), m => m.Dup.ShouldBeFalse());
        (await peer.ExpectAsync("y")).QoS.ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0x1234)]
    [InlineData(0xFFFF)]
    [Statement("MQTT-2.3.1-6", "MQTT-3.3.4-1", "MQTT-4.3.2-2", "MQTT-4.3.3-2")]
    public async Task Acknowledgements_repeat_the_identifier(int id)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SendAsync(RawPackets.Publish(4, Names.Topic(), "x", 1, id));
        (await peer.AnswerAsync(RawType.PubAck)).Id.ShouldBe(id);
        await peer.SendAsync(RawPackets.Publish(4, Names.Topic(), "x", 2, id));
        (await peer.AnswerAsync(RawType.PubRec)).Id.ShouldBe(id);
        await peer.SendAsync(RawPackets.Ack(RawType.PubRel, id));
        (await peer.AnswerAsync(RawType.PubComp)).Id.ShouldBe(id);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0xFFFF)]
    [Statement("MQTT-2.3.1-7", "MQTT-3.8.4-1", "MQTT-3.8.4-2", "MQTT-3.10.4-4")]
    public async Task SubAck_and_UnsubAck_repeat_the_identifier(int id)
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SendAsync(RawPackets.Subscribe(4, id, topic));
        (await peer.AnswerAsync(RawType.SubAck)).Id.ShouldBe(id);
        await peer.SendAsync(RawPackets.Unsubscribe(4, id, topic));
        (await peer.AnswerAsync(RawType.UnsubAck)).Id.ShouldBe(id);
    }

    [Fact]
    [Statement("MQTT-7.1.1-1", "MQTT-7.0.0-2")]
    public async Task Packets_may_arrive_torn_or_together()
    {
        var topic = Names.Topic();
        await using var raw = await RawMqttClient.OpenAsync(hub.Mqtt);
        foreach (var one in RawPackets.Connect(4, Names.Client()))
            await raw.SendAsync(one);
        (await raw.ReadAsync()).Body.ShouldBe([0, 0]);
        await raw.SendAsync([.. RawPackets.Subscribe(4, 7, topic), .. RawPackets.Publish(4, topic, "x"), .. RawPackets.PingReq]);
        (await raw.ReadAsync()).Type.ShouldBe((int)RawType.SubAck);
        RawPublish.Read(4, await raw.ReadAsync()).Text.ShouldBe("x");
        (await raw.ReadAsync()).Type.ShouldBe((int)RawType.PingResp);
    }
}
