using Fairlead.Edge.Spool;
using Fairlead.Sqlite;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Edge.Spool;

/// <summary>Several links over one spool, and messages that cannot be sent.</summary>
public sealed class LinkTests : IDisposable
{
    private readonly SpoolStage _stage = new();

    public void Dispose() => _stage.Dispose();

    [Fact]
    public async Task Links_18_A_record_is_freed_when_each_link_that_wanted_it_has_acknowledged()
    {
        Links("one", "two");
        await using (var spool = _stage.Open())
        {
            _ = spool.Append(Entry(1, spool.MaskOf("one")));
            _ = spool.Append(Entry(2, 0));
            _ = spool.Append(Entry(3, spool.MaskOf("two")));
            (await SpoolStage.DrainAsync(spool.Open("one"), 2)).ShouldBe([1, 2]);
            await spool.FlushAsync(TestContext.Current.CancellationToken);
            spool.Statistics.Messages.ShouldBe(2);
            (spool.Open("one").Pending, spool.Open("two").Pending).ShouldBe((0, 2));
        }

        (await _stage.ReopenAndDrainAsync("one")).ShouldBeEmpty();
        (await _stage.ReopenAndDrainAsync("two")).ShouldBe([2, 3]);
        await using var end = _stage.Open();
        end.Statistics.Messages.ShouldBe(0);
    }

    [Fact]
    public async Task Links_18_A_dead_link_holds_nobody_up_and_keeps_its_backlog()
    {
        Links("alive", "dead");
        await using (var spool = _stage.Open())
        {
            for (var block = 0; block < 10; block++)
            {
                await _stage.AppendAsync(spool, (block * 500) + 1, (block * 500) + 500);
                (await SpoolStage.DrainAsync(spool.Open("alive"), 500)).ShouldBe(Enumerable.Range((block * 500) + 1, 500));
            }

            await spool.FlushAsync(TestContext.Current.CancellationToken);
            (spool.Open("alive").Pending, spool.Open("dead").Pending).ShouldBe((0, 5_000));
        }

        (await _stage.ReopenAndDrainAsync("dead")).ShouldBe(Enumerable.Range(1, 5_000));
    }

    [Fact]
    public async Task Links_18_A_limit_of_its_own_has_a_link_give_up_its_oldest_while_the_others_keep_theirs()
    {
        _stage.Options = _stage.Options with { Links = [new LinkLimits("all"), new LinkLimits("few", MaximumMessages: 10)] };
        await using var spool = _stage.Open();
        await _stage.AppendAsync(spool, 1, 100);
        spool.Statistics.Dropped[MessageClass.Telemetry, DropReason.Overflow].ShouldBe(90);
        (await SpoolStage.DrainAsync(spool.Open("few"), 10)).ShouldBe(Enumerable.Range(91, 10));
        (await SpoolStage.DrainAsync(spool.Open("all"), 100)).ShouldBe(Enumerable.Range(1, 100));
        await spool.FlushAsync(TestContext.Current.CancellationToken);
        spool.Statistics.Messages.ShouldBe(0);
    }

    [Fact]
    public async Task Links_18_What_only_a_removed_link_wanted_is_dropped_and_counted()
    {
        Links("stays", "goes");
        await using (var spool = _stage.Open())
        {
            _ = spool.Append(Entry(1, spool.MaskOf("goes")));
            _ = spool.Append(Entry(2, 0));
        }

        Links("new", "stays");
        await using var again = _stage.Open();
        again.Statistics.Dropped[MessageClass.Telemetry, DropReason.LinkRemoved].ShouldBe(1);
        (again.Open("new").Pending, again.Open("stays").Pending).ShouldBe((0, 1));
        (await SpoolStage.DrainAsync(again.Open("stays"), 1)).ShouldBe([2]);
    }

    [Fact]
    public async Task Poison_31_The_message_at_three_losses_in_a_row_is_moved_away()
    {
        await using var spool = _stage.Open();
        var cursor = spool.Open("hub");
        await _stage.AppendAsync(spool, 1, 5);
        for (var loss = 1; loss <= 2; loss++)
        {
            await SpoolStage.TakeAsync(cursor, 5);
            _stage.Time.Advance(TimeSpan.FromSeconds(9));
            cursor.Rewind(lost: true).ShouldBeNull();
        }

        await SpoolStage.TakeAsync(cursor, 5);
        SpoolStage.NumberOf(cursor.Rewind(lost: true).ShouldNotBeNull()).ShouldBe(1);
        (await SpoolStage.DrainAsync(cursor, 4)).ShouldBe([2, 3, 4, 5]);
        await spool.FlushAsync(TestContext.Current.CancellationToken);
        (spool.Statistics.DeadLettered, spool.Statistics.Messages).ShouldBe((1, 0));
    }

    [Theory]
    [InlineData(11, true)]
    [InlineData(1, false)]
    public async Task Poison_31_Late_losses_and_closing_on_purpose_do_not_count(int seconds, bool lost)
    {
        await using var spool = _stage.Open();
        var cursor = spool.Open("hub");
        await _stage.AppendAsync(spool, 1, 1);
        for (var loss = 1; loss <= 5; loss++)
        {
            await SpoolStage.TakeAsync(cursor, 1);
            _stage.Time.Advance(TimeSpan.FromSeconds(seconds));
            cursor.Rewind(lost).ShouldBeNull();
        }
    }

    [Fact]
    public async Task Poison_31_Dead_letters_are_kept_within_their_bound_and_can_be_read()
    {
        await using (var spool = _stage.Open(new SpoolLimits { DeadLetterBytes = 5_000 }))
        {
            for (var number = 1; number <= 10; number++) _ = spool.Append(_stage.Entry(number, padding: 900));
            foreach (var message in await SpoolStage.TakeAsync(spool.Open("hub"), 10)) spool.Open("hub").Refuse(message, DeadLetterReason.Size, "too large");
            await spool.FlushAsync(TestContext.Current.CancellationToken);
            spool.Statistics.DeadLettered.ShouldBe(10);
            spool.Statistics.DeadLetterBytes.ShouldBeInRange(4_000, 5_000);
            spool.Statistics.Messages.ShouldBe(0);
        }

        using var database = Database.Open(_stage.File);
        database.ReadInt64("SELECT COUNT(*) FROM dead_letters").ShouldBe(5);
        database.ReadText("SELECT reason || ' ' || detail || ' ' || local_topic || ' ' || TRIM(payload) FROM dead_letters ORDER BY id DESC LIMIT 1")
            .ShouldBe("Size too large t/Telemetry 10");
    }

    private void Links(params string[] names) => _stage.Options = _stage.Options with { Links = [.. names.Select(name => new LinkLimits(name))] };

    private SpoolEntry Entry(int number, long links)
    {
        var entry = _stage.Entry(number);
        return new SpoolEntry { ArrivedAt = entry.ArrivedAt, Class = entry.Class, QoS = entry.QoS, LocalTopic = entry.LocalTopic, Payload = entry.Payload, Links = links };
    }
}
