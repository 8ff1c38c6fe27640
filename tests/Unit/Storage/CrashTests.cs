using Fairlead.Broker.Durability;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Storage;

public sealed class CrashTests : IDisposable
{
    private readonly StoreDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Everything_whose_receipt_was_released_is_there_after_a_crash()
    {
        const int Publishers = 4;
        const int Messages = 1500;
        var queued = new (QueuedMessage Entry, Receipt Receipt, bool Settled)[Publishers * Messages];
        var images = new List<(StoreDirectory Image, List<long> Kept)>();
        var store = _directory.Open();
        store.Load();
        store.SaveSession(Changes.Session(1));
        var groups = 0;
        store.GroupEnded = () =>
        {
            if (++groups % 7 != 0 || images.Count == 8) return; // on the writer's thread: the files stand still
            images.Add((_directory.Image(), [.. queued.Where(item => item.Receipt is { IsSettled: true } && !item.Settled).Select(item => item.Entry.Id)]));
        };

        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(publisher => Task.Run(async () =>
        {
            for (var i = 0; i < Messages; i++)
            {
                var index = (publisher * Messages) + i;
                var receipt = Receipt.ForOneChange();
                queued[index] = (Changes.Entry(10 + index, receipt: receipt), receipt, i % 3 == 0);
                store.Queue(1, queued[index].Entry);
                if (i % 10 == 9) (await receipt.Settled).ShouldBeTrue();
                if (i % 3 == 0) store.Settle(1, queued[index].Entry);
            }
        })));

        await store.DisposeAsync();
        images.Count.ShouldBe(8);
        foreach (var (image, kept) in images)
        {
            using (image)
            {
                var found = (await image.ReadAsync()).Sessions[0].Queue.Select(entry => entry.Id).ToHashSet();
                kept.Where(id => !found.Contains(id)).ShouldBeEmpty();
            }
        }
    }

    [Fact]
    public async Task Changes_appended_together_are_kept_together()
    {
        var store = _directory.Open();
        store.Load();
        store.SaveSession(Changes.Session(1));
        await store.FlushAsync(TestContext.Current.CancellationToken);
        var images = new List<StoreDirectory>();
        store.GroupEnded = () =>
        {
            if (images.Count < 5) images.Add(_directory.Image());
        };
        for (ushort i = 1; i <= 2000; i++)
        {
            store.Append(
            [
                new StoreChange { Kind = StoreChangeKind.MessageQueued, SessionId = 1, Subject = Changes.Entry(i) },
                new StoreChange { Kind = StoreChangeKind.InboundReceived, SessionId = 1, PacketId = i },
            ]);
        }

        await store.DisposeAsync();
        images.ShouldNotBeEmpty();
        foreach (var image in images)
        {
            using (image)
            {
                var session = (await image.ReadAsync()).Sessions[0];
                session.Queue.Select(entry => (ushort)entry.Id).ShouldBe(session.InboundPacketIds.Order());
            }
        }
    }

    [Fact]
    public async Task A_torn_write_ahead_log_loses_only_what_was_not_committed()
    {
        await using var store = _directory.Open();
        store.Load();
        store.SaveSession(Changes.Session(1));
        store.Queue(1, Changes.Entry(2));
        await store.FlushAsync(TestContext.Current.CancellationToken);
        using var image = _directory.Image();
        var log = image.File + "-wal";
        var whole = new FileInfo(log).Length;
        store.Queue(1, Changes.Entry(3));
        await store.FlushAsync(TestContext.Current.CancellationToken);
        File.Copy(_directory.File + "-wal", log, overwrite: true);
        using (var file = File.OpenWrite(log)) file.SetLength(whole + 1000);

        (await image.ReadAsync()).Sessions[0].Queue.Select(entry => entry.Id).ShouldBe([2]);
    }
}
