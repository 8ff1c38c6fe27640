using System.Text;
using Fairlead.Broker.Durability;
using Fairlead.Protocols.Mqtt;
using Fairlead.Sqlite;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Storage;

public sealed class CompactionTests : IDisposable
{
    private readonly StoreDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_file_stays_small_under_a_million_messages()
    {
        const int Cycles = 1_000_000;
        const int Window = 1000;
        var topic = "a/b"u8.ToArray();
        var payload = new byte[100];
        var live = new Queue<QueuedMessage>();
        var largest = 0L;
        await using (var store = _directory.Open())
        {
            store.Load();
            store.SaveSession(Changes.Session(1));
            for (var i = 0; i < 20; i++) store.Queue(1, Changes.Entry(2 + i)); // these stay, in front of all that comes and goes
            for (var i = 0; i < Cycles; i++)
            {
                var entry = new QueuedMessage(
                    100 + i, new Message(topic, [], payload, QualityOfService.AtLeastOnce, false, 1), QualityOfService.AtLeastOnce, false, [], Persistence.Pending);
                live.Enqueue(entry);
                store.Queue(1, entry);
                if (live.Count > Window) store.Settle(1, live.Dequeue());
                if (i % 5000 != 0) continue;
                await store.FlushAsync(TestContext.Current.CancellationToken);
                largest = Math.Max(largest, new FileInfo(_directory.File).Length);
            }
        }

        largest.ShouldBeInRange(1, 8 * 1024 * 1024);
        using (var database = Database.Open(_directory.File))
        {
            database.ReadInt64("SELECT SUM(LENGTH(body)) FROM journal").ShouldBeLessThan(2 * 1024 * 1024);
        }

        (await _directory.ReadAsync()).Sessions[0].Queue.Count.ShouldBe(20 + Window);
    }

    [Fact]
    public async Task A_dead_journal_has_no_rows_and_leaves_a_small_file()
    {
        await using (var store = _directory.Open())
        {
            store.Load();
            store.SaveSession(Changes.Session(1));
            var entries = Enumerable.Range(2, 3000).Select(id => Changes.Entry(id, Changes.Message(payload: new string('x', 2000)))).ToList();
            foreach (var entry in entries) store.Queue(1, entry);
            foreach (var entry in entries) store.Settle(1, entry);
        }

        using (var database = Database.Open(_directory.File)) database.ReadInt64("SELECT COUNT(*) FROM journal").ShouldBe(0);
        new FileInfo(_directory.File).Length.ShouldBeLessThan(100 * 1024);
        Directory.GetFiles(_directory.Path).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_idle_store_drops_its_dead_rows_by_itself()
    {
        var time = new ManualTime();
        await using var store = _directory.Open(time: time);
        store.Load();
        store.SaveSession(Changes.Session(1));
        var entry = Changes.Entry(2);
        store.Queue(1, entry);
        store.Settle(1, entry);
        await store.FlushAsync(TestContext.Current.CancellationToken);
        await time.RingAsync();
        await store.FlushAsync(TestContext.Current.CancellationToken); // behind the trimming: one thread does both
        using var image = _directory.Image();
        using var database = Database.Open(image.File);
        database.ReadInt64("SELECT COUNT(*) FROM journal").ShouldBe(0);
    }

    [Fact]
    public async Task One_body_serves_a_thousand_sessions()
    {
        var message = new Message(Encoding.UTF8.GetBytes("a"), [], new byte[100_000], QualityOfService.AtLeastOnce, false, 1);
        await using (var store = _directory.Open())
        {
            store.Load();
            for (var id = 1; id <= 1000; id++) store.SaveSession(Changes.Session(id));
            for (var id = 1; id <= 500; id++) store.Queue(id, Changes.Entry(1000 + id, message));
            await store.FlushAsync(TestContext.Current.CancellationToken);
            for (var id = 501; id <= 1000; id++) store.Queue(id, Changes.Entry(1000 + id, message));
        }

        new FileInfo(_directory.File).Length.ShouldBeLessThan(300_000);
        var queues = (await _directory.ReadAsync()).Sessions.Select(session => session.Queue.ShouldHaveSingleItem().Message).ToList();
        queues.Count.ShouldBe(1000);
        queues.ShouldAllBe(found => ReferenceEquals(found, queues[0]));
    }
}
