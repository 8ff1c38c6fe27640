using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Durability;
using Fairlead.Server.Hosting;
using Fairlead.Unit.Broker;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Server;

/// <summary>What the watchdog is fed by.</summary>
public sealed class RoundTripTests
{
    [Fact]
    public async Task It_comes_back_only_when_the_store_does()
    {
        var store = new BlockedStore();
        await using var fixture = new BrokerFixture(store: store);
        var trip = new RoundTrip(fixture.Broker, store).RunAsync();
        trip.IsCompleted.ShouldBeFalse();
        store.Written.SetResult();
        (await trip).ShouldBeTrue();
    }

    [Fact]
    public async Task A_store_that_refuses_because_the_disk_is_full_answers()
    {
        var store = new BlockedStore { IsHealthy = false };
        await using var fixture = new BrokerFixture(store: store);
        (await new RoundTrip(fixture.Broker, store).RunAsync()).ShouldBeTrue();
        store.Written.SetResult();
    }

    /// <summary>A store whose writer is stuck.</summary>
    private sealed class BlockedStore : IBrokerStore
    {
        private readonly MemoryStore _memory = new();

        public TaskCompletionSource Written { get; } = new();

        public bool IsDurable => false;

        public bool IsHealthy { get; init; } = true;

        public int PendingChanges => 0;

        public LatencyHistogram Commits => _memory.Commits;

        public Action? GroupEnded { get; set; }

        public StoredState Load() => _memory.Load();

        public void Append(in StoreChange change) => _memory.Append(change);

        public void Append(ReadOnlySpan<StoreChange> changes) => _memory.Append(changes);

        public Task FlushAsync(CancellationToken cancellationToken = default) => Written.Task;

        public ValueTask DisposeAsync() => _memory.DisposeAsync();
    }
}
