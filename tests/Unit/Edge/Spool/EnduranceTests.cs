using Fairlead.Edge.Spool;
using Fairlead.Protocols.Mqtt;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Edge.Spool;

/// <summary>Crashes, full disks, large backlogs.</summary>
[Collection(nameof(Alone))]
public sealed class EnduranceTests : IDisposable
{
    private readonly SpoolStage _stage = new();

    public void Dispose() => _stage.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Edge_20_At_each_instant_the_files_hold_all_that_was_promised(int sync)
    {
        _stage.Options = _stage.Options with { Sync = (SpoolSync)sync };
        var promised = 0;
        var acknowledged = 0;
        var groups = 0;
        var images = new List<(SpoolStage Image, int From, int To)>();
        await using (var spool = _stage.Open())
        {
            spool.GroupEnded = () =>
            {
                if (++groups % 5 != 0 || images.Count == 6) return; // on the writer's thread: the files stand still
                images.Add((new SpoolStage(), acknowledged, promised));
                Directory.CreateDirectory(images[^1].Image.Options.Directory);
                foreach (var file in Directory.GetFiles(_stage.Options.Directory))
                    File.Copy(file, Path.Combine(images[^1].Image.Options.Directory, Path.GetFileName(file)));
            };
            var cursor = spool.Open("hub");
            for (var number = 1; number <= 3_000; number++)
            {
                _ = spool.Append(_stage.Entry(number), outcome => promised += outcome == SpoolOutcome.Stored ? 1 : 0);
                if (number % 50 != 0) continue;
                await spool.FlushAsync(TestContext.Current.CancellationToken);
                foreach (var message in await SpoolStage.TakeAsync(cursor, 25))
                {
                    Interlocked.Increment(ref acknowledged);
                    cursor.Acknowledge(message);
                }
            }
        }

        images.Count.ShouldBe(6);
        foreach (var (image, from, to) in images)
        {
            using (image)
            {
                var got = await image.ReopenAndDrainAsync();
                got.ShouldBe(Enumerable.Range(got[0], got.Count));
                got[0].ShouldBeLessThanOrEqualTo(from + 1);
                got[^1].ShouldBeGreaterThanOrEqualTo(to);
            }
        }
    }

    [Fact]
    public async Task Edge_28_A_full_disk_blocks_and_loses_nothing()
    {
        _stage.Options = _stage.Options with { MaximumFileSize = 400_000 };
        await using var spool = _stage.Open();
        var states = 0;
        spool.StateChanged = () => Interlocked.Increment(ref states);
        var receipts = Enumerable.Range(1, 600).Select(number => spool.Append(_stage.Entry(number, padding: 1_000))).ToList();
        await SpoolStage.UntilAsync(() => spool.Statistics.Fault is not null, "the disk should be full");
        spool.Statistics.IsBlocked.ShouldBeTrue();
        (await spool.Append(_stage.Entry(9_999, qos: QualityOfService.AtMostOnce)).WaitAsync(TestContext.Current.CancellationToken)).ShouldBe(SpoolOutcome.Dropped);
        var cursor = spool.Open("hub");
        var got = new List<int>();
        await SpoolStage.UntilAsync(
            () =>
            {
                while (cursor.TryTake(out var message))
                {
                    got.Add(SpoolStage.NumberOf(message));
                    cursor.Acknowledge(message);
                }

                if (spool.Statistics.Fault is not null) _stage.Time.Advance(TimeSpan.FromSeconds(1));
                return got.Count == 600;
            },
            "all should come in the end");
        got.ShouldBe(Enumerable.Range(1, 600));
        receipts.ShouldAllBe(receipt => receipt.Outcome == SpoolOutcome.Stored);
        await SpoolStage.UntilAsync(() => spool.Statistics is { Fault: null, IsBlocked: false, Messages: 0 }, "all should be well again");
        states.ShouldBeGreaterThanOrEqualTo(2);
        spool.Statistics.Dropped[MessageClass.Telemetry, DropReason.Blocked].ShouldBe(1);
        spool.Statistics.Dropped.Total.ShouldBe(1);
    }

    [Fact]
    public async Task Edge_61_Memory_stays_flat_and_the_file_shrinks_again()
    {
        const int Count = 100_000;
        await using var spool = _stage.Open();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var number = 1; number <= Count; number++)
        {
            _ = spool.Append(_stage.Entry(number, padding: 500));
            await spool.WaitForRoomAsync(TestContext.Current.CancellationToken);
        }

        await spool.FlushAsync(TestContext.Current.CancellationToken);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(16 * 1024 * 1024);
        spool.Statistics.FileBytes.ShouldBeGreaterThan(50_000_000);
        var cursor = spool.Open("hub");
        for (var number = 1; number <= Count;)
        {
            foreach (var message in await SpoolStage.TakeAsync(cursor, 100))
            {
                SpoolStage.NumberOf(message).ShouldBe(number++);
                cursor.Acknowledge(message);
            }
        }

        await SpoolStage.UntilAsync(() => spool.Statistics is { Messages: 0, FileBytes: < 4 * 1024 * 1024 }, "the file should shrink");
        spool.Statistics.OldestArrival.ShouldBe(0);
    }

    [Fact]
    public async Task Intake_is_held_back_while_too_much_is_undecided()
    {
        await using var spool = _stage.Open(new SpoolLimits { MaximumMessages = 1, Overflow = SpoolOverflow.Block });
        var free = spool.WaitForRoomAsync(TestContext.Current.CancellationToken).AsTask();
        free.IsCompleted.ShouldBeTrue();
        for (var number = 1; number <= SpoolQueue.MostPending + 10; number++) _ = spool.Append(_stage.Entry(number));
        var room = spool.WaitForRoomAsync(TestContext.Current.CancellationToken).AsTask();
        room.IsCompleted.ShouldBeFalse();
        spool.Update(new SpoolLimits());
        await room.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }
}
