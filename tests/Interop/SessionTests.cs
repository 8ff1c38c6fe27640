using System.Globalization;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop;

public sealed class SessionTests(HubFixture fixture)
{
    [Theory]
    [MemberData(nameof(Peer.EveryVersion), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task A_resumed_Session_gets_what_was_queued(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var settings = new ConnectSettings { ClientId = stage.ClientId("s"), Clean = false, SessionExpiry = 3600 };
        var first = await stage.ConnectAsync(peer, settings);
        first.Connected.SessionPresent.ShouldBeFalse();
        await first.SubscribeAsync(stage.Topic("+"), peer.MaximumQoS);
        await first.DisconnectAsync();
        var publisher = await stage.ConnectAsync(peer);
        await publisher.PublishManyAsync(stage.Topic("queued"), 50, peer.MaximumQoS);

        var second = await stage.ConnectAsync(peer, settings);

        second.Connected.SessionPresent.ShouldBe(peer.Version >= 4); // MQTT 3.1 has no such flag
        var deliveries = await second.NextAsync(50);
        deliveries.ShouldAllBe(delivery => delivery.QoS == peer.MaximumQoS && !delivery.Retain);
        deliveries.Select(delivery => int.Parse(delivery.Text, CultureInfo.InvariantCulture)).ShouldBe(Enumerable.Range(0, 50));
        await publisher.PublishAsync(stage.Topic("live"), "live", 1);
        (await second.NextAsync()).Text.ShouldBe("live");
    }

    [Theory]
    [MemberData(nameof(Peer.EveryVersion), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task A_killed_client_gets_what_was_queued(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var settings = new ConnectSettings { ClientId = stage.ClientId("k"), Clean = false, SessionExpiry = 3600, Will = new Will(stage.Topic("will"), [1]) };
        var publisher = await stage.ConnectAsync(peer);
        await publisher.SubscribeAsync(stage.Topic("will"), 1);
        var first = await stage.ConnectAsync(peer, settings, ownProcess: true);
        await first.SubscribeAsync(stage.Topic("queued"), 1);
        await first.Driver.KillAsync();
        (await publisher.NextAsync()).Topic.ShouldBe(stage.Topic("will")); // the hub has noticed
        await publisher.PublishManyAsync(stage.Topic("queued"), 10, 1);

        var second = await stage.ConnectAsync(peer, settings);

        (await second.NextAsync(10)).Select(delivery => delivery.Text).ShouldBe(Enumerable.Range(0, 10).Select(n => $"{n}"));
    }

    [Theory]
    [MemberData(nameof(Peer.EveryVersion), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task A_clean_start_forgets_the_Session(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var kept = new ConnectSettings { ClientId = stage.ClientId("c"), Clean = false, SessionExpiry = 3600 };
        var first = await stage.ConnectAsync(peer, kept);
        await first.SubscribeAsync(stage.Topic("a"), 1);
        await first.DisconnectAsync();
        var publisher = await stage.ConnectAsync(peer);
        await publisher.PublishAsync(stage.Topic("a"), "queued", 1);

        var second = await stage.ConnectAsync(peer, kept with { Clean = true, SessionExpiry = null });

        second.Connected.SessionPresent.ShouldBeFalse();
        await second.SubscribeAsync(stage.Topic("b"), 1);
        await publisher.PublishAsync(stage.Topic("a"), "lost", 1);
        await publisher.PublishAsync(stage.Topic("b"), "fence", 1);
        (await second.NextAsync()).Text.ShouldBe("fence");
    }

    [Theory]
    [MemberData(nameof(Peer.EveryVersion), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task A_second_client_with_the_same_identifier_takes_over(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var settings = new ConnectSettings { ClientId = stage.ClientId("t") };
        var first = await stage.ConnectAsync(peer, settings);

        var second = await stage.ConnectAsync(peer, settings);

        var code = await first.Disconnected;
        if (peer.Five && peer.Library != Foreign.Paho) // Paho 1.6 reports its own number instead of the hub's
            code.ShouldBe(0x8E); // Session taken over [MQTT-3.1.4-3]
        await second.SubscribeAsync(stage.Topic("a"), 1);
        await second.PublishAsync(stage.Topic("a"), "mine", 1);
        (await second.NextAsync()).Text.ShouldBe("mine");
    }

    [Theory]
    [MemberData(nameof(Peer.FiveOnly), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task A_goodbye_may_end_the_Session(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var settings = new ConnectSettings { ClientId = stage.ClientId("e"), Clean = false, SessionExpiry = 3600 };
        var first = await stage.ConnectAsync(peer, settings);
        await first.DisconnectAsync(sessionExpiry: 0);

        var second = await stage.ConnectAsync(peer, settings);

        second.Connected.SessionPresent.ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Peer.EveryVersion), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task Members_of_a_shared_subscription_divide_the_messages(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var members = new List<ForeignClient>();
        foreach (var name in new[] { "a", "b" })
        {
            var member = await stage.ConnectAsync(peer);
            await member.SubscribeAsync($"$share/{stage.ClientId("g")}/{stage.Topic("job")}", 1);
            await member.SubscribeAsync(stage.Topic("end"), 1);
            members.Add(member);
        }

        var publisher = await stage.ConnectAsync(peer);
        await publisher.PublishManyAsync(stage.Topic("job"), 40, 1);
        await publisher.PublishAsync(stage.Topic("end"), "end", 1);

        var jobs = new List<int>();
        foreach (var member in members)
        {
            var own = new List<int>();
            while (await member.NextAsync() is { Text: not "end" } job)
                own.Add(int.Parse(job.Text, CultureInfo.InvariantCulture));
            own.ShouldNotBeEmpty($"{peer}: a member got nothing");
            jobs.AddRange(own);
        }

        jobs.Order().ShouldBe(Enumerable.Range(0, 40));
    }
}
