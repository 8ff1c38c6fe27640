using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Conformance.Mqtt311;

public sealed class Connect_3_1(StandardHub hub)
{
    [Theory]
    [InlineData("C0 00")]
    [InlineData("30 05 0001 61 7878")]
    [InlineData("82 06 0001 0001 61 00")]
    [InlineData("E0 00")]
    [Statement("MQTT-3.1.0-1", "MQTT-4.8.0-1")]
    public Task First_packet_must_be_connect(string hex) =>
        Refusal.ClosesAsync(hub.Mqtt, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

    [Fact]
    [Statement("MQTT-3.1.0-2")]
    public async Task Second_connect_is_closed()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4);
        await peer.SendAsync(RawPackets.Connect(4, peer.Id));
        await peer.ExpectClosedAsync();
    }

    [Theory]
    [InlineData("MQTX")]
    [InlineData("mqtt")]
    [InlineData("MQT")]
    [InlineData("")]
    [Statement("MQTT-3.1.2-1")]
    public async Task Wrong_protocol_name_is_not_served(string name)
    {
        await using var raw = await RawMqttClient.OpenAsync(hub.Mqtt);
        await raw.SendAsync(new RawBytes().Text(name).Byte(4).Byte(2).Two(60).Text(Names.Client()).Packet(0x10));
        if (await raw.ReadOrCloseAsync() is { } answer)
        {
            RawAnswer.Read(4, answer).Code.ShouldNotBe(0);
            await raw.ExpectCloseAsync();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    [Statement("MQTT-3.1.2-2", "MQTT-3.2.2-4", "MQTT-3.2.2-5")]
    public Task Unknown_level_gets_return_code_1(int level) =>
        Refusal.ReturnsAsync(hub.Mqtt, new RawBytes().Text("MQTT").Byte(level).Byte(2).Two(60).Text(Names.Client()).Packet(0x10), 1);

    [Theory]
    [InlineData(0x03, "", "the reserved bit")]
    [InlineData(0x0A, "", "Will QoS without Will Flag")]
    [InlineData(0x22, "", "Will Retain without Will Flag")]
    [InlineData(0x1E, "0001610001 62", "Will QoS 3")]
    [InlineData(0x42, "000162", "password without user name")]
    [InlineData(0x06, "", "Will Flag without Will")]
    [InlineData(0x06, "000161", "Will Flag without Will message")]
    [InlineData(0x82, "", "user name missing")]
    [InlineData(0xC2, "000161", "password missing")]
    [InlineData(0x02, "000161", "user name without its flag")]
    [InlineData(0x82, "000161000162", "password without its flag")]
    [InlineData(0x02, "00016100016200", "Will without its flag")]
    [InlineData(0x06, "0001FF000162", "Will topic not UTF-8")]
    [InlineData(0x06, "000123000162", "Will topic with a wildcard")]
    [InlineData(0x82, "0002C080", "user name not UTF-8")]
    [Statement("MQTT-3.1.2-3", "MQTT-3.1.2-9", "MQTT-3.1.2-11", "MQTT-3.1.2-13", "MQTT-3.1.2-14", "MQTT-3.1.2-15", "MQTT-3.1.2-18",
        "MQTT-3.1.2-19", "MQTT-3.1.2-20", "MQTT-3.1.2-21", "MQTT-3.1.2-22", "MQTT-3.1.3-10", "MQTT-3.1.3-11", "MQTT-3.1.4-1", "MQTT-3.2.2-6")]
    public Task Connect_that_breaks_the_rules_is_closed_without_an_answer(int flags, string rest, string why)
    {
        why.ShouldNotBeEmpty();
        var bytes = new RawBytes().Text("MQTT").Byte(4).Byte(flags).Two(60).Text(Names.Client())
            .Bytes(Convert.FromHexString(rest.Replace(" ", "", StringComparison.Ordinal)));
        return Refusal.ClosesAsync(hub.Mqtt, bytes.Packet(0x10));
    }

    [Fact]
    [Statement("MQTT-3.1.3-3", "MQTT-3.1.4-1")]
    public Task Missing_client_identifier_is_closed() =>
        Refusal.ClosesAsync(hub.Mqtt, new RawBytes().Text("MQTT").Byte(4).Byte(2).Two(60).Packet(0x10));

    [Fact]
    [Statement("MQTT-3.1.2-8", "MQTT-3.1.2-9", "MQTT-3.1.2-16", "MQTT-3.1.3-1")]
    public async Task Will_is_published_when_the_socket_closes()
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 4);
        await watcher.SubscribeAsync(topic, 1);
        var peer = await Peer.ConnectAsync(hub.Mqtt, 4, will: new RawWill(topic, "gone", 1));
        peer.Raw.Close();
        (await watcher.ExpectAsync("gone")).ShouldSatisfyAllConditions(m => m.QoS.ShouldBe(1), m => m.Retain.ShouldBeFalse());
        await using var late = await Peer.ConnectAsync(hub.Mqtt, 4);
        await late.SubscribeAsync(topic);
        await late.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-3.1.2-8")]
    public async Task Will_is_published_when_the_client_breaks_the_protocol()
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 4);
        await watcher.SubscribeAsync(topic);
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4, will: new RawWill(topic, "broken"));
        await peer.Raw.SendHexAsync("F0 00");
        await watcher.ExpectAsync("broken");
    }

    [Fact]
    [Statement("MQTT-3.1.2-10", "MQTT-3.14.4-3", "MQTT-3.1.2-8")]
    public async Task Will_is_discarded_by_disconnect_and_published_only_once()
    {
        var topic = Names.Topic();
        var id = Names.Client();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 4);
        await watcher.SubscribeAsync(topic);
        await using (var peer = await Peer.ConnectAsync(hub.Mqtt, 4, id, clean: false, will: new RawWill(topic, "discarded")))
            await peer.DisconnectAsync();
        await using (var peer = await Peer.ConnectAsync(hub.Mqtt, 4, id, clean: false, will: new RawWill(topic, "published")))
            peer.Raw.Reset();
        await watcher.ExpectAsync("published");
        await using (var peer = await Peer.ConnectAsync(hub.Mqtt, 4, id, clean: false))
            peer.Raw.Reset();
        await using (var peer = await Peer.ConnectAsync(hub.Mqtt, 4, id))
            await peer.DisconnectAsync();
        await watcher.ExpectNothingAsync();
    }

    [Fact]
    [Statement("MQTT-3.1.2-12")]
    public async Task Without_will_flag_nothing_is_published()
    {
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 4);
        var id = Names.Client();
        await watcher.SubscribeAsync(id + "/#");
        await using (var peer = await Peer.ConnectAsync(hub.Mqtt, 4, id))
        {
            await peer.PublishAsync(id + "/alive", "alive");
            peer.Raw.Reset();
        }

        await watcher.ExpectAsync("alive");
        await using var again = await Peer.ConnectAsync(hub.Mqtt, 4, id);
        await again.PublishAsync(id + "/alive", "again");
        await watcher.ExpectAsync("again");
    }

    [Fact]
    [Statement("MQTT-3.1.2-17")]
    public async Task Will_retain_leaves_a_retained_message()
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 4);
        await watcher.SubscribeAsync(topic);
        await using (var peer = await Peer.ConnectAsync(hub.Mqtt, 4, will: new RawWill(topic, "last words", Retain: true)))
            peer.Raw.Close();
        (await watcher.ExpectAsync("last words")).Retain.ShouldBeFalse();
        await using var late = await Peer.ConnectAsync(hub.Mqtt, 4);
        await late.SubscribeAsync(topic);
        (await late.ExpectAsync("last words")).Retain.ShouldBeTrue();
        await late.PublishAsync(topic, "", retain: true);
    }

    [Theory]
    [InlineData("0123456789abcdefghijklm")]
    [InlineData("nopqrstuvwxyzABCDEFGHIJ")]
    [InlineData("KLMNOPQRSTUVWXYZ")]
    [Statement("MQTT-3.1.3-5", "MQTT-3.1.4-4")]
    public async Task Letters_and_digits_make_a_client_identifier(string id)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 4, id);
        await peer.PingAsync();
    }

    [Fact]
    [Statement("MQTT-3.1.3-6")]
    public async Task Empty_client_identifier_is_replaced_by_a_unique_one()
    {
        await using var first = await Peer.ConnectAsync(hub.Mqtt, 4, "");
        await using var second = await Peer.ConnectAsync(hub.Mqtt, 4, "");
        await first.PingAsync();
        await second.PingAsync();
    }

    [Fact]
    [Statement("MQTT-3.1.3-7", "MQTT-3.1.3-8", "MQTT-3.1.3-9", "MQTT-3.2.2-4", "MQTT-3.2.2-5")]
    public Task Empty_client_identifier_needs_clean_session() => Refusal.ReturnsAsync(hub.Mqtt, RawPackets.Connect(4, "", clean: false), 2);

    [Fact]
    [Statement("MQTT-3.1.4-2", "MQTT-3.1.3-2")]
    public async Task Same_client_identifier_takes_over()
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 4);
        await watcher.SubscribeAsync(topic);
        await using var old = await Peer.ConnectAsync(hub.Mqtt, 4, will: new RawWill(topic, "taken over"));
        await using var taker = await Peer.ConnectAsync(hub.Mqtt, 4, old.Id);
        await old.Raw.ExpectCloseAsync();
        await taker.PingAsync();
        await watcher.ExpectAsync("taken over");
    }

    [Fact]
    [Statement("MQTT-3.1.4-5")]
    public async Task Nothing_after_a_refused_connect_is_processed()
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 4);
        await watcher.SubscribeAsync(topic);
        await using var raw = await RawMqttClient.OpenAsync(hub.Mqtt);
        await raw.SendAsync([.. RawPackets.Connect(4, "", clean: false), .. RawPackets.Publish(4, topic, "must not arrive")]);
        (await raw.ReadAsync()).Body.ShouldBe([0, 2]);
        await raw.ExpectCloseAsync();
        await watcher.PublishAsync(topic, "after");
        await watcher.ExpectAsync("after");
    }

    [Fact]
    [Statement("MQTT-3.1.2-24", "MQTT-3.1.2-8")]
    public async Task Silence_beyond_the_keep_alive_is_closed()
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(hub.Mqtt, 4);
        await watcher.SubscribeAsync(topic);
        await using var silent = await Peer.ConnectAsync(hub.Mqtt, 4, keepAlive: 1, will: new RawWill(topic, "silent"));
        await silent.Raw.ExpectCloseAsync();
        await watcher.ExpectAsync("silent");
    }
}
