using Fairlead.Interop.Drivers;

namespace Fairlead.Interop;

/// <summary>Who is let in, and what those who are not get to see.</summary>
public sealed class AccessTests(GuardedHub fixture) : IClassFixture<GuardedHub>
{
    private const int BadUserNameOrPassword = 0x86;
    private const int NotAuthorized = 0x87;
    private const int TopicNameInvalid = 0x90;

    public static TheoryData<Peer> EveryVersion => new(Peer.All);

    /// <summary>The SDK of AWS appends its version to the user name.</summary>
    [Theory]
    [MemberData(nameof(EveryVersion), DisableDiscoveryEnumeration = true)]
    public async Task The_right_password_lets_in(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub, fixture.Kit);

        var client = await stage.ConnectAsync(peer, new ConnectSettings { Username = GuardedHub.User, Password = GuardedHub.Password });

        (await client.SubscribeAsync(stage.Topic("a"), 1)).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(EveryVersion), DisableDiscoveryEnumeration = true)]
    public async Task A_wrong_password_is_told_so(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub, fixture.Kit);

        var client = await stage.TryConnectAsync(peer, new ConnectSettings { Username = GuardedHub.User, Password = "open, barley" });

        client.Connected.Ok.ShouldBeFalse();
        if (peer is not { Library: Foreign.AwsSdk, Five: false }) // which says no more than that it was refused
            client.Connected.ReasonCode.ShouldBe(peer.Five ? BadUserNameOrPassword : 4);
    }

    [Theory]
    [InlineData(Foreign.Paho, 4, 5)]
    [InlineData(Foreign.Paho, 5, NotAuthorized)]
    [InlineData(Foreign.MqttJs, 4, 5)]
    [InlineData(Foreign.MqttJs, 5, NotAuthorized)]
    public async Task Nobody_in_particular_is_refused(Foreign library, int version, int code)
    {
        await using var stage = new Stage(fixture.Hub, fixture.Kit);

        var client = await stage.TryConnectAsync(new Peer(library, version));

        (client.Connected.Ok, client.Connected.ReasonCode).ShouldBe((false, code));
    }

    [Theory]
    [InlineData(Foreign.Paho, 4)]
    [InlineData(Foreign.Paho, 5)]
    [InlineData(Foreign.MqttJs, 5)]
    [InlineData(Foreign.AwsSdk, 4)]
    [InlineData(Foreign.AwsSdk, 5)]
    public async Task A_client_certificate_lets_in(Foreign library, int version)
    {
        await using var stage = new Stage(fixture.Hub, fixture.Kit);

        var client = await stage.ConnectAsync(new Peer(library, version, Route.Tls));

        (await client.SubscribeAsync(stage.Topic("a"), 1)).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(EveryVersion), DisableDiscoveryEnumeration = true)]
    public async Task What_is_for_administrators_is_refused_and_the_connection_stays(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub, fixture.Kit);
        var client = await stage.ConnectAsync(peer, new ConnectSettings { Username = GuardedHub.User, Password = GuardedHub.Password });

        (await client.SubscribeAsync("$SYS/#", 1)).ShouldBe(peer.Five ? NotAuthorized : 0x80);
        if (peer.Five && peer.Library != Foreign.Paho) // Paho 1.6 keeps the code of PUBACK to itself
            (await client.TryPublishAsync("$SYS/broker/mine", "x", 1)).ReasonCode.ShouldBe(TopicNameInvalid);

        await client.SubscribeAsync(stage.Topic("a"), 1);
        await client.PublishAsync(stage.Topic("a"), "still here", 1);
        (await client.NextAsync()).Text.ShouldBe("still here");
    }
}
