using System.Diagnostics;
using Fairlead.Broker.Durability;
using Fairlead.Storage.Sqlite;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Storage;

public sealed class FullDiskTests : IDisposable
{
    private const int Megabyte = 1024 * 1024;

    private readonly StoreDirectory _directory = new();
    private readonly ManualTime _time = new();
    private long _id = 100;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_full_file_refuses_messages_keeps_the_rest_and_recovers()
    {
        await using (var store = _directory.Open(_directory.Options with { MaximumFileSize = Megabyte }, _time))
        {
            await FillRefuseAndRecoverAsync(store, makeRoom: () => { }); // the settled deliveries make room
        }

        await CheckWhatWasKeptAsync();
    }

    [Fact]
    public async Task A_full_disk_refuses_messages_keeps_the_rest_and_recovers()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "only root may mount a small disk");
        Directory.CreateDirectory(_directory.Path);
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", _directory.Path), "a small disk cannot be mounted here");
        try
        {
            var ballast = Path.Combine(_directory.Path, "ballast");
            await File.WriteAllBytesAsync(ballast, new byte[8 * Megabyte], TestContext.Current.CancellationToken);
            await using (var store = _directory.Open(_directory.Options with { Durability = Durability.Commit }, _time))
            {
                await FillRefuseAndRecoverAsync(store, makeRoom: () => File.Delete(ballast));
            }

            await CheckWhatWasKeptAsync();
        }
        finally
        {
            Run("umount", _directory.Path).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_store_closed_while_full_refuses_what_it_could_not_write()
    {
        var receipt = Receipt.ForOneChange();
        await using (var store = _directory.Open(_directory.Options with { MaximumFileSize = Megabyte }, _time))
        {
            store.Load();
            store.SaveSession(Changes.Session(1));
            await FillAsync(store, []);
            for (var i = 0; i < 300; i++) store.SaveSession(Changes.Session(_id++, new string('x', 16 * 1024)), i == 299 ? receipt : null);
        }

        (await receipt.Settled).ShouldBeFalse();
        (await _directory.ReadAsync()).Sessions.ShouldHaveSingleItem().Queue.ShouldNotBeEmpty();
    }

    private async Task FillRefuseAndRecoverAsync(SqliteStore store, Action makeRoom)
    {
        var kept = new List<QueuedMessage>();
        store.Load();
        store.SaveSession(Changes.Session(1));
        store.Retain(Changes.Message("r", "first"));
        await store.FlushAsync(TestContext.Current.CancellationToken);
        await FillAsync(store, kept);
        store.IsHealthy.ShouldBeFalse();

        // While it is full: messages are refused, everything else waits.
        var message = Receipt.ForOneChange();
        var entry = Changes.Entry(_id++, receipt: message);
        var retained = Receipt.ForOneChange();
        var inbound = Receipt.ForOneChange();
        var session = Receipt.ForOneChange();
        store.Receive(1, 5, inbound);
        store.Queue(1, entry);
        store.Retain(Changes.Message("r", "second"), retained);
        store.SaveSession(Changes.Session(2), session);
        store.SaveSession(Changes.Session(3));
        store.RemoveSession(3);
        foreach (var settled in kept.Skip(1)) store.Settle(1, settled);
        message.IsSettled.ShouldBeFalse();
        session.IsSettled.ShouldBeFalse();

        await _time.RingAsync();
        (await message.Settled).ShouldBeFalse();
        (await retained.Settled).ShouldBeFalse();
        (await inbound.Settled).ShouldBeFalse();
        entry.Persistence.ShouldBe(Persistence.None);
        makeRoom();
        _time.Run();
        (await session.Settled).ShouldBeTrue();
        for (var accepted = false; !accepted;)
        {
            var again = Receipt.ForOneChange();
            store.Queue(1, Changes.Entry(_id++, receipt: again));
            accepted = await again.Settled;
        }

        store.IsHealthy.ShouldBeTrue();
        await store.FlushAsync(TestContext.Current.CancellationToken);
        store.PendingChanges.ShouldBe(0);
    }

    private async Task CheckWhatWasKeptAsync()
    {
        var state = await _directory.ReadAsync();
        state.Sessions.Select(session => session.Record.Id).ShouldBe([1, 2]);
        state.Sessions[0].Queue.Select(entry => entry.Id).ShouldBe([100, _id - 1]);
        state.Sessions[0].InboundPacketIds.ShouldBeEmpty();
        System.Text.Encoding.UTF8.GetString(state.Retained[0].Payload).ShouldBe("first");
    }

    /// <summary>Queues until one is refused.</summary>
    private async Task FillAsync(SqliteStore store, List<QueuedMessage> kept)
    {
        var payload = new string('x', 20_000);
        while (true)
        {
            var receipt = Receipt.ForOneChange();
            var entry = Changes.Entry(_id++, Changes.Message(payload: payload), receipt: receipt);
            store.Queue(1, entry);
            if (!await receipt.Settled) return;
            kept.Add(entry);
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true });
            process!.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
