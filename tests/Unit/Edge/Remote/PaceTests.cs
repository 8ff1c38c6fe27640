using Fairlead.Edge.Configuration;
using Fairlead.Edge.Remote;
using Fairlead.Unit.Client;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Edge.Remote;

/// <summary>Waits between attempts, pace and window of sending, the watch over acknowledgments: all on a clock of the test's own.</summary>
public sealed class PaceTests
{
    private static readonly BackoffOptions Options = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(240), 2, 0.25, 1);

    [Fact]
    public void Edge_33_waits_follow_the_formula()
    {
        double sum = 0;
        var random = new Random(7);
        for (int sample = 0; sample < 100; sample++)
        {
            var backoff = new ReconnectBackoff(Options, random);
            for (int n = 1; n <= 12; n++)
            {
                double interval = Math.Min(240, Math.Pow(2, n - 1));
                double wait = backoff.OnFailed(refused: false).TotalSeconds;
                wait.ShouldBeInRange(interval * 0.75, interval * 1.25);
                if (n == 3) sum += wait;
            }
        }

        (sum / 100).ShouldBe(4, 0.2);
    }

    [Fact]
    public void Edge_34_the_first_retry_after_a_loss_comes_within_a_second()
    {
        for (int seed = 0; seed < 100; seed++)
            new ReconnectBackoff(Options, new Random(seed)).OnLost(TimeSpan.FromMinutes(5)).ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Edge_35_waits_start_over_after_a_minute_of_connection_alone()
    {
        var backoff = new ReconnectBackoff(Options, new Random(1));
        for (int n = 0; n < 6; n++) backoff.OnFailed(refused: false);
        backoff.OnLost(TimeSpan.FromSeconds(59)).TotalSeconds.ShouldBeGreaterThan(40);
        backoff.OnLost(TimeSpan.FromSeconds(60)).TotalSeconds.ShouldBeLessThan(1);
        backoff.Attempts.ShouldBe(0);
    }

    [Fact]
    public void Edge_36_refusals_slow_down_to_the_longest_wait_and_never_stop()
    {
        var backoff = new ReconnectBackoff(Options, new Random(1));
        for (int n = 0; n < 1000; n++) backoff.OnFailed(refused: true).TotalSeconds.ShouldBeInRange(180, 300);
        backoff.Reset();
        backoff.OnFailed(refused: false).TotalSeconds.ShouldBeLessThan(1.3);
    }

    [Fact]
    public void Edge_29_pace_lets_a_burst_pass_and_then_holds_the_rate()
    {
        var time = new ManualTimeProvider();
        var pace = new SendPace(time, 100, 1000);
        for (int n = 0; n < 100; n++) pace.Take(1).ShouldBe(TimeSpan.Zero);
        pace.Take(1).ShouldBe(TimeSpan.FromMilliseconds(10));
        time.Advance(TimeSpan.FromMilliseconds(10));
        pace.Take(2000).TotalSeconds.ShouldBeGreaterThan(1);
        pace.Update(0, 0);
        pace.Take(1_000_000).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task Edge_29_the_window_holds_the_sender_until_an_acknowledgment_comes()
    {
        var window = new SendWindow(2);
        await window.EnterAsync(TestContext.Current.CancellationToken);
        await window.EnterAsync(TestContext.Current.CancellationToken);
        var third = window.EnterAsync(TestContext.Current.CancellationToken).AsTask();
        third.IsCompleted.ShouldBeFalse();
        window.Leave();
        await third;
        window.UnderWay.ShouldBe(2);
        window.Leave();
        window.Leave();
        await window.WhenEmptyAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_link_without_acknowledgments_is_stalled_only_while_something_is_under_way()
    {
        var time = new ManualTimeProvider();
        var watch = new StallWatch(time, TimeSpan.FromSeconds(30));
        time.Advance(TimeSpan.FromSeconds(31));
        watch.IsStalled(0).ShouldBeFalse();
        watch.IsStalled(1).ShouldBeTrue();
        watch.Touch();
        watch.IsStalled(1).ShouldBeFalse();
    }
}
