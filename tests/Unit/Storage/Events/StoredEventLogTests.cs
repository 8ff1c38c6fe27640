using System.Text;
using Fairlead.Features.IotHub;
using Fairlead.Features.IotHub.Messages;
using Fairlead.Storage.Events;
using Fairlead.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Storage.Events;

public sealed class StoredEventLogTests : IDisposable
{
    private readonly StoreDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Azure_68_An_event_comes_back_with_every_field()
    {
        var message = new IotMessage
        {
            Body = Encoding.UTF8.GetBytes("{\"t\":20}"),
            MessageId = "m1",
            CorrelationId = "c1",
            UserId = "u",
            To = "/devices/dev1/messages/events",
            ContentType = "application/json",
            ContentEncoding = "utf-8",
            ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_123),
            CreatedAt = "2026-01-01T00:00:00.000Z",
            Ack = AckRequest.Negative,
            Schema = "s",
            OutputName = "o",
            InterfaceId = "i",
            Subject = "sub",
            Operation = "op",
            DiagnosticId = "d",
            DiagnosticContext = "x",
            Properties = [new("alert", "true"), new("empty", ""), new("absent", null), new("grün", "ü")],
        };
        var item = new TelemetryEvent(new IdentityName("dev1", "mod"), message, 1_700_000_000_000, "{\"scope\":\"device\"}", "gen", "twinChangeEvents");
        await using var store = Open();
        var log = new StoredEventLog(store);
        log.Append([item], null);
        await store.FlushAsync(TestContext.Current.CancellationToken);

        var found = log.Read(log.PartitionOf("dev1"), 0, 10).ShouldHaveSingleItem();
        found.Sequence.ShouldBe(1);
        found.Event.Message.Body.ToArray().ShouldBe(message.Body.ToArray());
        found.Event.Message.Properties.ShouldBe(message.Properties);
        (found.Event with { Message = message }).ShouldBe(item);
        (found.Event.Message with { Body = message.Body, Properties = message.Properties }).ShouldBe(message);
    }

    [Fact]
    public async Task Azure_68_Reading_goes_on_behind_a_number_or_a_time()
    {
        await using var store = Open();
        var log = new StoredEventLog(store);
        var partition = log.PartitionOf("dev1");
        log.Describe(partition).IsEmpty.ShouldBeTrue();
        for (var i = 1; i <= 500; i++)
        {
            var receipt = Receipt.ForOneChange();
            log.Append([Event("dev1", i)], receipt);
            receipt.Release(); // the log has a hold of its own
            (await receipt.Settled).ShouldBeTrue();
        }

        log.Describe(partition).ShouldBe(new EventPartition(1, 500, 500));
        log.Read(partition, 490, 5).Select(item => (item.Sequence, item.Event.EnqueuedAt)).ShouldBe([(491, 491L), (492, 492), (493, 493), (494, 494), (495, 495)]);
        log.Read(partition, 500, 5).ShouldBeEmpty();
        log.FindByTime(partition, 100).ShouldBe(100);
        log.FindByTime(partition, 0).ShouldBe(0);
        log.FindByTime(partition, 500).ShouldBe(500);
        log.Read(partition, log.FindByTime(partition, 250), 1)[0].Event.EnqueuedAt.ShouldBe(251);
    }

    [Fact]
    public async Task A_batch_is_written_in_one_transaction_and_a_watcher_is_told_once_it_is_readable()
    {
        await using var store = Open();
        var log = new StoredEventLog(store);
        var seen = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var partition = log.PartitionOf("dev1");
        using (log.Watch(partition, () => seen.TrySetResult(log.Read(partition, 0, 100).Count)))
        {
            log.Append([Event("dev1", 1), Event("dev1", 2), Event("dev1", 3)], null);
            (await seen.Task).ShouldBe(3);
        }
    }

    private static TelemetryEvent Event(string device, long time) =>
        new(new IdentityName(device, null), new IotMessage { Body = new byte[10] }, time, "{}", "");

    private EventStore Open() => EventStore.Open(
        new EventStoreOptions { Directory = _directory.Path, Durability = Durability.Os, RetentionAge = TimeSpan.FromDays(100_000) },
        TimeProvider.System,
        NullLogger<EventStore>.Instance);
}
