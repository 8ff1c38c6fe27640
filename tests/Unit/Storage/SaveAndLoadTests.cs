using System.Text;
using Fairlead.Broker.Durability;
using Fairlead.Protocols.Mqtt;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Storage;

public sealed class SaveAndLoadTests : IDisposable
{
    private readonly StoreDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_new_directory_is_empty()
    {
        var state = await _directory.ReadAsync();

        state.Sessions.ShouldBeEmpty();
        state.Retained.ShouldBeEmpty();
        state.LastId.ShouldBe(0);
    }

    [Fact]
    public async Task A_session_keeps_every_field()
    {
        var session = new SessionRecord(7, "Sensor ü", ProtocolVersion.V311, 0xFFFFFFFF, 1234567890123, 42, "cert:abc");
        await RunAsync(store =>
        {
            store.SaveSession(session with { Epoch = 41 });
            store.SaveSession(session);
            store.SaveSession(Changes.Session(8));
            store.RemoveSession(8);
            store.SaveSession(Changes.Session(9) with { Principal = "" });
        });

        var state = await _directory.ReadAsync();
        state.Sessions.Select(stored => stored.Record).ShouldBe([session, Changes.Session(9) with { Principal = "" }]);
        state.LastId.ShouldBe(9);
    }

    [Fact]
    public async Task Subscriptions_are_kept_by_session_and_filter()
    {
        var kept = new SubscriptionRecord("$share/g/a/+", QualityOfService.ExactlyOnce, true, true, RetainHandling.DoNotSend, 268_435_455);
        await RunAsync(store =>
        {
            store.SaveSession(Changes.Session(1));
            store.Save(1, kept with { QoS = QualityOfService.AtMostOnce, Identifier = 0 });
            store.Save(1, kept);
            store.Save(1, kept with { Filter = "gone" });
            store.Unsubscribe(1, "gone");
        });

        (await _directory.ReadAsync()).Sessions[0].Subscriptions.ShouldHaveSingleItem().ShouldBe(kept);
    }

    [Fact]
    public async Task Retained_messages_are_kept_by_topic()
    {
        await RunAsync(store =>
        {
            store.Retain(Changes.Message("a", "old"));
            store.Retain(Changes.Message("a", "new", QualityOfService.ExactlyOnce, retain: true, expiresAt: 99, properties: [1, 1]));
            store.Retain(Changes.Message("b"));
            store.Unretain("b");
        });

        var message = (await _directory.ReadAsync()).Retained.ShouldHaveSingleItem();
        message.TopicString.ShouldBe("a");
        Encoding.UTF8.GetString(message.Payload).ShouldBe("new");
        message.Properties.ToArray().ShouldBe([1, 1]);
        message.QoS.ShouldBe(QualityOfService.ExactlyOnce);
        message.Retain.ShouldBeTrue();
        message.CreatedAt.ShouldBe(1_700_000_000_000);
        message.ExpiresAt.ShouldBe(99);
    }

    [Fact]
    public async Task Wills_are_kept_with_their_session()
    {
        await RunAsync(store =>
        {
            store.SaveSession(Changes.Session(1));
            store.SaveSession(Changes.Session(2));
            store.Save(1, new WillRecord(Changes.Message("will"), 30, 0));
            store.Save(1, new WillRecord(Changes.Message("will", "bye"), 30, 777));
            store.Save(2, new WillRecord(Changes.Message("will"), 30, 0));
            store.RemoveWill(2);
        });

        var sessions = (await _directory.ReadAsync()).Sessions;
        var will = sessions[0].Will.ShouldNotBeNull();
        (will.DelayInterval, will.DueAt).ShouldBe((30u, 777L));
        Encoding.UTF8.GetString(will.Message.Payload).ShouldBe("bye");
        sessions[1].Will.ShouldBeNull();
    }

