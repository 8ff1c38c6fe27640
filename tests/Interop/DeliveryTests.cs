using System.Globalization;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop;

public sealed class DeliveryTests(HubFixture fixture)
{
    [Theory]
    [MemberData(nameof(Peer.EveryVersion), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task Messages_arrive_at_the_lower_of_both_QoS(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var publisher = await stage.ConnectAsync(peer);
        var subscriber = await stage.ConnectAsync(peer);
        for (var granted = 0; granted <= peer.MaximumQoS; granted++)
            (await subscriber.SubscribeAsync(stage.Topic($"{granted}/+"), granted)).ShouldBe(granted);

        for (var granted = 0; granted <= peer.MaximumQoS; granted++)
        {
            for (var sent = 0; sent <= peer.MaximumQoS; sent++)
            {
                var topic = stage.Topic($"{granted}/{sent}");
                await publisher.PublishAsync(topic, "hello", sent);
                var delivery = await subscriber.NextAsync();
                (delivery.Topic, delivery.Text, delivery.QoS, delivery.Retain, delivery.Dup)
                    .ShouldBe((topic, "hello", Math.Min(granted, sent), false, false));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Peer.EveryVersion), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task A_payload_of_a_megabyte_arrives_whole(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var client = await stage.ConnectAsync(peer);
        await client.SubscribeAsync(stage.Topic("large"), peer.MaximumQoS);
        var payload = new byte[1024 * 1024];
        new Random(1).NextBytes(payload);

        await client.PublishAsync(stage.Topic("large"), payload, peer.MaximumQoS);

        (await client.NextAsync()).Payload.AsSpan().SequenceEqual(payload).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Peer.EveryVersion), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task A_thousand_messages_keep_their_order(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var publisher = await stage.ConnectAsync(peer);
        var subscriber = await stage.ConnectAsync(peer);
        await subscriber.SubscribeAsync(stage.Topic("n"), peer.MaximumQoS);

        await publisher.PublishManyAsync(stage.Topic("n"), 1000, peer.MaximumQoS);

        (await subscriber.NextAsync(1000)).Select(delivery => int.Parse(delivery.Text, CultureInfo.InvariantCulture)).ShouldBe(Enumerable.Range(0, 1000));
    }

    [Fact]
    public async Task Every_client_reaches_every_other()
    {
        await using var stage = new Stage(fixture.Hub);
        var clients = new List<ForeignClient>();
        foreach (var peer in Peer.All)
        {
            var client = await stage.ConnectAsync(peer);
            await client.SubscribeAsync(stage.Topic("#"), peer.MaximumQoS);
            clients.Add(client);
        }

        foreach (var sender in clients)
        {
            var topic = stage.Topic($"from/{sender.Name}");
            await sender.PublishAsync(topic, sender.Name, sender.Peer.MaximumQoS, properties: new MessageProperties { ContentType = "text/plain" });
            foreach (var receiver in clients)
            {
                var delivery = await receiver.NextAsync();
                (delivery.Topic, delivery.Text, delivery.QoS).ShouldBe((topic, sender.Name, Math.Min(sender.Peer.MaximumQoS, receiver.Peer.MaximumQoS)));
                delivery.Properties.ContentType.ShouldBe(sender.Peer.Five && receiver.Peer.Five ? "text/plain" : null);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Peer.EveryVersion), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task Topics_and_payloads_may_hold_any_character(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var client = await stage.ConnectAsync(peer);
        var topic = stage.Topic("Größe/温度/🌡 °C//");
        await client.SubscribeAsync(topic, 1);
        byte[][] payloads = [[], [0], [0xFF, 0xFE, 0x00, 0x80]];

        foreach (var payload in payloads)
            await client.PublishAsync(topic, payload, 1);

        var deliveries = await client.NextAsync(payloads.Length);
        deliveries.ShouldAllBe(delivery => delivery.Topic == topic);
        deliveries.Select(delivery => Convert.ToHexString(delivery.Payload)).ShouldBe(payloads.Select(Convert.ToHexString));
    }

    [Theory]
    [MemberData(nameof(Peer.EveryVersion), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task Nothing_arrives_after_unsubscribing(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var client = await stage.ConnectAsync(peer);
        await client.SubscribeAsync(stage.Topic("a"), 1);
        await client.SubscribeAsync(stage.Topic("b"), 1);

        var codes = await client.UnsubscribeAsync(stage.Topic("a"));
        await client.PublishAsync(stage.Topic("a"), "gone", 1);
        await client.PublishAsync(stage.Topic("b"), "still here", 1);

        if (peer.Five)
            codes.ShouldBe([0x00]);
        (await client.NextAsync()).Text.ShouldBe("still here");
    }
}
