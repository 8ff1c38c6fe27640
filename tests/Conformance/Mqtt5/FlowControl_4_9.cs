using Fairlead.Shared;
using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Mqtt5;

public sealed class FlowControl_4_9(StandardHub hub)
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [Statement("MQTT-3.3.4-9", "MQTT-3.3.4-10", "MQTT-4.9.0-1", "MQTT-4.9.0-2", "MQTT-4.9.0-3")]
    public async Task Server_keeps_within_the_receive_maximum_of_the_client(int maximum)
    {
        var topic = Names.Topic();
        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.ReceiveMaximum, maximum));
        await peer.SubscribeAsync(topic, 2);
        for (var i = 0; i < 10; i++)
            await publisher.PublishAsync(topic, $"{i}", 1 + (i % 2));
        var open = new Queue<RawPublish>();
        for (var i = 0; i < maximum; i++)
            open.Enqueue(await peer.TakeAsync());
        await peer.ExpectNothingAsync(); // and PINGREQ is answered at a quota of zero
        await peer.SubscribeAsync(topic + "/other"); // so is SUBSCRIBE
        await publisher.PublishAsync(topic, "not counted");
        await peer.ExpectAsync("not counted");
        for (var next = maximum; next < 10; next++)
        {
            var done = open.Dequeue();
            if (done.QoS == 1)
                await peer.SendAsync(RawPackets.Ack(RawType.PubAck, done.Id));
            else
                await peer.FinishAsync(done);
            var message = await peer.TakeAsync();
            message.Text.ShouldBe($"{next}");
            open.Enqueue(message);
            await peer.ExpectNothingAsync();
        }
    }

    [Fact]
    [Statement("MQTT-4.9.0-2")]
    public async Task PubRec_with_an_error_frees_a_place_and_a_good_one_does_not()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.ReceiveMaximum, 1));
        await peer.SubscribeAsync(topic, 2);
        for (var i = 0; i < 3; i++)
            await peer.PublishAsync(topic, $"{i}", 2);
        var first = await peer.TakeAsync();
        await peer.SendAsync(RawPackets.Ack(RawType.PubRec, first.Id, 0x83));
        var second = await peer.TakeAsync();
        second.Text.ShouldBe("1");
        await peer.SendAsync(RawPackets.Ack(RawType.PubRec, second.Id));
        await peer.AnswerAsync(RawType.PubRel);
        await peer.ExpectNothingAsync();
        await peer.SendAsync(RawPackets.Ack(RawType.PubComp, second.Id));
        (await peer.TakeAsync()).Text.ShouldBe("2");
    }

    [Fact]
    [Statement("MQTT-4.9.0-1", "MQTT-3.3.4-7", "MQTT-4.13.1-1")]
    public async Task Client_beyond_the_receive_maximum_of_the_server_is_disconnected()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        var maximum = (int)(peer.ConnAck.Properties.Number(P.ReceiveMaximum) ?? 65_535);
        var topic = Names.Topic();
        for (var id = 1; id <= maximum; id++)
        {
            await peer.SendAsync(RawPackets.Publish(5, topic, "x", 2, id));
            (await peer.AnswerAsync(RawType.PubRec)).ShouldSatisfyAllConditions(a => a.Id.ShouldBe(id), a => a.Code.ShouldBeLessThan(0x80));
        }

        if (maximum == 65_535)
            return; // there is no identifier left to go beyond it
        await peer.SendAsync(RawPackets.Publish(5, topic, "x", 2, maximum + 1));
        await peer.ExpectClosedAsync(0x93);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(1000)]
    [Statement("MQTT-3.1.2-24", "MQTT-3.1.2-25")]
    public async Task Messages_too_large_for_the_client_are_dropped_as_if_sent(int maximum)
    {
        var topic = Names.Topic();
        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5,
            properties: new P().Add(P.MaximumPacketSize, maximum).Add(P.ReceiveMaximum, 1));
        await peer.SubscribeAsync(topic, 2);
        var overhead = 1 + (maximum > 129 ? 2 : 1) + 2 + topic.Length + 2 + 1; // header, length, topic, identifier, no properties
        var fits = new string('x', maximum - overhead);
        for (var qos = 1; qos <= 2; qos++)
        {
            await publisher.PublishAsync(topic, fits + "x", qos);
            await publisher.PublishAsync(topic, fits, qos);
            (await peer.ReceiveAsync()).Text.Length.ShouldBe(fits.Length);
        }

        await publisher.PublishAsync(topic, fits + "xxx");
        await peer.ExpectNothingAsync();
        await publisher.PublishAsync(topic, fits + "xx"); // QoS 0 has no identifier: two bytes more
        await peer.ExpectAsync(fits + "xx");
    }

    [Fact]
    [Statement("MQTT-3.1.2-25")]
    public async Task Too_large_messages_leave_the_queue_of_a_stored_session()
    {
        var topic = Names.Topic();
        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.SessionExpiry, 60));
        await peer.SubscribeAsync(topic, 1);
        await peer.DisconnectAsync();
        await publisher.PublishAsync(topic, new string('x', 500), 1);
        await publisher.PublishAsync(topic, "small", 1);
        await using (var narrow = await Peer.ConnectAsync(hub.Mqtt, 5, peer.Id, clean: false,
            properties: new P().Add(P.SessionExpiry, 60).Add(P.MaximumPacketSize, 200)))
        {
            await narrow.ExpectAsync("small");
            await narrow.ExpectNothingAsync();
            await narrow.DisconnectAsync();
        }

        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, peer.Id, clean: false);
        await back.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-3.2.2-15", "MQTT-4.13.1-1")]
    public async Task Packet_beyond_the_maximum_size_of_the_server_is_refused()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        var maximum = (int)(peer.ConnAck.Properties.Number(P.MaximumPacketSize) ?? 268_435_460);
        if (maximum > 268_435_455)
            return; // a longer packet cannot be written
        await peer.SendAsync(new RawBytes().Byte(0x30).Variable(maximum).ToArray()); // the fixed header tells it all
        await peer.ExpectClosedAsync(0x95);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(40)]
    [InlineData(30)]
    [InlineData(20)]
    [InlineData(12)]
    [InlineData(5)]
    [InlineData(1)]
    [Statement("MQTT-3.1.2-24", "MQTT-3.4.2-2", "MQTT-3.4.2-3", "MQTT-3.5.2-2", "MQTT-3.5.2-3", "MQTT-3.6.2-2", "MQTT-3.6.2-3", "MQTT-3.7.2-2",
        "MQTT-3.7.2-3", "MQTT-3.9.2-1", "MQTT-3.9.2-2", "MQTT-3.11.2-1", "MQTT-3.11.2-2", "MQTT-3.14.2-3", "MQTT-3.14.2-4")]
    public async Task No_answer_is_larger_than_the_client_allows(int maximum)
    {
        await using var raw = await RawMqttClient.OpenAsync(hub.Mqtt);
        await raw.SendAsync(RawPackets.Connect(5, Names.Client(), properties: new P().Add(P.MaximumPacketSize, maximum)));
        var first = await raw.ReadOrCloseAsync();
        if (first is null)
            return; // not even the CONNACK fits: closed
        Fits(first);
        if (RawAnswer.Read(5, first).Code != 0)
            return;
        await raw.SendAsync(
        [
            .. RawPackets.Publish(5, "$SYS/broker/version", "x", 1, 1), .. RawPackets.Publish(5, "$SYS/broker/version", "x", 2, 2),
            .. RawPackets.Ack(RawType.PubRec, 77), .. RawPackets.Ack(RawType.PubRel, 78), .. RawPackets.Subscribe(5, 3, "a/#/b"),
            .. RawPackets.Unsubscribe(5, 4, "a/#/b"), .. RawPackets.PingReq, .. RawPackets.Connect(5, "again"),
        ]);
        while (await raw.ReadOrCloseAsync() is { } packet)
            Fits(packet);

        void Fits(RawPacket packet) => (packet.Body.Length + 2).ShouldBeLessThanOrEqualTo(maximum, packet.ToString());
    }
}