    [Fact]
    public async Task A_queue_comes_back_in_order_with_the_state_of_each_delivery()
    {
        var shared = Changes.Message(payload: "shared");
        var first = Changes.Entry(10, shared, QualityOfService.ExactlyOnce);
        var second = new QueuedMessage(11, shared, QualityOfService.AtLeastOnce, retain: true, [1, 300_000], Persistence.Pending) { ShareFilter = "$share/ü/a" };
        var third = Changes.Entry(12, qos: QualityOfService.ExactlyOnce);
        var settled = Changes.Entry(13);
        await RunAsync(store =>
        {
            store.SaveSession(Changes.Session(1));
            store.SaveSession(Changes.Session(2));
            store.Queue(1, third);
            store.Queue(1, first);
            store.Queue(2, second);
            store.Queue(1, settled);
            store.Assign(1, first, 65535);
            store.ReleaseEntry(1, first);
            store.Settle(1, settled);
        });

        var sessions = (await _directory.ReadAsync()).Sessions;
        sessions[0].Queue.Select(entry => entry.Id).ShouldBe([10, 12]);
        var inFlight = sessions[0].Queue[0];
        (inFlight.PacketId, inFlight.Released, inFlight.SentBefore, inFlight.QoS).ShouldBe(((ushort)65535, true, true, QualityOfService.ExactlyOnce));
        inFlight.Persistence.ShouldBe(Persistence.Written);
        var waiting = sessions[0].Queue[1];
        (waiting.PacketId, waiting.Released, waiting.SentBefore).ShouldBe(((ushort)0, false, false));
        var other = sessions[1].Queue.ShouldHaveSingleItem();
        other.SubscriptionIdentifiers.ShouldBe([1u, 300_000u]);
        other.Retain.ShouldBeTrue();
        other.ShareFilter.ShouldBe("$share/ü/a");
        waiting.ShareFilter.ShouldBeNull();
        other.Message.ShouldBeSameAs(inFlight.Message);
    }

    [Fact]
    public async Task Inbound_identifiers_are_kept_until_they_are_released()
    {
        await RunAsync(store =>
        {
            store.SaveSession(Changes.Session(1));
            store.Receive(1, 5);
            store.Receive(1, 6);
            store.Receive(1, 65535);
            store.ReleaseInbound(1, 6);
        });

        (await _directory.ReadAsync()).Sessions[0].InboundPacketIds.ShouldBe([(ushort)5, (ushort)65535], ignoreOrder: true);
    }

    [Fact]
    public async Task A_removed_session_takes_everything_along()
    {
        var late = Changes.Entry(4);
        await RunAsync(store =>
        {
            store.SaveSession(Changes.Session(1));
            store.Save(1, new SubscriptionRecord("a", QualityOfService.AtLeastOnce, false, false, RetainHandling.SendAtSubscribe, 0));
            store.Save(1, new WillRecord(Changes.Message(), 1, 1));
            store.Queue(1, Changes.Entry(2));
            store.Receive(1, 3);
            store.RemoveSession(1);
            store.Queue(1, late);
            store.Save(1, new WillRecord(Changes.Message(), 1, 1));
        });

        var state = await _directory.ReadAsync();
        state.Sessions.ShouldBeEmpty();
        state.LastId.ShouldBe(4);
        late.Persistence.ShouldBe(Persistence.Written);
    }

    [Fact]
    public async Task Numbers_are_not_given_twice_after_everything_went()
    {
        await RunAsync(store =>
        {
            store.SaveSession(Changes.Session(1));
            var entry = Changes.Entry(500);
            store.Queue(1, entry);
            store.Settle(1, entry);
            store.RemoveSession(1);
        });

        (await _directory.ReadAsync()).LastId.ShouldBe(500);
        (await _directory.ReadAsync()).LastId.ShouldBe(500);
    }

    private async Task RunAsync(Action<IBrokerStore> changes)
    {
        await using var store = _directory.Open();
        store.Load();
        changes(store);
        await store.FlushAsync(TestContext.Current.CancellationToken);
    }
}
