using Fairlead.Edge.Local;
using Fairlead.Unit.Client;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Edge.Local;

/// <summary>Two connectors with one Client Identifier.</summary>
public sealed class TakeoverTests
{
    [Fact]
    public void Twice_closed_within_ten_seconds_means_to_stay_away()
    {
        var time = new ManualTimeProvider();
        var watch = new TakeoverWatch(time);
        watch.OnConnected();
        watch.OnClosed(saidSo: true, orderly: false).ShouldBeFalse();
        watch.OnConnected();
        time.Advance(TimeSpan.FromSeconds(2));
        watch.OnClosed(saidSo: false, orderly: true).ShouldBeTrue();
    }

    [Fact]
    public void A_connection_that_lasted_is_no_sign()
    {
        var time = new ManualTimeProvider();
        var watch = new TakeoverWatch(time);
        watch.OnConnected();
        watch.OnClosed(saidSo: true, orderly: true).ShouldBeFalse();
        watch.OnConnected();
        time.Advance(TimeSpan.FromSeconds(11));
        watch.OnClosed(saidSo: true, orderly: true).ShouldBeFalse();
        watch.OnConnected();
        watch.OnClosed(saidSo: true, orderly: true).ShouldBeFalse();
        watch.Reset(); // the broker was away in between
        watch.OnConnected();
        watch.OnClosed(saidSo: true, orderly: true).ShouldBeFalse();
    }
}
