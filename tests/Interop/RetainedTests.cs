using Fairlead.Interop.Drivers;

namespace Fairlead.Interop;

public sealed class RetainedTests(HubFixture fixture)
{
    [Theory]
    [MemberData(nameof(Peer.EveryVersion), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task A_retained_message_is_kept_replaced_and_cleared(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var publisher = await stage.ConnectAsync(peer);
        var early = await stage.ConnectAsync(peer);
        await early.SubscribeAsync(stage.Topic("+"), 1);

        await publisher.PublishAsync(stage.Topic("r"), "first", 1, retain: true);
        await publisher.PublishAsync(stage.Topic("r"), "second", 1, retain: true);

        (await early.NextAsync(2)).Select(delivery => (delivery.Text, delivery.Retain)).ShouldBe([("first", false), ("second", false)]);
        var late = await stage.ConnectAsync(peer);
        await late.SubscribeAsync(stage.Topic("+"), 1);
        var kept = await late.NextAsync();
        (kept.Topic, kept.Text, kept.Retain, kept.QoS).ShouldBe((stage.Topic("r"), "second", true, 1));

        await publisher.PublishAsync(stage.Topic("r"), "", 1, retain: true);
        (await late.NextAsync()).Payload.ShouldBeEmpty();
        var later = await stage.ConnectAsync(peer);
        await later.SubscribeAsync(stage.Topic("+"), 1);
        await publisher.PublishAsync(stage.Topic("fence"), "fence", 1);
        (await later.NextAsync()).Text.ShouldBe("fence");
    }

    [Theory]
    [MemberData(nameof(Peer.FiveOnly), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task Retain_handling_and_retain_as_published_are_kept(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var publisher = await stage.ConnectAsync(peer);
        var subscriber = await stage.ConnectAsync(peer);
        await publisher.PublishAsync(stage.Topic("r"), "kept", 1, retain: true);

        await subscriber.SubscribeAsync(stage.Topic("#"), 1, retainAsPublished: true, retainHandling: 2); // never
        await publisher.PublishAsync(stage.Topic("r"), "live", 1, retain: true);
        var live = await subscriber.NextAsync();
        (live.Text, live.Retain).ShouldBe(("live", true));

        await subscriber.SubscribeAsync(stage.Topic("#"), 1, retainHandling: 1); // only if new, and it is not
        await publisher.PublishAsync(stage.Topic("fence"), "fence", 1);
        (await subscriber.NextAsync()).Text.ShouldBe("fence");

        await subscriber.SubscribeAsync(stage.Topic("#"), 1, retainHandling: 0); // always
        var again = await subscriber.NextAsync();
        (again.Text, again.Retain).ShouldBe(("live", true));
    }
}
