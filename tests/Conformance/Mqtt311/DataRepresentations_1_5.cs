using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Conformance.Mqtt311;

public sealed class DataRepresentations_1_5(StandardHub hub)
{
    public static TheoryData<string> IllFormed { get; } = ["C080", "EDA080", "EDBFBF", "FF", "E28228", "F4908080", "C3"];

    [Theory, MemberData(nameof(IllFormed))]
    [Statement("MQTT-1.5.3-1", "MQTT-3.1.3-4", "MQTT-3.1.4-1")]
    public Task Ill_formed_client_identifier_is_closed(string hex) => Refusal.ClosesAsync(hub.Mqtt, Connect(Convert.FromHexString(hex)));

    [Theory, MemberData(nameof(IllFormed))]
    [Statement("MQTT-1.5.3-1", "MQTT-3.3.2-1")]
    public async Task Ill_formed_topic_name_is_closed(string hex)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SendAsync(new RawBytes().Binary(Convert.FromHexString("612F" + hex)).Packet(0x30));
        await peer.ExpectClosedAsync();
    }

    [Theory, MemberData(nameof(IllFormed))]
    [Statement("MQTT-1.5.3-1", "MQTT-3.8.3-1")]
    public async Task Ill_formed_filter_is_closed(string hex)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SendAsync(new RawBytes().Two(1).Binary(Convert.FromHexString("612F" + hex)).Byte(0).Packet(0x82));
        await peer.ExpectClosedAsync();
    }

    [Theory, MemberData(nameof(IllFormed))]
    [Statement("MQTT-1.5.3-1", "MQTT-3.10.3-1")]
    public async Task Ill_formed_filter_to_unsubscribe_is_closed(string hex)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SendAsync(new RawBytes().Two(1).Binary(Convert.FromHexString("612F" + hex)).Packet(0xA2));
        await peer.ExpectClosedAsync();
    }

    [Fact]
    [Statement("MQTT-1.5.3-2")]
    public Task Null_character_in_client_identifier_is_closed() => Refusal.ClosesAsync(hub.Mqtt, Connect("a\0b"u8));

    [Fact]
    [Statement("MQTT-1.5.3-2", "MQTT-4.7.3-2")]
    public async Task Null_character_in_topic_name_is_closed()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SendAsync(RawPackets.Publish(4, "a\0b", "x"));
        await peer.ExpectClosedAsync();
    }

    [Fact]
    [Statement("MQTT-1.5.3-2", "MQTT-4.7.3-2")]
    public async Task Null_character_in_filter_is_closed()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SendAsync(RawPackets.Subscribe(4, 1, "a\0b"));
        await peer.ExpectClosedAsync();
    }

    [Fact]
    [Statement("MQTT-1.5.3-3", "MQTT-4.7.3-4")]
    public async Task Byte_order_mark_is_a_character_like_any_other()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SubscribeAsync([("\uFEFF" + topic, 0), (topic + "/\uFEFFx", 0)]);
        await peer.PublishAsync(topic, "without");
        await peer.PublishAsync("\uFEFF" + topic, "in front");
        await peer.PublishAsync(topic + "/x", "without");
        await peer.PublishAsync(topic + "/\uFEFFx", "inside");
        (await peer.ExpectAsync("in front")).Topic.ShouldBe("\uFEFF" + topic);
        (await peer.ExpectAsync("inside")).Topic.ShouldBe(topic + "/\uFEFFx");
        await peer.ExpectNothingAsync();
    }

    private static byte[] Connect(ReadOnlySpan<byte> clientId) => new RawBytes().Text("MQTT").Byte(4).Byte(2).Two(60).Binary(clientId).Packet(0x10);
}
