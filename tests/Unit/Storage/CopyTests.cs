using Fairlead.Broker.Durability;
using Fairlead.Storage;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Storage;

/// <summary>Copies of a store that is in use.</summary>
public sealed class CopyTests : IDisposable
{
    private const int Before = 2_000;
    private readonly StoreDirectory _directory = new();
    private readonly StoreDirectory _copy = new();

    public void Dispose()
    {
        _directory.Dispose();
        _copy.Dispose();
    }

    [Fact]
    public async Task What_was_acknowledged_before_is_in_the_copy_and_writing_goes_on_meanwhile()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var store = _directory.Open();
        store.Load();
        store.SaveSession(Changes.Session(1));
        for (var i = 0; i < Before; i++) store.Queue(1, Changes.Entry(2 + i, Changes.Message(payload: new string('x', 1000))));
        store.Retain(Changes.Message(topic: "kept"));
        await store.FlushAsync(cancellation);

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var last = 2L + Before;
        var writing = Task.Run(async () =>
        {
            // Two changes that belong together: a copy has both or none of them.
            for (; !enough.IsCancellationRequested; last++)
            {
                var receipt = Receipt.ForOneChange();
                store.Append([
                    new StoreChange { Kind = StoreChangeKind.RetainedSaved, Subject = Changes.Message(topic: $"pair/{last}/a") },
                    new StoreChange { Kind = StoreChangeKind.RetainedSaved, Subject = Changes.Message(topic: $"pair/{last}/b"), Receipt = receipt },
                ]);
                (await receipt.Settled).ShouldBeTrue();
            }
        }, cancellation);

        await store.CopyAsync(Empty(), cancellation);
        await enough.CancelAsync();
        await writing;

        var state = await _copy.ReadAsync();
        state.Sessions.ShouldHaveSingleItem().Queue.Count.ShouldBe(Before);
        var topics = state.Retained.Select(static message => message.TopicString).ToHashSet(StringComparer.Ordinal);
        topics.ShouldContain("kept");
        topics.Count(static topic => topic.EndsWith("/a", StringComparison.Ordinal)).ShouldBe(topics.Count(static topic => topic.EndsWith("/b", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_copy_that_fails_is_no_matter_of_the_store()
    {
        await using var store = _directory.Open();
        store.Load();
        var failure = await Should.ThrowAsync<IOException>(() => store.CopyAsync(Path.Combine(_directory.Path, "no", "such", "directory"), CancellationToken.None));
        failure.Message.ShouldNotBeEmpty();
        store.IsHealthy.ShouldBeTrue();
        var receipt = Receipt.ForOneChange();
        store.Retain(Changes.Message(), receipt);
        (await receipt.Settled).ShouldBeTrue();
    }

    [Fact]
    public async Task A_closed_store_is_copied_and_one_in_use_is_not()
    {
        await using (var store = _directory.Open())
        {
            store.Load();
            store.Retain(Changes.Message(topic: "kept"));
            await store.FlushAsync(TestContext.Current.CancellationToken);
            StoredData.IsInUse(_directory.Path).ShouldBeTrue();
            Should.Throw<StoreException>(() => StoredData.Open(_directory.Path)).Message.ShouldContain("in use by another process");
        }

        StoredData.IsInUse(_directory.Path).ShouldBeFalse();
        using (var stored = StoredData.Open(_directory.Path))
        {
            stored.StoreFormat.ShouldBe(StoredData.StoreVersion);
            stored.Check().ShouldBe([("fairlead.db", null)]);
            stored.Copy("fairlead.db", Empty(), TestContext.Current.CancellationToken);
        }

        (await _copy.ReadAsync()).Retained.ShouldHaveSingleItem().TopicString.ShouldBe("kept");
    }

    private string Empty()
    {
        Directory.CreateDirectory(_copy.Path);
        File.WriteAllBytes(_copy.File, []);
        return _copy.File;
    }
}
