using Fairlead.Shared;
using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Mqtt5;

public sealed class DataRepresentations_1_5(StandardHub hub)
{
    public static TheoryData<string> IllFormed { get; } = ["C080", "EDA080", "EDBFBF", "FF", "E28228", "F4908080", "C3", "00", "6100"];

    [Theory, MemberData(nameof(IllFormed))]
    [Statement("MQTT-1.5.4-1", "MQTT-1.5.4-2", "MQTT-3.1.3-4", "MQTT-3.1.4-1")]
    public Task Ill_formed_client_identifier(string hex) => Refusal.ReasonAsync(hub.Mqtt,
        new RawBytes().Text("MQTT").Byte(5).Byte(2).Two(60).Byte(0).Binary(Convert.FromHexString(hex)).Packet(0x10), 0, 0x81, 0x85);

    [Theory, MemberData(nameof(IllFormed))]
    [Statement("MQTT-1.5.4-1", "MQTT-1.5.4-2", "MQTT-3.3.2-1", "MQTT-4.7.3-2", "MQTT-4.13.1-1")]
    public async Task Ill_formed_topic_name(string hex)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(new RawBytes().Binary(Convert.FromHexString("612F" + hex)).Byte(0).Packet(0x30));
        await peer.ExpectClosedAsync(0x81);
    }

    [Theory, MemberData(nameof(IllFormed))]
    [Statement("MQTT-1.5.4-1", "MQTT-1.5.4-2", "MQTT-3.8.3-1", "MQTT-4.7.3-2", "MQTT-4.13.1-1")]
    public async Task Ill_formed_filter(string hex)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(new RawBytes().Two(1).Byte(0).Binary(Convert.FromHexString("612F" + hex)).Byte(0).Packet(0x82));
        await peer.ExpectClosedAsync(0x81);
    }

    [Theory, MemberData(nameof(IllFormed))]
    [Statement("MQTT-1.5.4-1", "MQTT-1.5.4-2", "MQTT-3.10.3-1", "MQTT-4.13.1-1")]
    public async Task Ill_formed_filter_to_unsubscribe(string hex)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(new RawBytes().Two(1).Byte(0).Binary(Convert.FromHexString("612F" + hex)).Packet(0xA2));
        await peer.ExpectClosedAsync(0x81);
    }

    [Theory]
    [InlineData(P.ResponseTopic, "MQTT-3.3.2-13")]
    [InlineData(P.ContentType, "MQTT-3.3.2-19")]
    [Statement("MQTT-1.5.4-1", "MQTT-3.3.2-13", "MQTT-3.3.2-19")]
    public async Task Ill_formed_string_property(int property, string statement)
    {
        statement.ShouldStartWith("MQTT-");
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(RawPackets.Publish(5, Names.Topic(), "x", properties: new P().Add(property, new byte[] { 0x61, 0xC0, 0x80 })));
        await peer.ExpectClosedAsync(0x81);
    }

    [Theory]
    [InlineData("26 0001 FF 0001 62")]
    [InlineData("26 0001 61 0001 FF")]
    [InlineData("26 0002 6100 0001 62")]
    [Statement("MQTT-1.5.7-1")]
    public async Task Both_halves_of_a_user_property_are_strings(string hex)
    {
        var property = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(new RawBytes().Text("a").Variable(property.Length).Bytes(property).Packet(0x30));
        await peer.ExpectClosedAsync(0x81);
    }

    [Fact]
    [Statement("MQTT-1.5.4-3", "MQTT-4.7.3-4")]
    public async Task Byte_order_mark_is_a_character_like_any_other()
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync("\uFEFF" + topic);
        await peer.PublishAsync(topic, "without");
        await peer.PublishAsync("\uFEFF" + topic, "with", properties: new P().Add(P.ContentType, "\uFEFFtext").User("\uFEFFa", "\uFEFF"));
        (await peer.ExpectAsync("with")).ShouldSatisfyAllConditions(
            m => m.Topic.ShouldBe("\uFEFF" + topic),
            m => m.Properties.Text(P.ContentType).ShouldBe("\uFEFFtext"),
            m => m.Properties.Users().ShouldBe([("\uFEFFa", "\uFEFF")]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_300)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(2_097_152)]
    [Statement("MQTT-1.5.5-1", "MQTT-2.2.2-1")]
    public async Task Lengths_take_no_more_bytes_than_they_need(int size)
    {
        // The raw client fails on a length with a byte too many.
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SubscribeAsync(topic);
        await peer.SendAsync(RawPackets.Publish(5, topic, new byte[size]));
        var message = await peer.ReceiveAsync();
        message.Payload.Length.ShouldBe(size);
        var text = new string('v', Math.Min(size, 60_000));
        await peer.SendAsync(RawPackets.Publish(5, topic, "x", properties: new P().User("name", text)));
        (await peer.ReceiveAsync()).Properties.Users().ShouldBe([("name", text)]);
    }
}
