using System.Buffers.Binary;
using System.Text;
using Fairlead.Broker.Durability;
using Fairlead.Sqlite;
using Fairlead.Storage.Events;
using Fairlead.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Storage.Events;

public sealed class EventStoreTests : IDisposable
{
    private readonly StoreDirectory _directory = new();
    private readonly SettableTime _time = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_was_appended_is_read_in_order_and_numbered_from_zero_in_each_partition()
    {
        await using var store = Open();
        for (var i = 0; i < 10_000; i++) Append(store, i % 4, Record(i), null).ShouldBeTrue();
        await store.FlushAsync(TestContext.Current.CancellationToken);

        for (var partition = 0; partition < 4; partition++)
        {
            var expected = partition;
            ReadAll(store, partition).ShouldBe(Enumerable.Range(0, 2500).Select(i => ((long)i, $"record {expected + (4 * i)}")));
            store.Bounds(partition).Next.ShouldBe(2500);
        }
    }

    [Fact]
    public async Task Everything_is_there_after_a_restart_and_numbers_go_on()
    {
        await using (var store = Open())
        {
            for (var i = 0; i < 1000; i++)
            {
                Append(store, 1, Record(i), null);
                if (i % 100 == 0) await store.FlushAsync(TestContext.Current.CancellationToken);
            }
        }

        await using var again = Open();
        Append(again, 1, Record(1000), null);
        await again.FlushAsync(TestContext.Current.CancellationToken);
        ReadAll(again, 1).Count.ShouldBe(1001);
        ReadFrom(again, 1, 999).ShouldBe([(999, "record 999"), (1000, "record 1000")]);
        again.Read(1, 1001).ShouldBeNull();
        again.Read(0, 0).ShouldBeNull();
    }

    [Fact]
    public async Task Azure_68_Events_whose_receipt_was_released_are_there_after_a_crash()
    {
        var images = new List<(StoreDirectory Image, int Kept)>();
        var released = 0;
        var store = Open();
        store.Listen(0, () =>
        {
            if (images.Count < 5) images.Add((_directory.Image(), Volatile.Read(ref released))); // on the writer's thread: the files stand still
        });
        for (var i = 0; i < 3000; i++)
        {
            var kept = new Counting(() => Interlocked.Increment(ref released));
            Append(store, 0, Record(i), kept).ShouldBeTrue();
            kept.Release();
            if (i % 300 == 299) await store.FlushAsync(TestContext.Current.CancellationToken);
        }

        await store.DisposeAsync();
        released.ShouldBe(3000);
        images.ShouldNotBeEmpty();
        foreach (var (image, kept) in images)
        {
            using (image)
            {
                await using var found = Open(image.Path);
                ReadAll(found, 0).Count.ShouldBeGreaterThanOrEqualTo(kept);
            }
        }
    }

    [Fact]
    public async Task A_time_is_found_on_disk_and_in_memory()
    {
        await using var store = Open(tail: 4096);
        for (var i = 0; i < 1000; i++)
        {
            _time.Now = DateTimeOffset.FromUnixTimeMilliseconds(1_000_000 + (i * 10));
            Append(store, 2, Record(i), null);
            if (i % 10 == 0) await store.FlushAsync(TestContext.Current.CancellationToken);
        }

        await store.FlushAsync(TestContext.Current.CancellationToken);
        store.FindTime(2, 0).ShouldBe(0);
        store.FindTime(2, 1_000_000).ShouldBe(0);
        store.FindTime(2, 1_000_001).ShouldBe(1);
        store.FindTime(2, 1_005_000).ShouldBe(500);
        store.FindTime(2, 1_005_005).ShouldBe(501);
        store.FindTime(2, 1_009_990).ShouldBe(999);
        store.FindTime(2, 1_009_991).ShouldBe(1000);
    }

    [Fact]
    public async Task Beyond_the_size_the_oldest_go_and_numbers_stay()
    {
        await using var store = Open(bytes: 200_000);
        for (var i = 0; i < 1000; i++)
        {
            _time.Now += TimeSpan.FromMilliseconds(1);
            Append(store, i % 2, new byte[1000], null);
            if (i % 10 == 9) await store.FlushAsync(TestContext.Current.CancellationToken);
        }

        // A removal follows the group that made it necessary.
        await store.FlushAsync(TestContext.Current.CancellationToken);
        store.Bytes.ShouldBeLessThanOrEqualTo(200_000);
        store.Removed.ShouldBeGreaterThan(750);
        var (first, next, _) = store.Bounds(0);
        next.ShouldBe(500);
        first.ShouldBeGreaterThan(350);
        store.Read(0, 0)!.First.ShouldBe(first);
    }

