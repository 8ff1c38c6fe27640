using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Conformance.Mqtt311;

/// <summary>The elder MQTT 3.1 (MQIsdp, level 3) is served in the standard profile, although no OASIS statement asks for it.</summary>
public sealed class Mqtt31(StandardHub hub)
{
    [Fact]
    public async Task Client_of_3_1_publishes_and_subscribes_at_every_qos()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 3);
        (await peer.SubscribeAsync(topic, 2)).Codes.ShouldBe([2]);
        for (var qos = 0; qos <= 2; qos++)
        {
            await peer.PublishAsync(topic, $"{qos}", qos);
            (await peer.ExpectAsync($"{qos}")).QoS.ShouldBe(qos);
        }

        await peer.UnsubscribeAsync(topic);
        await peer.DisconnectAsync();
    }

    [Fact]
    public async Task Session_and_will_of_3_1_work()
    {
        var topic = Names.Topic();
        var id = Names.Client();
        await using (var first = await Peer.ConnectAsync(hub.Mqtt, 3, id, clean: false, will: new RawWill(topic + "/will", "bye")))
        {
            await first.SubscribeAsync(topic + "/#", 1);
            first.Raw.Reset();
        }

        await using var publisher = await Peer.ConnectAsync(hub.Mqtt, 4);
        await publisher.PublishAsync(topic, "x", 1);
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 3, id, clean: false);
        await back.ExpectAsync("x");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public Task Name_of_3_1_with_another_level_is_refused(int level) =>
        Refusal.ReasonAsync(hub.Mqtt, new RawBytes().Text("MQIsdp").Byte(level).Byte(2).Two(60).Text("x").Packet(0x10), 0, 1, 0x84);
}
