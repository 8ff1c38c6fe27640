using Fairlead.Shared;
using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Mqtt5;

public sealed class Connect_3_1(StandardHub hub)
{
    [Theory]
    [InlineData("C0 00")]
    [InlineData("30 06 0001 61 00 7878")]
    [InlineData("82 07 0001 00 0001 61 00")]
    [InlineData("E0 00")]
    [InlineData("F0 00")]
    [Statement("MQTT-3.1.0-1", "MQTT-3.14.0-1", "MQTT-4.13.1-1")]
    public Task First_packet_must_be_connect(string hex) =>
        Refusal.ClosesAsync(hub.Mqtt, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

    [Fact]
    [Statement("MQTT-3.1.0-2", "MQTT-3.2.0-2", "MQTT-4.13.2-1")]
    public async Task Second_connect_is_a_protocol_error()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(RawPackets.Connect(5, peer.Id));
        await peer.ExpectClosedAsync(0x82);
    }

    [Theory]
    [InlineData("MQTX")]
    [InlineData("mqtt")]
    [InlineData("")]
    [Statement("MQTT-3.1.2-1")]
    public Task Wrong_protocol_name(string name) =>
        Refusal.ReasonAsync(hub.Mqtt, new RawBytes().Text(name).Byte(5).Byte(2).Two(60).Byte(0).Text("x").Packet(0x10), 0, 0x84, 0x81);

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(0xFF)]
    [Statement("MQTT-3.1.2-2", "MQTT-3.2.2-6", "MQTT-3.2.2-7", "MQTT-3.2.2-8")]
    public Task Unknown_version(int version) =>
        Refusal.ReasonAsync(hub.Mqtt, new RawBytes().Text("MQTT").Byte(version).Byte(2).Two(60).Byte(0).Text("x").Packet(0x10), 0, 0x84, 1);

    [Theory]
    [InlineData(0x03, "", "the reserved bit")]
    [InlineData(0x0A, "", "Will QoS without Will Flag")]
    [InlineData(0x22, "", "Will Retain without Will Flag")]
    [InlineData(0x1E, "00 000161 000162", "Will QoS 3")]
    [InlineData(0x06, "", "Will Flag without Will")]
    [InlineData(0x06, "00 000161", "Will Flag without Will payload")]
    [InlineData(0x06, "000161 000162", "Will without its properties")]
    [InlineData(0x82, "", "user name missing")]
    [InlineData(0xC2, "000161", "password missing")]
    [InlineData(0x02, "000161", "user name without its flag")]
    [InlineData(0x82, "000161 000162", "password without its flag")]
    [InlineData(0x06, "00 0001FF 000162", "Will topic not UTF-8")]
    [InlineData(0x06, "02 0102 000161 000162", "Will payload format 2")]
    [InlineData(0x06, "03 230001 000161 000162", "Topic Alias in the Will properties")]
    [InlineData(0x82, "0002C080", "user name not UTF-8")]
    [Statement("MQTT-3.1.2-3", "MQTT-3.1.2-9", "MQTT-3.1.2-11", "MQTT-3.1.2-12", "MQTT-3.1.2-13", "MQTT-3.1.2-16", "MQTT-3.1.2-17", "MQTT-3.1.2-18",
        "MQTT-3.1.2-19", "MQTT-3.1.3-11", "MQTT-3.1.3-12", "MQTT-3.1.4-1")]
    public Task Connect_that_breaks_the_rules(int flags, string rest, string why)
    {
        why.ShouldNotBeEmpty();
        var bytes = new RawBytes().Text("MQTT").Byte(5).Byte(flags).Two(60).Byte(0).Text(Names.Client())
            .Bytes(Convert.FromHexString(rest.Replace(" ", "", StringComparison.Ordinal)));
        return Refusal.ReasonAsync(hub.Mqtt, bytes.Packet(0x10), 0, 0x81, 0x82);
    }

    [Theory]
    [InlineData("03 210000", "Receive Maximum 0")]
    [InlineData("05 2700000000", "Maximum Packet Size 0")]
    [InlineData("02 1702", "Request Problem Information 2")]
    [InlineData("02 1902", "Request Response Information 2")]
    [InlineData("0A 1100000001 1100000001", "Session Expiry Interval twice")]
    [InlineData("03 230001", "Topic Alias")]
    [InlineData("02 0101", "Payload Format Indicator")]
    [InlineData("05 1800000001", "Will Delay Interval outside the Will")]
    [InlineData("04 160001 61", "Authentication Data without a method")]
    [Statement("MQTT-3.1.4-1", "MQTT-4.13.1-1", "MQTT-4.9.0-1")]
    public Task Connect_properties_that_are_not_allowed(string properties, string why)
    {
        why.ShouldNotBeEmpty();
        var bytes = new RawBytes().Text("MQTT").Byte(5).Byte(2).Two(60)
            .Bytes(Convert.FromHexString(properties.Replace(" ", "", StringComparison.Ordinal))).Text(Names.Client());
        return Refusal.ReasonAsync(hub.Mqtt, bytes.Packet(0x10), 0, 0x81, 0x82);
    }

    [Fact]
    [Statement("MQTT-3.1.2-19", "MQTT-3.1.3-1")]
    public async Task Password_needs_no_user_name()
    {
        await using var raw = await RawMqttClient.OpenAsync(hub.Mqtt);
        await raw.SendAsync(RawPackets.Connect(5, Names.Client(), password: [1, 2, 3]));
        // Whether the credentials please is another matter; the packet is well formed.
        RawAnswer.Read(5, await raw.ReadAsync()).Code.ShouldBeOneOf(0, 0x86, 0x87);
    }

    [Fact]
    [Statement("MQTT-3.1.3-3", "MQTT-3.1.4-1")]
    public Task Missing_client_identifier() =>
        Refusal.ReasonAsync(hub.Mqtt, new RawBytes().Text("MQTT").Byte(5).Byte(2).Two(60).Byte(0).Packet(0x10), 0, 0x81, 0x82, 0x85);

    [Theory]
    [InlineData("0123456789abcdefghijklm")]
    [InlineData("nopqrstuvwxyzABCDEFGHIJ")]
    [InlineData("KLMNOPQRSTUVWXYZ")]
    [Statement("MQTT-3.1.3-5", "MQTT-3.1.4-5")]
    public async Task Letters_and_digits_make_a_client_identifier(string id)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, "5" + id[1..]);
        await peer.PingAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Statement("MQTT-3.1.3-6", "MQTT-3.1.3-7", "MQTT-3.2.2-16")]
    public async Task Empty_client_identifier_is_replaced_and_told(bool clean)
    {
        var expiry = new P().Add(P.SessionExpiry, 60);
        var topic = Names.Topic();
        await using var first = await Peer.ConnectAsync(hub.Mqtt, 5, "", clean, properties: expiry);
        await using var second = await Peer.ConnectAsync(hub.Mqtt, 5, "", clean, properties: expiry);
        var assigned = first.ConnAck.Properties.Text(P.AssignedClientIdentifier).ShouldNotBeNull();
        assigned.ShouldNotBeEmpty();
        second.ConnAck.Properties.Text(P.AssignedClientIdentifier).ShouldNotBe(assigned);
        await first.SubscribeAsync(topic, 1);
        await first.DisconnectAsync();
        await using var back = await Peer.ConnectAsync(hub.Mqtt, 5, assigned, clean: false);
        back.ConnAck.SessionPresent.ShouldBeTrue();
        back.ConnAck.Properties.Has(P.AssignedClientIdentifier).ShouldBeFalse();
        await second.PublishAsync(topic, "x", 1);
        await back.ExpectAsync("x");
    }

    [Fact]
    [Statement("MQTT-3.1.4-3", "MQTT-3.1.3-2", "MQTT-3.14.2-2", "MQTT-3.14.2-1")]
    public async Task Same_client_identifier_takes_over()
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await watcher.SubscribeAsync(topic);
        await using var old = await Peer.ConnectAsync(hub.Mqtt, 5, will: new RawWill(topic, "taken over"));
        await using var taker = await Peer.ConnectAsync(hub.Mqtt, 5, old.Id);
        (await old.ExpectClosedAsync(0x8E))?.Properties.Has(P.SessionExpiry).ShouldBeFalse();
        await taker.PingAsync();
        await watcher.ExpectAsync("taken over");
    }

    [Fact]
    [Statement("MQTT-3.1.4-3")]
    public async Task Takeover_works_across_versions()
    {
        await using var old = await Peer.ConnectAsync(hub.Mqtt, 5);
        await using var taker = await Peer.ConnectAsync(hub.Mqtt, 4, old.Id);
        await old.ExpectClosedAsync(0x8E);
        await using var again = await Peer.ConnectAsync(hub.Mqtt, 5, old.Id);
        await taker.Raw.ExpectCloseAsync();
    }

    [Fact]
    [Statement("MQTT-3.1.4-6", "MQTT-4.12.0-1")]
    public async Task Nothing_after_a_refused_connect_is_processed()
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await watcher.SubscribeAsync(topic);
        await using var raw = await RawMqttClient.OpenAsync(hub.Mqtt);
        var refused = RawPackets.Connect(5, Names.Client(), properties: new P().Add(P.AuthenticationMethod, "unheard-of"));
        await raw.SendAsync([.. refused, .. RawPackets.Publish(5, topic, "must not arrive")]);
        RawAnswer.Read(5, await raw.ReadAsync()).Code.ShouldBe(0x8C);
        await raw.ExpectCloseAsync();
        await watcher.PublishAsync(topic, "after");
        await watcher.ExpectAsync("after");
    }

    [Fact]
    [Statement("MQTT-3.1.2-22", "MQTT-3.2.2-22")]
    public async Task Silence_beyond_the_keep_alive_is_closed()
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 5);
        await watcher.SubscribeAsync(topic);
        await using var silent = await Peer.ConnectAsync(hub.Mqtt, 5, keepAlive: 1, will: new RawWill(topic, "silent"));
        silent.ConnAck.Properties.Has(P.ServerKeepAlive).ShouldBeFalse();
        await silent.ExpectClosedAsync(0x8D);
        await watcher.ExpectAsync("silent");
    }
}
