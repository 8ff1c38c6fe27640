using Fairlead.Broker.Durability;
using Fairlead.Storage.Sqlite;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Storage;

public sealed class ReceiptTests : IDisposable
{
    private readonly StoreDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Each_kind_of_change_releases_its_receipt_once()
    {
        await using var store = _directory.Open();
        store.Load();
        Receipt[] receipts = [Receipt.ForOneChange(), Receipt.ForOneChange(), Receipt.ForOneChange(), Receipt.ForOneChange()];
        store.SaveSession(Changes.Session(1), receipts[0]);
        store.Queue(1, Changes.Entry(2, receipt: receipts[1]));
        store.Retain(Changes.Message(), receipts[2]);
        store.Receive(1, 9, receipts[3]);

        foreach (var receipt in receipts) (await receipt.Settled).ShouldBeTrue();
        await store.FlushAsync(TestContext.Current.CancellationToken);
        receipts.ShouldAllBe(receipt => receipt.Times == 1);
        store.PendingChanges.ShouldBe(0);
        store.PendingBytes.ShouldBe(0);
    }

    [Fact]
    public async Task An_entry_cancelled_in_time_is_neither_written_nor_released()
    {
        await using (var store = _directory.Open(_directory.Options with { Linger = TimeSpan.FromMinutes(5) }))
        {
            store.Load();
            store.SaveSession(Changes.Session(1));
            await store.FlushAsync(TestContext.Current.CancellationToken);
            var receipt = Receipt.ForOneChange();
            var entry = Changes.Entry(2, receipt: receipt);
            store.Queue(1, entry, mayBeCancelled: true);
            entry.TryCancelWriting().ShouldBeTrue();
            await store.FlushAsync(TestContext.Current.CancellationToken);
            receipt.IsSettled.ShouldBeFalse();
        }

        (await _directory.ReadAsync()).Sessions[0].Queue.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_may_be_cancelled_waits_for_the_linger_time_or_for_something_urgent()
    {
        await using var store = _directory.Open(_directory.Options with { Linger = TimeSpan.FromMinutes(5) });
        store.Load();
        store.SaveSession(Changes.Session(1));
        await store.FlushAsync(TestContext.Current.CancellationToken);
        var patient = Receipt.ForOneChange();
        var urgent = Receipt.ForOneChange();
        store.Queue(1, Changes.Entry(2, receipt: patient), mayBeCancelled: true);
        patient.IsSettled.ShouldBeFalse();
        store.Queue(1, Changes.Entry(3, receipt: urgent));

        (await patient.Settled).ShouldBeTrue();
        (await urgent.Settled).ShouldBeTrue();
    }

    [Fact]
    public async Task An_entry_is_written_with_the_identifier_that_it_had_when_it_was_announced()
    {
        await using (var store = _directory.Open(_directory.Options with { Linger = TimeSpan.FromMinutes(5) }))
        {
            store.Load();
            store.SaveSession(Changes.Session(1));
            await store.FlushAsync(TestContext.Current.CancellationToken);
            var early = Changes.Entry(2, packetId: 7);
            var late = Changes.Entry(3);
            store.Queue(1, early, mayBeCancelled: true);
            store.Queue(1, late, mayBeCancelled: true);
            late.PacketId = 7; // given up by the other in between, which only the next group says
            await store.FlushAsync(TestContext.Current.CancellationToken);
        }

        (await _directory.ReadAsync()).Sessions[0].Queue.Select(entry => entry.PacketId).ShouldBe([(ushort)7, (ushort)0]);
    }

    [Fact]
    public async Task The_linger_time_ends()
    {
        await using var store = _directory.Open();
        store.Load();
        store.SaveSession(Changes.Session(1));
        var receipt = Receipt.ForOneChange();
        store.Queue(1, Changes.Entry(2, receipt: receipt), mayBeCancelled: true);
        (await receipt.Settled).ShouldBeTrue();
    }

    [Fact]
    public async Task The_end_of_a_group_is_told_after_its_receipts()
    {
        await using var store = _directory.Open();
        store.Load();
        var receipt = Receipt.ForOneChange();
        var told = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        store.GroupEnded = () => told.TrySetResult(receipt.IsSettled);
        store.SaveSession(Changes.Session(1), receipt);
        (await told.Task).ShouldBeTrue();
    }

    [Fact]
    public async Task A_closed_store_refuses()
    {
        var store = _directory.Open();
        store.Load();
        await store.DisposeAsync();
        await store.DisposeAsync();
        var receipt = Receipt.ForOneChange();
        var entry = Changes.Entry(2, receipt: receipt);
        store.Queue(1, entry);
        (await receipt.Settled).ShouldBeFalse();
        entry.Persistence.ShouldBe(Persistence.None);
        await store.FlushAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_store_that_was_never_loaded_closes()
    {
        var store = new SqliteStore(_directory.Options, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<SqliteStore>.Instance);
        await store.DisposeAsync();
        Directory.Exists(_directory.Path).ShouldBeFalse();
    }
}
