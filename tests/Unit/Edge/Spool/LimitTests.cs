using Fairlead.Edge.Spool;
using Fairlead.Protocols.Mqtt;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Edge.Spool;

/// <summary>Full, over, or given up: what is dropped, and that it is counted exactly.</summary>
public sealed class LimitTests : IDisposable
{
    private readonly SpoolStage _stage = new();

    public void Dispose() => _stage.Dispose();

    [Fact]
    public async Task Edge_25_DropOldest_keeps_exactly_the_newest()
    {
        var limits = new SpoolLimits { MaximumMessages = 4_000 };
        await using (var spool = _stage.Open(limits))
        {
            await _stage.AppendAsync(spool, 101, 10_100);
            spool.Statistics.Messages.ShouldBe(4_000);
            spool.Statistics.Dropped[MessageClass.Telemetry, DropReason.Overflow].ShouldBe(6_000);
        }

        await using var again = _stage.Open(limits);
        again.Statistics.Dropped.Total.ShouldBe(6_000, "the count survives a restart");
        (await SpoolStage.DrainAsync(again.Open("hub"), 4_000)).ShouldBe(Enumerable.Range(6_101, 4_000));
    }

    [Fact]
    public async Task Edge_25_DropOldest_takes_what_a_cursor_has_read_ahead_but_not_what_is_under_way()
    {
        await using var spool = _stage.Open(new SpoolLimits { MaximumMessages = 10 });
        var cursor = spool.Open("hub");
        await _stage.AppendAsync(spool, 1, 10);
        var underWay = await SpoolStage.TakeAsync(cursor, 3);
        await _stage.AppendAsync(spool, 11, 15);
        cursor.Rewind(lost: true);
        (await SpoolStage.DrainAsync(cursor, 10)).ShouldBe([1, 2, 3, 9, 10, 11, 12, 13, 14, 15]);
        underWay.Count.ShouldBe(3);
        await spool.FlushAsync(TestContext.Current.CancellationToken);
        spool.Statistics.Messages.ShouldBe(0);
        cursor.TryTake(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Edge_25_DropNewest_keeps_exactly_the_oldest()
    {
        await using var spool = _stage.Open(new SpoolLimits { MaximumMessages = 4_000, Overflow = SpoolOverflow.DropNewest });
        await _stage.AppendAsync(spool, 101, 10_100);
        spool.Statistics.Dropped[MessageClass.Telemetry, DropReason.Overflow].ShouldBe(6_000);
        (await SpoolStage.DrainAsync(spool.Open("hub"), 4_000)).ShouldBe(Enumerable.Range(101, 4_000));
    }

    [Fact]
    public async Task Edge_25_Block_holds_receipts_back_until_there_is_room()
    {
        await using var spool = _stage.Open(new SpoolLimits { MaximumMessages = 4, Overflow = SpoolOverflow.Block });
        var receipts = Enumerable.Range(1, 6).Select(number => spool.Append(_stage.Entry(number))).ToList();
        await SpoolStage.UntilAsync(() => spool.Statistics.IsBlocked, "it should say that it is blocked");
        var unanswerable = spool.Append(_stage.Entry(7, qos: QualityOfService.AtMostOnce));
        (await unanswerable.WaitAsync(TestContext.Current.CancellationToken)).ShouldBe(SpoolOutcome.Dropped);
        receipts.Select(receipt => receipt.Outcome).ShouldBe([.. Enumerable.Repeat(SpoolOutcome.Stored, 4), SpoolOutcome.Pending, SpoolOutcome.Pending]);
        (await SpoolStage.DrainAsync(spool.Open("hub"), 4)).ShouldBe([1, 2, 3, 4]);
        (await SpoolStage.DrainAsync(spool.Open("hub"), 2)).ShouldBe([5, 6]);
        (await receipts[5].WaitAsync(TestContext.Current.CancellationToken)).ShouldBe(SpoolOutcome.Stored);
        await SpoolStage.UntilAsync(() => !spool.Statistics.IsBlocked, "it should say that it is not blocked any more");
        spool.Statistics.Dropped[MessageClass.Telemetry, DropReason.Blocked].ShouldBe(1);
    }

    [Fact]
    public async Task Edge_25_A_higher_limit_ends_a_block()
    {
        await using var spool = _stage.Open(new SpoolLimits { MaximumMessages = 1, Overflow = SpoolOverflow.Block });
        _ = spool.Append(_stage.Entry(1));
        var second = spool.Append(_stage.Entry(2));
        await SpoolStage.UntilAsync(() => spool.Statistics.IsBlocked, "blocked");
        spool.Update(new SpoolLimits { MaximumMessages = 2, Overflow = SpoolOverflow.Block });
        (await second.WaitAsync(TestContext.Current.CancellationToken)).ShouldBe(SpoolOutcome.Stored);
    }

    [Fact]
    public async Task Edge_25_What_is_blocked_at_the_end_is_abandoned_and_not_acknowledged()
    {
        SpoolReceipt blocked;
        await using (var spool = _stage.Open(new SpoolLimits { MaximumMessages = 1, Overflow = SpoolOverflow.Block }))
        {
            _ = spool.Append(_stage.Entry(1));
            blocked = spool.Append(_stage.Entry(2));
        }

        blocked.Outcome.ShouldBe(SpoolOutcome.Abandoned);
        (await _stage.ReopenAndDrainAsync()).ShouldBe([1]);
    }

    [Fact]
    public async Task Edge_25_Bytes_are_a_limit_too_and_a_message_larger_than_all_is_dropped()
    {
        await using var spool = _stage.Open(new SpoolLimits { MaximumBytes = 20_000 });
        for (var number = 1; number <= 50; number++) _ = spool.Append(_stage.Entry(number, padding: 900));
        (await spool.Append(_stage.Entry(51, padding: 30_000)).WaitAsync(TestContext.Current.CancellationToken)).ShouldBe(SpoolOutcome.Dropped);
        // The writer tells its figures when it has told the outcomes.
        await SpoolStage.UntilAsync(() => spool.Statistics.Messages + spool.Statistics.Dropped.Total == 51, "counted");
        var statistics = spool.Statistics;
        statistics.Bytes.ShouldBeLessThanOrEqualTo(20_000);
        (statistics.Messages + statistics.Dropped.Total).ShouldBe(51);
        (await SpoolStage.DrainAsync(spool.Open("hub"), (int)statistics.Messages)).ShouldBe(Enumerable.Range(51 - (int)statistics.Messages, (int)statistics.Messages));
    }

    [Fact]
    public async Task Edge_25_A_class_may_have_limits_of_its_own()
    {
        await using var spool = _stage.Open(new SpoolLimits { Classes = new Dictionary<MessageClass, ClassLimits> { [MessageClass.Telemetry] = new(MaximumMessages: 5) } });
        await _stage.AppendAsync(spool, 1, 10);
        await _stage.AppendAsync(spool, 11, 20, MessageClass.Event);
        spool.Statistics.MessagesByClass.ShouldBe([0, 10, 0, 5]);
        (await SpoolStage.DrainAsync(spool.Open("hub"), 15)).ShouldBe([6, 7, 8, 9, 10, .. Enumerable.Range(11, 10)]);
    }

    [Fact]
    public async Task Edge_26_What_is_over_is_not_sent_and_is_counted()
    {
        await using var spool = _stage.Open(new SpoolLimits { TimeToLive = TimeSpan.FromMinutes(1) });
        var cursor = spool.Open("hub");
        await spool.Append(_stage.Entry(1, expiresAt: _stage.Now + 5_000)).WaitAsync(TestContext.Current.CancellationToken);
        await spool.Append(_stage.Entry(2)).WaitAsync(TestContext.Current.CancellationToken);
        _stage.Time.Advance(TimeSpan.FromSeconds(6));
        (await spool.Append(_stage.Entry(3, expiresAt: _stage.Now)).WaitAsync(TestContext.Current.CancellationToken)).ShouldBe(SpoolOutcome.Dropped);
        (await SpoolStage.DrainAsync(cursor, 1)).ShouldBe([2]);
        await spool.FlushAsync(TestContext.Current.CancellationToken);
        spool.Statistics.Dropped[MessageClass.Telemetry, DropReason.Expired].ShouldBe(2);
        spool.Statistics.Messages.ShouldBe(0);
    }

    [Fact]
    public async Task Edge_26_Every_ten_seconds_what_is_over_is_looked_for_without_a_link()
    {
        var limits = new SpoolLimits { Classes = new Dictionary<MessageClass, ClassLimits> { [MessageClass.Event] = new(TimeToLive: TimeSpan.FromSeconds(8)) } };
        await using var spool = _stage.Open(limits);
        await _stage.AppendAsync(spool, 1, 2_000, MessageClass.Event);
        await _stage.AppendAsync(spool, 2_001, 2_010);
        for (var number = 3_001; number <= 3_005; number++) _ = spool.Append(_stage.Entry(number, expiresAt: _stage.Now + 9_000));
        await spool.FlushAsync(TestContext.Current.CancellationToken);
        _stage.Time.Advance(TimeSpan.FromSeconds(10));
        await SpoolStage.UntilAsync(() => spool.Statistics.Messages == 10, "the sweep should leave ten");
        spool.Statistics.Dropped[MessageClass.Event, DropReason.Expired].ShouldBe(2_000);
        spool.Statistics.Dropped[MessageClass.Telemetry, DropReason.Expired].ShouldBe(5);
        (await SpoolStage.DrainAsync(spool.Open("hub"), 10)).ShouldBe(Enumerable.Range(2_001, 10));
    }

    [Fact]
    public async Task Edge_26_What_is_under_way_does_not_expire_before_it_is_given_up()
    {
        await using var spool = _stage.Open(new SpoolLimits { TimeToLive = TimeSpan.FromSeconds(5) });
        var cursor = spool.Open("hub");
        await _stage.AppendAsync(spool, 1, 2);
        var taken = await SpoolStage.TakeAsync(cursor, 2);
        _stage.Time.Advance(TimeSpan.FromSeconds(10));
        cursor.Acknowledge(taken[0]);
        await spool.FlushAsync(TestContext.Current.CancellationToken);
        spool.Statistics.Dropped.Total.ShouldBe(0);
        cursor.Rewind(lost: true);
        cursor.TryTake(out _).ShouldBeFalse();
        await spool.FlushAsync(TestContext.Current.CancellationToken);
        spool.Statistics.Dropped[MessageClass.Telemetry, DropReason.Expired].ShouldBe(1);
        spool.Statistics.Messages.ShouldBe(0);
    }

    [Fact]
    public async Task Edge_32_Priority_goes_by_class_and_gives_the_lowest_its_share()
    {
        await using var spool = _stage.Open(new SpoolLimits { Order = SpoolOrder.Priority });
        await _stage.AppendAsync(spool, 1, 1_000);
        await _stage.AppendAsync(spool, 2_001, 2_900, MessageClass.Event);
        await _stage.AppendAsync(spool, 3_001, 3_001, MessageClass.Response);
        var order = await SpoolStage.DrainAsync(spool.Open("hub"), 1_000);
        order[0].ShouldBe(3_001);
        order.Count(number => number < 2_000).ShouldBeInRange(95, 105);
        order.Where(number => number is > 2_000 and < 3_000).ShouldBe(Enumerable.Range(2_001, 900).Take(order.Count(number => number is > 2_000 and < 3_000)));
        order.Where(number => number < 2_000).ShouldBe(Enumerable.Range(1, order.Count(number => number < 2_000)));
    }

    [Fact]
    public async Task Edge_32_An_event_behind_ten_thousand_telemetry_messages_goes_first()
    {
        await using var spool = _stage.Open(new SpoolLimits { Order = SpoolOrder.Priority });
        await _stage.AppendAsync(spool, 1, 10_000);
        var cursor = spool.Open("hub");
        await SpoolStage.DrainAsync(cursor, 50);
        await _stage.AppendAsync(spool, 20_000, 20_000, MessageClass.Event);
        (await SpoolStage.DrainAsync(cursor, 2)).ShouldContain(20_000);
    }

    [Fact]
    public void Edge_32_The_share_goes_round_among_the_lower_classes()
    {
        var share = new PriorityShare();
        bool[] waiting = [false, true, true, true];
        var counts = new int[4];
        for (var i = 0; i < 1_000; i++)
        {
            var chosen = share.Choose(waiting, 0.1);
            share.OnTaken(chosen, waiting, 0.1);
            counts[chosen]++;
        }

        counts[1].ShouldBeInRange(895, 905);
        Math.Abs(counts[2] - counts[3]).ShouldBeLessThanOrEqualTo(1);
    }
}
