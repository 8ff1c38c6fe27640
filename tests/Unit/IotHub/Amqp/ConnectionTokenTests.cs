using Fairlead.Features.IotHub;
using Fairlead.Features.IotHub.Amqp;
using Fairlead.Features.IotHub.Credentials;
using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.IotHub.Amqp;

public sealed class ConnectionTokenTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly List<TokenEntry> _ended = [];
    private readonly ConnectionTokens _tokens;

    public ConnectionTokenTests() => _tokens = new ConnectionTokens(_clock, _ended.AddRange);

    public void Dispose() => _tokens.Dispose();

    [Fact]
    public void Azure_43_A_newer_token_takes_the_place_of_an_older_one_and_the_oldest_end_first()
    {
        _tokens.TryPut("a", Own("a", seconds: 10), out var a).ShouldBeTrue();
        _tokens.TryPut("b", Own("b", seconds: 20), out var b).ShouldBeTrue();
        _clock.Advance(TimeSpan.FromSeconds(9));
        _tokens.TryPut("a", Own("a", seconds: 100), out var again).ShouldBeTrue();
        again.ShouldBeSameAs(a);
        _clock.Advance(TimeSpan.FromSeconds(12));
        _ended.ShouldBe([b]);
        _tokens.Covering(new IdentityName("b")).ShouldBeEmpty();
        _clock.Advance(TimeSpan.FromSeconds(100));
        _ended.ShouldBe([b, a]);
        _tokens.Count.ShouldBe(0);
    }

    [Fact]
    public void Azure_44_There_are_a_thousand_at_most_and_renewing_is_not_one_more()
    {
        for (var i = 0; i < ConnectionTokens.Most; i++) _tokens.TryPut($"{i}", Own($"{i}", seconds: 1000), out _).ShouldBeTrue();
        _tokens.TryPut("more", Own("more", seconds: 1000), out _).ShouldBeFalse();
        _tokens.TryPut("5", Own("5", seconds: 2000), out _).ShouldBeTrue();
        _tokens.Delete("7").ShouldHaveSingleItem();
        _tokens.TryPut("more", Own("more", seconds: 1000), out _).ShouldBeTrue();
    }

    [Fact]
    public void Azure_39_The_narrowest_token_comes_first_and_a_part_of_the_service_does_not_replace_the_hub()
    {
        var owner = new HubGrant { PolicyName = "iothubowner", Permissions = HubPermissions.All, AuthMethod = "" };
        _tokens.TryPut("hub", owner, out var hub);
        _tokens.TryPut("management", owner with { Permissions = HubPermissions.ServiceConnect }, out _);
        _tokens.TryPut("d", owner with { Scope = new IdentityName("d") }, out var device);
        _tokens.TryPut("own", Own("d", seconds: 10), out var own);
        _tokens.Covering(new IdentityName("d")).Take(3).ToList().ShouldBe([own!, device!, hub!]);
        _tokens.Covering(new IdentityName("d", "m"))[0].ShouldBe(device);
        _tokens.OfHub(HubPermissions.DeviceConnect).ShouldBe(hub);
        _tokens.DeleteOwn(new IdentityName("d")).ShouldBe([own!]);
    }

    private HubGrant Own(string device, int seconds) => new()
    {
        Permissions = HubPermissions.DeviceConnect,
        Scope = new IdentityName(device),
        AcceptedUntil = _clock.GetUtcNow() + TimeSpan.FromSeconds(seconds),
        AuthMethod = "",
    };
}
