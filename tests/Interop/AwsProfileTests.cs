using System.Text;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop;

/// <summary>In the profile <c>aws</c> clients see the limits and deviations of AWS IoT Core.</summary>
public sealed class AwsProfileTests(AwsProfileHub fixture) : IClassFixture<AwsProfileHub>
{
    public static TheoryData<Peer> Devices => new(
        new Peer(Foreign.AwsSdk, 4, Route.Tls), new Peer(Foreign.AwsSdk, 5, Route.Tls),
        new Peer(Foreign.AwsSdk, 4, Route.AlpnAws), new Peer(Foreign.AwsSdk, 5, Route.AlpnAws),
        new Peer(Foreign.Paho, 4, Route.Tls), new Peer(Foreign.MqttJs, 5, Route.AlpnAws));

    public static TheoryData<Peer> Fives => new(
        new Peer(Foreign.AwsSdk, 5, Route.Tls), new Peer(Foreign.MqttJs, 5, Route.Tls), new Peer(Foreign.Paho, 5, Route.Tls));

    [Theory]
    [MemberData(nameof(Devices), DisableDiscoveryEnumeration = true)]
    public async Task A_device_lives_its_life(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub, fixture.Kit);
        var settings = new ConnectSettings
        {
            ClientId = stage.ClientId("device"),
            Clean = false,
            SessionExpiry = 600,
            Will = new Will(stage.Topic("will"), Encoding.UTF8.GetBytes("gone")),
            Builder = peer.Library == Foreign.AwsSdk ? "mtls" : null,
        };
        var watcher = await stage.ConnectAsync(peer);
        await watcher.SubscribeAsync(stage.Topic("will"), 1);
        var device = await stage.ConnectAsync(peer, settings, ownProcess: true);
        await device.SubscribeAsync(stage.Topic("command"), 1);
        await device.PublishAsync(stage.Topic("command"), "1", 1);
        (await device.NextAsync()).Text.ShouldBe("1");

        await device.Driver.KillAsync();
        (await watcher.NextAsync()).Text.ShouldBe("gone");
        await watcher.PublishAsync(stage.Topic("command"), "2", 1);
        await watcher.PublishAsync(stage.Topic("state"), "kept", 1, retain: true);

        var back = await stage.ConnectAsync(peer, settings);
        back.Connected.SessionPresent.ShouldBeTrue();
        (await back.NextAsync()).Text.ShouldBe("2");
        await back.SubscribeAsync(stage.Topic("state"), 1);
        var kept = await back.NextAsync();
        (kept.Text, kept.Retain).ShouldBe(("kept", true));
        await back.PublishAsync(stage.Topic("state"), "", 1, retain: true);
        await back.DisconnectAsync();
    }

    [Theory]
    [MemberData(nameof(Fives), DisableDiscoveryEnumeration = true)]
    public async Task CONNACK_tells_the_limits(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub, fixture.Kit);

        var connected = (await stage.ConnectAsync(peer, new ConnectSettings { KeepAlive = 5000 })).Connected;

        connected.Number("receiveMaximum").ShouldBe(100);
        connected.Number("maximumQoS").ShouldBe(1);
        connected.Number("maximumPacketSize").ShouldBe(149_504);
        connected.Number("topicAliasMaximum").ShouldBe(8);
        connected.Number("serverKeepAlive").ShouldBe(1200);
    }

    [Theory]
    [MemberData(nameof(Fives), DisableDiscoveryEnumeration = true)]
    public async Task Wildcards_match_neither_the_parent_nor_what_is_retained(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub, fixture.Kit);
        var client = await stage.ConnectAsync(peer);
        await client.PublishAsync(stage.Topic("a/kept"), "kept", 1, retain: true);
        await client.SubscribeAsync(stage.Topic("a/#"), 1);

        await client.PublishAsync(stage.Topic("a"), "parent", 1);
        await client.PublishAsync(stage.Topic("a/b"), "child", 1);

        (await client.NextAsync()).Text.ShouldBe("child");
        await client.PublishAsync(stage.Topic("a/kept"), "", 1, retain: true);
    }

    [Theory]
    [InlineData(Foreign.AwsSdk)]
    [InlineData(Foreign.MqttJs)]
    public async Task Refusals_carry_their_codes(Foreign library) // Paho 1.6 keeps the code of PUBACK to itself
    {
        await using var stage = new Stage(fixture.Hub, fixture.Kit);
        var client = await stage.ConnectAsync(new Peer(library, 5, Route.Tls));

        (await client.TryPublishAsync(stage.Topic("1/2/3/4/5/6/7/8/9"), "deep", 1)).ReasonCode.ShouldBe(0x90); // Topic Name invalid
        (await client.TryPublishAsync("$aws/unheard/of", "reserved", 1)).ReasonCode.ShouldBe(0x90);
        (await client.SubscribeAsync("$SYS/#", 1)).ShouldBe(0x8F); // Topic Filter invalid
        (await client.UnsubscribeAsync(stage.Topic("never"))).ShouldBe([0x00]);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task QoS_2_ends_the_connection(int version)
    {
        await using var stage = new Stage(fixture.Hub, fixture.Kit);
        var client = await stage.ConnectAsync(new Peer(Foreign.MqttJs, version, Route.Tls));

        _ = client.TryPublishAsync(stage.Topic("a"), "exactly once", 2);

        (await client.Disconnected).ShouldBe(version == 5 ? 0x9B : -1); // QoS not supported
    }

    [Theory]
    [InlineData(Foreign.Paho, 4, 2)]
    [InlineData(Foreign.MqttJs, 4, 2)]
    [InlineData(Foreign.MqttJs, 5, 0x85)]
    [InlineData(Foreign.AwsSdk, 5, 0x85)]
    public async Task A_reserved_Client_Identifier_is_refused(Foreign library, int version, int code)
    {
        await using var stage = new Stage(fixture.Hub, fixture.Kit);

        var client = await stage.TryConnectAsync(new Peer(library, version, Route.Tls), new ConnectSettings { ClientId = "$device" });

        (client.Connected.Ok, client.Connected.ReasonCode).ShouldBe((false, code));
    }
}