    [Fact]
    public async Task Beyond_the_age_all_go_and_numbers_stay()
    {
        const int Blocks = 1_100;
        await using (var store = Open())
        {
            // A block each, and more of them than are removed in one go.
            for (var i = 0; i < Blocks; i++)
            {
                Append(store, 3, Record(i), null);
                await store.FlushAsync(TestContext.Current.CancellationToken);
            }

            _time.Now += TimeSpan.FromDays(2);
            _time.Ring();
            // One alarm is enough for all: each group that follows goes on with it.
            for (var i = 0; i < 8; i++) await store.FlushAsync(TestContext.Current.CancellationToken);
            store.Read(3, 0).ShouldBeNull();
            store.Bytes.ShouldBe(0);
        }

        await using var again = Open();
        (again.Bounds(3).First, again.Bounds(3).Next).ShouldBe((Blocks, Blocks));
    }

    [Fact]
    public async Task What_waits_is_bounded_and_counted()
    {
        await using var store = Open(pending: 10_000);
        using var stop = new ManualResetEventSlim();
        store.Listen(0, stop.Wait);
        Append(store, 0, Record(0), null).ShouldBeTrue();
        var taken = 0;
        while (Append(store, 0, new byte[100], null) && taken < 10_000) taken++;
        stop.Set();
        taken.ShouldBeInRange(80, 200);
        store.Refused.ShouldBe(1);
        await store.FlushAsync(TestContext.Current.CancellationToken);
        store.PendingBytes.ShouldBe(0);
        Append(store, 0, Record(0), null).ShouldBeTrue();
    }

    [Fact]
    public async Task The_number_of_partitions_is_that_of_the_first_start()
    {
        await using (var store = Open()) store.PartitionCount.ShouldBe(4);
        await using var again = EventStore.Open(
            new EventStoreOptions { Directory = _directory.Path, Partitions = 8 }, _time, NullLogger<EventStore>.Instance);
        again.PartitionCount.ShouldBe(4);
    }

    private sealed class Counting(Action settled) : CommitReceipt
    {
        protected override void OnSettled() => settled();
    }

    [Fact]
    public async Task A_log_that_could_not_be_written_is_tried_again_although_nobody_sends()
    {
        await using var store = Open();
        using (var other = Database.Open(Path.Combine(_directory.Path, "events.db")))
        {
            other.Execute("BEGIN IMMEDIATE"); // nobody else can write meanwhile
            var refused = Receipt.ForOneChange();
            Append(store, 0, Record(0), refused).ShouldBeTrue();
            refused.Release(); // the store has held it itself
            (await refused.Settled).ShouldBeFalse();
            await RingAsync(store);
            store.IsHealthy.ShouldBeFalse();
            other.Execute("ROLLBACK");
        }

        await RingAsync(store);
        store.IsHealthy.ShouldBeTrue();
        var kept = Receipt.ForOneChange();
        Append(store, 0, Record(1), kept).ShouldBeTrue();
        kept.Release();
        (await kept.Settled).ShouldBeTrue();
        ReadAll(store, 0).ShouldBe([(0, "record 1")]);
    }

    // The writer sees to the alarm behind the first of the two, and before the second.
    private async Task RingAsync(EventStore store)
    {
        _time.Ring();
        for (var i = 0; i < 2; i++) await store.FlushAsync(TestContext.Current.CancellationToken);
    }

    private EventStore Open(string? directory = null, int tail = 2 * 1024 * 1024, long bytes = 1_000_000_000, long pending = 16_000_000) => EventStore.Open(
        new EventStoreOptions
        {
            Directory = directory ?? _directory.Path,
            Durability = Durability.Os,
            TailBytes = tail,
            RetentionBytes = bytes,
            MaximumPendingBytes = pending,
        },
        _time,
        NullLogger<EventStore>.Instance);

    private bool Append(EventStore store, int partition, byte[] record, CommitReceipt? receipt)
    {
        var frame = new byte[sizeof(int) + record.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, record.Length);
        record.CopyTo(frame, sizeof(int));
        return store.TryAppend(partition, _time.Now.ToUnixTimeMilliseconds(), frame, 1, receipt);
    }

    private static byte[] Record(int number) => Encoding.UTF8.GetBytes($"record {number}");

    private static List<(long Sequence, string Text)> ReadAll(EventStore store, int partition) => ReadFrom(store, partition, 0);

    private static List<(long Sequence, string Text)> ReadFrom(EventStore store, int partition, long from)
    {
        var found = new List<(long, string)>();
        while (store.Read(partition, from) is { } block)
        {
            var position = 0;
            for (var sequence = block.First; block.TryRead(ref position, out _, out var record); sequence++)
            {
                if (sequence >= from) found.Add((sequence, Encoding.UTF8.GetString(record.Span)));
            }

            from = block.Next;
        }

        return found;
    }
}
