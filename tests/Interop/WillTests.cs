using System.Text;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop;

public sealed class WillTests(HubFixture fixture)
{
    [Theory]
    [MemberData(nameof(Peer.EveryVersion), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task A_killed_client_leaves_its_Will(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var watcher = await stage.ConnectAsync(peer);
        await watcher.SubscribeAsync(stage.Topic("#"), 1);
        var properties = peer.Five ? new MessageProperties { ContentType = "text/plain", UserProperties = [["why", "killed"]] } : null;
        var will = new Will(stage.Topic("will"), Encoding.UTF8.GetBytes("gone"), QoS: 1, Retain: true, properties);
        var victim = await stage.ConnectAsync(peer, new ConnectSettings { Will = will }, ownProcess: true);
        await victim.PublishAsync(stage.Topic("alive"), "alive", 1);
        (await watcher.NextAsync()).Text.ShouldBe("alive");

        await victim.Driver.KillAsync();

        var seen = await watcher.NextAsync();
        (seen.Topic, seen.Text, seen.QoS).ShouldBe((stage.Topic("will"), "gone", 1));
        if (peer.Five)
        {
            seen.Properties.ContentType.ShouldBe("text/plain");
            seen.Properties.UserProperties.ShouldHaveSingleItem().ShouldBe(["why", "killed"]);
        }

        var late = await stage.ConnectAsync(peer);
        await late.SubscribeAsync(stage.Topic("will"), 1);
        var kept = await late.NextAsync();
        (kept.Text, kept.Retain).ShouldBe(("gone", true));
    }

    [Theory]
    [MemberData(nameof(Peer.EveryVersion), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task A_client_that_says_goodbye_leaves_no_Will(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var watcher = await stage.ConnectAsync(peer);
        await watcher.SubscribeAsync(stage.Topic("#"), 1);
        var leaver = await stage.ConnectAsync(peer, new ConnectSettings { Will = new Will(stage.Topic("will"), [1]) });

        await leaver.DisconnectAsync();
        await watcher.PublishAsync(stage.Topic("fence"), "fence", 1);

        (await watcher.NextAsync()).Text.ShouldBe("fence");
    }

    [Theory]
    [MemberData(nameof(Peer.FiveOnly), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task A_goodbye_with_Will_message_sends_it(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var watcher = await stage.ConnectAsync(peer);
        await watcher.SubscribeAsync(stage.Topic("#"), 1);
        var leaver = await stage.ConnectAsync(peer, new ConnectSettings { Will = new Will(stage.Topic("will"), "bye"u8.ToArray()) });

        await leaver.DisconnectAsync(reasonCode: 0x04);

        (await watcher.NextAsync()).Text.ShouldBe("bye");
    }

    [Theory]
    [MemberData(nameof(Peer.FiveOnly), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task A_delayed_Will_is_dropped_when_the_client_is_back_in_time(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var watcher = await stage.ConnectAsync(peer);
        await watcher.SubscribeAsync(stage.Topic("#"), 1);
        var settings = new ConnectSettings
        {
            ClientId = stage.ClientId("back"),
            Clean = false,
            SessionExpiry = 600,
            Will = new Will(stage.Topic("will"), [1], Delay: 300),
        };
        var victim = await stage.ConnectAsync(peer, settings, ownProcess: true);
        await victim.Driver.KillAsync();

        var back = await stage.ConnectAsync(peer, settings);
        await back.DisconnectAsync(reasonCode: 0);
        await watcher.PublishAsync(stage.Topic("fence"), "fence", 1);

        (await watcher.NextAsync()).Text.ShouldBe("fence");
    }
}
