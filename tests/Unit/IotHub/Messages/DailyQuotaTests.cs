using Fairlead.Features.IotHub;
using Fairlead.Features.IotHub.Messages;
using Fairlead.Shared;
using Fairlead.Storage.Events;
using Fairlead.Storage.Sqlite;
using Fairlead.Unit.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.IotHub.Messages;

public sealed class DailyQuotaTests
{
    private readonly ManualClock _time = new();

    [Fact]
    public async Task A_start_goes_on_where_the_log_says_that_the_day_was()
    {
        using var directory = new StoreDirectory();
        await using (var store = Open(directory))
        {
            var log = new StoredEventLog(store);
            for (var i = 0; i < 5; i++) Send(log, $"d{i}"); // yesterday's
            _time.Advance(TimeSpan.FromDays(1));
            for (var i = 0; i < 7; i++) Send(log, $"d{i}");
        }

        await using var again = Open(directory);
        var quota = new DailyQuota(_time, 10, new StoredEventLog(again));
        quota.TryTake(4).ShouldBeFalse();
        quota.TryTake(3).ShouldBeTrue();
        quota.TryTake(1).ShouldBeFalse();
        _time.Advance(TimeSpan.FromDays(1));
        quota.TryTake(10).ShouldBeTrue();
    }

    [Fact]
    public void Without_a_limit_nothing_is_counted() => new DailyQuota(_time, 0, new MemoryEventLog(new IotHubOptions(), _time)).TryTake(int.MaxValue).ShouldBeTrue();

    private EventStore Open(StoreDirectory directory) => EventStore.Open(
        new EventStoreOptions { Directory = directory.Path, Durability = Durability.Os, RetentionAge = TimeSpan.FromDays(7) }, _time, NullLogger<EventStore>.Instance);

    private void Send(StoredEventLog log, string device) => log.Append(
        [new TelemetryEvent(new IdentityName(device), new IotMessage { Body = "1"u8.ToArray() }, _time.GetUtcNow().ToUnixTimeMilliseconds(), "{}", "")], null);
}
