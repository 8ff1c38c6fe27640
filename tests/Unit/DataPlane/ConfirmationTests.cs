using Fairlead.Features.DirectMessages;
using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.DataPlane;

public sealed class ConfirmationTests
{
    [Fact]
    public async Task Messaging_65_each_wait_ends_at_its_own_time()
    {
        var clock = new ManualClock();
        var deadlines = new ConfirmationDeadlines(clock);
        var calls = Enumerable.Range(1, 15).Select(seconds => Start(deadlines, seconds)).ToList();
        for (var second = 1; second <= 15; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(0.95));
            calls.Count(call => call.IsCompleted).ShouldBe(second - 1);
            clock.Advance(TimeSpan.FromSeconds(0.05));
            calls.Count(call => call.IsCompleted).ShouldBe(second, $"after {second} s");
        }

        foreach (var call in calls) (await call).ShouldBe(DirectReason.Timeout);
    }

    [Fact]
    public void Messaging_80_what_was_cancelled_or_ended_is_out_of_the_list_whatever_its_place()
    {
        var clock = new ManualClock();
        var deadlines = new ConfirmationDeadlines(clock);
        var calls = Enumerable.Range(0, 5).Select(_ => new PendingConfirmation()).ToList();
        foreach (var call in calls) call.Start(deadlines, 5);
        var waits = calls.ConvertAll(call => call.WaitAsync().AsTask());
        foreach (var gone in new[] { 0, 2, 4 })
        {
            calls[gone].Cancel();
            calls[gone].Cancel();
        }

        clock.Advance(TimeSpan.FromSeconds(6));

        SpinWait.SpinUntil(() => waits[1].IsCompleted && waits[3].IsCompleted, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        foreach (var gone in new[] { 0, 2, 4 }) waits[gone].IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void Messaging_76_a_rate_lets_through_so_many_in_a_second_and_begins_anew_with_the_next()
    {
        var clock = new ManualClock();
        var rate = new SendRate(3, clock);
        Enumerable.Range(0, 5).Select(_ => rate.TryTake()).ShouldBe([true, true, true, false, false]);
        clock.Advance(TimeSpan.FromSeconds(1));
        rate.TryTake().ShouldBeTrue();
        var free = new SendRate(0, clock);
        Enumerable.Range(0, 100).ShouldAllBe(_ => free.TryTake());
    }

    // Continuations are not run inline: the wait itself tells whether it is over.
    private static ValueTask<DirectReason> Start(ConfirmationDeadlines deadlines, int seconds)
    {
        var call = new PendingConfirmation();
        call.Start(deadlines, seconds);
        return call.WaitAsync();
    }
}
