using System.Text;
using Fairlead.Edge.Spool;
using Fairlead.Sqlite;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Edge.Spool;

/// <summary>Whatever happens to the file, the spool starts, gives what can be read, and counts the rest.</summary>
public sealed class DamageTests : IDisposable
{
    private const int PageBytes = 4096;

    private readonly SpoolStage _stage = new();

    public void Dispose() => _stage.Dispose();

    [Fact]
    public async Task Edge_27_A_corrupt_record_in_the_middle_costs_that_record_alone()
    {
        await FillAsync(1, 100, padding: 600);
        Change(bytes => bytes[bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes("50" + new string(' ', 600))) + 300] ^= 1);
        await using var spool = _stage.Open();
        (await SpoolStage.DrainAsync(spool.Open("hub"), 99)).ShouldBe(Enumerable.Range(1, 100).Where(number => number != 50));
        await SpoolStage.UntilAsync(() => spool.Statistics.Dropped[MessageClass.Telemetry, DropReason.Damaged] == 1, "the loss should be counted");
        await SpoolStage.UntilAsync(() => spool.Statistics.Messages == 0, "nothing should be left");
    }

    [Fact]
    public async Task Edge_27_Any_page_overwritten_costs_few_messages_and_all_is_counted()
    {
        await FillAsync(1, 300, padding: 100);
        var whole = File.ReadAllBytes(_stage.File);
        for (var page = 0; page < whole.Length / PageBytes; page++)
        {
            var bytes = (byte[])whole.Clone();
            bytes.AsSpan(page * PageBytes, PageBytes).Fill(0xA5);
            File.WriteAllBytes(_stage.File, bytes);
            await using var spool = _stage.Open();
            var got = await DrainAllAsync(spool);
            got.ShouldBe(got.Order().Distinct(), $"page {page}");
            var lost = spool.Statistics.Dropped[MessageClass.Telemetry, DropReason.Damaged];
            if (got.Count > 0 && got.Count + lost != 300) lost.ShouldBe(300 - got.Count, $"page {page} of {whole.Length / PageBytes}: {got.Count} came");
        }
    }

    [Fact]
    public async Task Edge_27_Without_its_first_page_the_file_gives_everything_but_nothing_is_refused()
    {
        await FillAsync(1, 2_000);
        Change(bytes => bytes.AsSpan(0, PageBytes).Clear());
        await using var spool = _stage.Open();
        (await DrainAllAsync(spool)).ShouldBe(Enumerable.Range(1, 2_000));
        spool.Statistics.Dropped.Total.ShouldBe(0);
    }

    [Fact]
    public async Task Edge_27_A_file_cut_in_half_gives_its_first_half()
    {
        await FillAsync(1, 2_000, padding: 100);
        using (var file = File.OpenWrite(_stage.File)) file.SetLength(file.Length / 2 / PageBytes * PageBytes);
        await using var spool = _stage.Open();
        var got = await DrainAllAsync(spool);
        got.Count.ShouldBeInRange(500, 1_999);
        got.ShouldBe(got.Order().Distinct());
    }

    [Fact]
    public async Task Edge_27_A_file_of_garbage_is_replaced_by_an_empty_one()
    {
        Directory.CreateDirectory(_stage.Options.Directory);
        var garbage = new byte[50_000];
        new Random(1).NextBytes(garbage);
        await File.WriteAllBytesAsync(_stage.File, garbage, TestContext.Current.CancellationToken);
        await using (var spool = _stage.Open()) await _stage.AppendAsync(spool, 1, 10);
        (await _stage.ReopenAndDrainAsync()).ShouldBe(Enumerable.Range(1, 10));
        Directory.GetFiles(_stage.Options.Directory).Select(Path.GetFileName).ShouldNotContain(name => name!.Contains("damaged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Edge_27_Acknowledged_messages_behind_damage_in_the_log_are_found_again()
    {
        var image = new SpoolStage();
        using (image)
        {
            await using (var spool = _stage.Open())
            {
                for (var number = 1; number <= 40; number++)
                {
                    _ = spool.Append(_stage.Entry(number));
                    await spool.FlushAsync(TestContext.Current.CancellationToken);
                }

                Copy(image);
            }

            var log = image.File + "-wal";
            var bytes = File.ReadAllBytes(log);
            bytes[bytes.Length / 2] ^= 0x10;
            File.WriteAllBytes(log, bytes);
            await using var again = image.Open();
            var got = await DrainAllAsync(again);
            var lost = again.Statistics.Dropped[MessageClass.Telemetry, DropReason.Damaged];
            (got.Count + lost).ShouldBe(40);
            lost.ShouldBeLessThanOrEqualTo(1);
        }
    }

    [Fact]
    public async Task Edge_27_A_torn_end_of_the_log_without_a_commit_is_no_damage()
    {
        using var image = new SpoolStage();
        await using (var spool = _stage.Open())
        {
            await _stage.AppendAsync(spool, 1, 10);
            Copy(image);
        }

        using (var log = new FileStream(image.File + "-wal", FileMode.Append)) log.Write(new byte[3_000]);
        await using var again = image.Open();
        (await DrainAllAsync(again)).ShouldBe(Enumerable.Range(1, 10));
        again.Statistics.Dropped.Total.ShouldBe(0);
    }

    [Fact]
    public async Task Edge_27_Damage_found_at_runtime_is_salvaged_without_a_restart()
    {
        await FillAsync(1, 20_000, padding: 300);
        await using var spool = _stage.Open();
        Change(bytes => bytes.AsSpan(bytes.Length / 2 / PageBytes * PageBytes, 4 * PageBytes).Fill(0xA5));
        var cursor = spool.Open("hub");
        var got = new List<int>();
        await SpoolStage.UntilAsync(
            () =>
            {
                if (spool.Statistics.Fault is not null) _stage.Time.Advance(TimeSpan.FromSeconds(1));
                while (cursor.TryTake(out var message))
                {
                    got.Add(SpoolStage.NumberOf(message));
                    cursor.Acknowledge(message);
                }

                return spool.Statistics is { Messages: 0, Fault: null };
            },
            "everything left should come");
        got.ShouldBe(got.Distinct());
        got.Count.ShouldBeGreaterThan(19_000);
        (got.Count + spool.Statistics.Dropped[MessageClass.Telemetry, DropReason.Damaged]).ShouldBe(20_000);
    }

    [Fact]
    public async Task Edge_27_A_damaged_state_is_counted_anew()
    {
        await FillAsync(1, 50);
        using (var database = Database.Open(_stage.File)) database.Execute("UPDATE state SET body = zeroblob(length(body))");
        await using var spool = _stage.Open();
        spool.Statistics.Messages.ShouldBe(50);
        await _stage.AppendAsync(spool, 51, 60);
        (await DrainAllAsync(spool)).ShouldBe(Enumerable.Range(1, 60));
    }

    private async Task<List<int>> DrainAllAsync(MessageSpool spool)
    {
        var got = new List<int>();
        var cursor = spool.Open("hub");
        await SpoolStage.UntilAsync(
            () =>
            {
                while (cursor.TryTake(out var message))
                {
                    got.Add(SpoolStage.NumberOf(message));
                    cursor.Acknowledge(message);
                }

                if (spool.Statistics.Fault is not null) _stage.Time.Advance(TimeSpan.FromSeconds(1)); // found damaged while in use: it tries again
                return spool.Statistics is { Messages: 0, Fault: null };
            },
            "everything should come");
        return got;
    }

    private async Task FillAsync(int first, int last, int padding = 0)
    {
        await using var spool = _stage.Open();
        for (var number = first; number <= last; number++) _ = spool.Append(_stage.Entry(number, padding: padding));
    }

    private void Change(Action<byte[]> change)
    {
        using var file = new FileStream(_stage.File, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        change(bytes);
        file.Position = 0;
        file.Write(bytes);
    }

    private void Copy(SpoolStage image)
    {
        Directory.CreateDirectory(image.Options.Directory);
        foreach (var file in Directory.GetFiles(_stage.Options.Directory)) File.Copy(file, Path.Combine(image.Options.Directory, Path.GetFileName(file)));
    }
}
