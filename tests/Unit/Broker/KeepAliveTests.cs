using Fairlead.Broker.Security;
using Fairlead.Features.IotHub.Mqtt;
using Fairlead.Protocols.Mqtt;
using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Broker;

/// <summary>Keep Alive on a clock that moves when it is told to.</summary>
public sealed class KeepAliveTests
{
    /// <summary>Spec/azure-gateway, section 3.1: after one and a half of the Keep Alive, and after 1,767 s at the latest.</summary>
    [Theory]
    [InlineData(0, 1767)]
    [InlineData(65_535, 1767)]
    [InlineData(60, 90)]
    public async Task Azure_58_A_silent_device_is_dropped_after_1767_s_at_the_latest(ushort keepAlive, int seconds)
    {
        var time = new ManualClock();
        await using var fixture = new BrokerFixture(time: time, principal: new Principal("device", "d1") { MaximumKeepAlive = IotHubPrincipal.LongestKeepAlive });
        await fixture.ConnectAsync("d1", ProtocolVersion.V311, keepAlive: keepAlive);
        time.Advance(TimeSpan.FromSeconds(seconds));
        fixture.Broker.TryGetState("d1", out _).ShouldBeTrue();
        time.Advance(TimeSpan.FromSeconds(1));
        await Gateway.Until.TrueAsync(() => !fixture.Broker.TryGetState("d1", out _));
    }
}
