using System.Text;
using Fairlead.Edge.Spool;
using Fairlead.Protocols.Mqtt;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Edge.Spool;

/// <summary>What comes in goes out, in order, once acknowledged never again.</summary>
public sealed class SpoolTests : IDisposable
{
    private readonly SpoolStage _stage = new();

    public void Dispose() => _stage.Dispose();

    [Fact]
    public async Task Edge_22_Ten_thousand_messages_come_out_complete_and_ascending_after_a_restart()
    {
        await using (var spool = _stage.Open()) await _stage.AppendAsync(spool, 1, 10_000);
        (await _stage.ReopenAndDrainAsync()).ShouldBe(Enumerable.Range(1, 10_000));
        (await _stage.ReopenAndDrainAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Edge_22_Order_of_arrival_holds_over_all_classes()
    {
        await using var spool = _stage.Open();
        var classes = Enum.GetValues<MessageClass>();
        for (var number = 1; number <= 5_000; number++) _ = spool.Append(_stage.Entry(number, classes[number * 7 % 4]));
        (await SpoolStage.DrainAsync(spool.Open("hub"), 5_000)).ShouldBe(Enumerable.Range(1, 5_000));
    }

    [Fact]
    public async Task Edge_21_A_record_is_removed_only_after_its_acknowledgment()
    {
        await using (var spool = _stage.Open())
        {
            await _stage.AppendAsync(spool, 1, 10);
            var taken = await SpoolStage.TakeAsync(spool.Open("hub"), 10);
            foreach (var message in taken.Where(message => SpoolStage.NumberOf(message) % 2 == 0)) spool.Open("hub").Acknowledge(message);
            await spool.FlushAsync(TestContext.Current.CancellationToken);
            spool.Statistics.Messages.ShouldBe(5);
        }

        (await _stage.ReopenAndDrainAsync()).ShouldBe([1, 3, 5, 7, 9]);
    }

    [Fact]
    public async Task Edge_21_All_parts_of_a_message_come_back()
    {
        var entry = new SpoolEntry
        {
            ArrivedAt = 1_234_567_890_123,
            Class = MessageClass.Event,
            QoS = QualityOfService.AtMostOnce,
            LocalTopic = "e/größe",
            RemoteTopic = null,
            Payload = new byte[] { 0, 255, 10 },
            ExpiresAt = _stage.Now + 60_000,
            ContentType = "application/json",
        };
        var empty = new SpoolEntry { ArrivedAt = 7, Class = MessageClass.Response, QoS = QualityOfService.AtLeastOnce, LocalTopic = "r", RemoteTopic = "", Payload = default, ContentType = "" };
        await using (var spool = _stage.Open())
        {
            (await spool.Append(entry).WaitAsync(TestContext.Current.CancellationToken)).ShouldBe(SpoolOutcome.Stored);
            (await spool.Append(empty).WaitAsync(TestContext.Current.CancellationToken)).ShouldBe(SpoolOutcome.Stored);
            Check(await SpoolStage.TakeAsync(spool.Open("hub"), 2)); // without the way over the disk
        }

        await using var again = _stage.Open();
        Check(await SpoolStage.TakeAsync(again.Open("hub"), 2));

        void Check(List<SpooledMessage> taken)
        {
            var first = taken[0];
            (first.ArrivedAt, first.Class, first.QoS, first.LocalTopic, first.RemoteTopic, first.ExpiresAt, first.ContentType, first.Attempts)
                .ShouldBe((entry.ArrivedAt, entry.Class, entry.QoS, entry.LocalTopic, null, entry.ExpiresAt, entry.ContentType, 1));
            first.Payload.ToArray().ShouldBe(entry.Payload.ToArray());
            (taken[1].RemoteTopic, taken[1].ContentType, taken[1].Payload.Length, taken[1].ArrivedAt).ShouldBe(("", "", 0, 7));
        }
    }

    [Fact]
    public async Task Edge_23_Messages_wait_for_a_link_that_was_never_up()
    {
        for (var run = 0; run < 3; run++)
        {
            await using var spool = _stage.Open();
            await _stage.AppendAsync(spool, (run * 100) + 1, (run * 100) + 100);
        }

        (await _stage.ReopenAndDrainAsync()).ShouldBe(Enumerable.Range(1, 300));
    }

    [Fact]
    public async Task Edge_20_What_was_under_way_is_taken_again_first_in_its_order_and_marked()
    {
        await using var spool = _stage.Open();
        var cursor = spool.Open("hub");
        await _stage.AppendAsync(spool, 1, 20);
        var taken = await SpoolStage.TakeAsync(cursor, 10);
        cursor.Acknowledge(taken[3]);
        cursor.InFlight.ShouldBe(9);
        cursor.Rewind(lost: true).ShouldBeNull();
        cursor.InFlight.ShouldBe(0);
        var again = await SpoolStage.TakeAsync(cursor, 19);
        again.Select(SpoolStage.NumberOf).ShouldBe([1, 2, 3, 5, 6, 7, 8, 9, 10, .. Enumerable.Range(11, 10)]);
        again.Select(message => message.Attempts).ShouldBe([.. Enumerable.Repeat(2, 9), .. Enumerable.Repeat(1, 10)]);
        cursor.Rewind(lost: false).ShouldBeNull();
        (await SpoolStage.TakeAsync(cursor, 1))[0].Attempts.ShouldBe(3);
    }

    [Fact]
    public async Task Edge_22_A_cursor_knows_that_more_is_on_the_disk_while_it_has_nothing_to_give()
    {
        await using (var spool = _stage.Open()) await _stage.AppendAsync(spool, 1, 3_000);
        await using var again = _stage.Open();
        var cursor = again.Open("hub");
        for (var left = 3_000; left > 0; left--)
        {
            cursor.HasMore.ShouldBeTrue();
            cursor.Acknowledge((await SpoolStage.TakeAsync(cursor, 1))[0]);
        }

        cursor.HasMore.ShouldBeFalse();
    }

    [Fact]
    public async Task Edge_20_A_late_acknowledgment_after_a_loss_counts()
    {
        await using var spool = _stage.Open();
        var cursor = spool.Open("hub");
        await _stage.AppendAsync(spool, 1, 3);
        var taken = await SpoolStage.TakeAsync(cursor, 2);
        cursor.Rewind(lost: true);
        cursor.Acknowledge(taken[0]);
        (await SpoolStage.TakeAsync(cursor, 2)).Select(SpoolStage.NumberOf).ShouldBe([2, 3]);
        cursor.Acknowledge(taken[0]); // said before
        await spool.FlushAsync(TestContext.Current.CancellationToken);
        spool.Statistics.Messages.ShouldBe(2);
    }

    [Fact]
    public async Task Edge_20_What_the_local_broker_sends_again_is_recognised_also_after_a_restart()
    {
        await using (var spool = _stage.Open())
        {
            for (ushort id = 1; id <= 5; id++) (await spool.Append(Delivery(id, isRepeat: false)).WaitAsync(TestContext.Current.CancellationToken)).ShouldBe(SpoolOutcome.Stored);
            (await spool.Append(Delivery(5, isRepeat: true)).WaitAsync(TestContext.Current.CancellationToken)).ShouldBe(SpoolOutcome.Duplicate);
            spool.Statistics.Duplicates.ShouldBe(1);
        }

        await using var again = _stage.Open();
        (await again.Append(Delivery(4, isRepeat: true)).WaitAsync(TestContext.Current.CancellationToken)).ShouldBe(SpoolOutcome.Duplicate);
        (await again.Append(Delivery(4, isRepeat: false)).WaitAsync(TestContext.Current.CancellationToken)).ShouldBe(SpoolOutcome.Stored);
        (await again.Append(Delivery(3, isRepeat: true, payload: "other")).WaitAsync(TestContext.Current.CancellationToken)).ShouldBe(SpoolOutcome.Stored);
        for (ushort id = 100; id < 164; id++) _ = again.Append(Delivery(id, isRepeat: false));
        (await again.Append(Delivery(5, isRepeat: true)).WaitAsync(TestContext.Current.CancellationToken)).ShouldBe(SpoolOutcome.Stored, "it is more than 64 messages ago");
        again.ForgetDeliveries();
        (await again.Append(Delivery(163, isRepeat: true)).WaitAsync(TestContext.Current.CancellationToken)).ShouldBe(SpoolOutcome.Stored, "the session is new");

        SpoolEntry Delivery(ushort id, bool isRepeat, string payload = "same") => new()
        {
            ArrivedAt = 1,
            Class = MessageClass.Event,
            QoS = QualityOfService.AtLeastOnce,
            LocalTopic = "e",
            Payload = Encoding.UTF8.GetBytes(payload),
            PacketId = id,
            IsRepeat = isRepeat,
        };
    }

    [Fact]
    public async Task Edge_24_QoS_0_is_kept_dropped_or_raised_as_set()
    {
        await using var spool = _stage.Open();
        var cursor = spool.Open("hub");
        await spool.Append(_stage.Entry(1, qos: QualityOfService.AtMostOnce)).WaitAsync(TestContext.Current.CancellationToken);
        spool.Update(new SpoolLimits { UpgradeQosZero = true });
        await spool.Append(_stage.Entry(2, qos: QualityOfService.AtMostOnce)).WaitAsync(TestContext.Current.CancellationToken);
        spool.Update(new SpoolLimits { KeepQosZero = false });
        (await spool.Append(_stage.Entry(3, qos: QualityOfService.AtMostOnce)).WaitAsync(TestContext.Current.CancellationToken)).ShouldBe(SpoolOutcome.Dropped);
        await spool.Append(_stage.Entry(4, qos: QualityOfService.ExactlyOnce)).WaitAsync(TestContext.Current.CancellationToken);
        (await SpoolStage.TakeAsync(cursor, 3)).Select(message => (SpoolStage.NumberOf(message), (int)message.QoS)).ShouldBe([(1, 0), (2, 1), (4, 1)]);
        spool.Statistics.Dropped[MessageClass.Telemetry, DropReason.QosZero].ShouldBe(1);
    }

    [Fact]
    public async Task Sequences_are_never_given_twice_even_when_the_spool_was_empty()
    {
        long last;
        await using (var spool = _stage.Open())
        {
            await _stage.AppendAsync(spool, 1, 10);
            var taken = await SpoolStage.TakeAsync(spool.Open("hub"), 10);
            foreach (var message in taken) spool.Open("hub").Acknowledge(message);
            last = taken[^1].Sequence;
        }

        await using var again = _stage.Open();
        await _stage.AppendAsync(again, 11, 11);
        (await SpoolStage.TakeAsync(again.Open("hub"), 1))[0].Sequence.ShouldBeGreaterThan(last);
    }

    [Fact]
    public async Task A_second_spool_over_the_same_directory_is_refused_with_the_cause()
    {
        await using var spool = _stage.Open();
        Should.Throw<IOException>(() => _stage.Open()).Message.ShouldContain("in use by another process");
    }
}
