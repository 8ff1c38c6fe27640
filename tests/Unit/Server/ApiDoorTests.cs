using Fairlead.Features.Api;
using Fairlead.Features.Tokens;
using Fairlead.Server.Http;
using Fairlead.Unit.Client;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Server;

/// <summary>What ends a request at the end of the token that it came with.</summary>
public sealed class ApiDoorTests
{
    [Fact]
    public void A_timer_is_set_for_a_token_that_ends_and_for_nobody_else()
    {
        var time = new ManualTimeProvider();
        ApiDoor.EndOf(null, time).ShouldBeNull("a session ends by a signal");
        ApiDoor.EndOf(Holder(null), time).ShouldBeNull();
        using var end = ApiDoor.EndOf(Holder(time.GetUtcNow().AddMinutes(1)), time);
        end!.IsCancellationRequested.ShouldBeFalse();
        time.Advance(TimeSpan.FromMinutes(1));
        end.IsCancellationRequested.ShouldBeTrue();
        using var far = ApiDoor.EndOf(Holder(time.GetUtcNow().AddYears(1)), time);
        time.Advance(TimeSpan.FromDays(24));
        far!.IsCancellationRequested.ShouldBeTrue("timers take no longer time");
        using var past = ApiDoor.EndOf(Holder(time.GetUtcNow().AddMinutes(-1)), time);
        past!.IsCancellationRequested.ShouldBeTrue();
    }

    private static TokenHolder Holder(DateTimeOffset? end) => new(new ConsoleUser("token t", HubRole.Viewer), end, CancellationToken.None);
}
