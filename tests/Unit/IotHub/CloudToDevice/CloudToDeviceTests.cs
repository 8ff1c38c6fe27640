using System.Text;
using Fairlead.Broker.Extensions;
using Fairlead.Features.IotHub;
using Fairlead.Features.IotHub.CloudToDevice;
using Fairlead.Features.IotHub.Messages;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.IotHub.CloudToDevice;

/// <summary>The life of a cloud-to-device message (spec/azure-gateway 2.6; semantics of lines 47 to 50).</summary>
public sealed class CloudToDeviceTests
{
    [Fact]
    public async Task Azure_47_What_a_device_gets_carries_address_expiry_number_and_no_delivery_yet()
    {
        await using var stage = MessageStage.Open();
        await stage.SendAsync("m1");
        await stage.SendAsync("m2");
        var (first, second) = (stage.Lock(), stage.Lock());
        first.Message.MessageId.ShouldBe("m1");
        first.Message.To.ShouldBe("/devices/dev1/messages/devicebound");
        first.DeliveryCount.ShouldBe(0);
        first.LockToken.ShouldNotBe(Guid.Empty);
        second.Message.MessageId.ShouldBe("m2");
        second.SequenceNumber.ShouldBeGreaterThan(first.SequenceNumber);
        first.ExpiresAt.ShouldBe(stage.Clock.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds());
        Encoding.UTF8.GetString(first.Message.Body.Span).ShouldBe("body of m1");
        stage.SeesNothing().ShouldBeTrue();
        stage.Messages.Count(MessageStage.Device).ShouldBe(2);
    }

    [Fact]
    public async Task Azure_48_Settling_after_the_lock_has_ended_finds_no_lock()
    {
        await using var stage = MessageStage.Open();
        await stage.SendAsync("m1");
        var locked = stage.Lock();
        stage.Clock.Advance(TimeSpan.FromSeconds(61));
        stage.Messages.Settle(MessageStage.Device, locked.LockToken, Settlement.Complete)!.Code.ShouldBe(412002);
        stage.Messages.Settle(MessageStage.Device, Guid.NewGuid(), Settlement.Complete)!.Code.ShouldBe(412002);
        stage.Messages.Settle(new IdentityName("dev2"), locked.LockToken, Settlement.Complete)!.Code.ShouldBe(412002);
        stage.Lock().Message.MessageId.ShouldBe("m1");
    }

    [Fact]
    public async Task Azure_49_The_end_of_a_lock_makes_it_visible_and_counts_no_delivery()
    {
        await using var stage = MessageStage.Open();
        var consumer = new Consumer();
        await stage.SendAsync("m1");
        using var receiver = stage.Messages.Attach(MessageStage.Device, consumer);
        receiver.TryLock(out var before).ShouldBeTrue();
        stage.Clock.Advance(TimeSpan.FromSeconds(59));
        stage.SeesNothing().ShouldBeTrue();
        stage.Clock.Advance(TimeSpan.FromSeconds(2));
        consumer.Told.ShouldBe(1);
        receiver.TryLock(out var after).ShouldBeTrue();
        after!.DeliveryCount.ShouldBe(0);
        after.LockToken.ShouldNotBe(before!.LockToken);
    }

    [Fact]
    public async Task Azure_49_Abandoned_messages_come_back_at_their_place_and_die_after_the_last_delivery()
    {
        await using var stage = MessageStage.Open(static options => options.MaximumDeliveries = 3);
        await stage.SendAsync("m1", AckRequest.Full);
        await stage.SendAsync("m2");
        for (var deliveries = 0; deliveries < 3; deliveries++)
        {
            var locked = stage.Lock();
            locked.Message.MessageId.ShouldBe("m1");
            locked.DeliveryCount.ShouldBe(deliveries);
            stage.Messages.Settle(MessageStage.Device, locked.LockToken, Settlement.Abandon).ShouldBeNull();
        }

        stage.Lock().Message.MessageId.ShouldBe("m2");
        stage.Clock.Advance(TimeSpan.FromSeconds(15));
        FeedbackOf(stage).ShouldContain("\"statusCode\":\"DeliveryCountExceeded\"");
    }

    [Fact]
    public async Task Azure_49_A_receiver_that_goes_gives_back_what_it_holds_uncounted_and_in_order()
    {
        await using var stage = MessageStage.Open();
        await stage.SendAsync("m1");
        await stage.SendAsync("m2");
        var receiver = stage.Messages.Attach(MessageStage.Device, new Consumer());
        receiver.TryLock(out _).ShouldBeTrue();
        receiver.TryLock(out _).ShouldBeTrue();
        receiver.Dispose();
        receiver.TryLock(out _).ShouldBeFalse();
        var (first, second) = (stage.Lock(), stage.Lock());
        (first.Message.MessageId, first.DeliveryCount).ShouldBe(("m1", 0));
        second.Message.MessageId.ShouldBe("m2");
    }

    [Fact]
    public async Task Azure_50_The_51st_message_is_refused()
    {
        await using var stage = MessageStage.Open();
        for (var i = 0; i < 50; i++) await stage.SendAsync($"m{i}");
        stage.Lock();
        (await stage.Messages.EnqueueAsync(MessageStage.Device, MessageStage.Message("one more")))!.Code.ShouldBe(403004);
        (await stage.Messages.EnqueueAsync(new IdentityName("dev2"), MessageStage.Message("another device"))).ShouldBeNull();
        stage.Messages.Counters.Refused.ShouldBe(1);
    }

    [Fact]
    public async Task Azure_50_Unknown_devices_and_large_messages_are_refused()
    {
        await using var stage = MessageStage.Open();
        (await stage.Messages.EnqueueAsync(new IdentityName("nobody"), MessageStage.Message("m")))!.Code.ShouldBe(404001);
        (await stage.Messages.EnqueueAsync(new IdentityName("dev1", "nobody"), MessageStage.Message("m")))!.Code.ShouldBe(404010);
        var large = new IotMessage { Body = new byte[64 * 1024], Properties = [new("k", "v")] };
        (await stage.Messages.EnqueueAsync(MessageStage.Device, large))!.Code.ShouldBe(413001);
        (await stage.Messages.EnqueueAsync(MessageStage.Device, large with { Properties = [] })).ShouldBeNull();
    }

    [Theory]
    [InlineData(AckRequest.None, false)]
    [InlineData(AckRequest.Positive, false)]
    [InlineData(AckRequest.Negative, true)]
    [InlineData(AckRequest.Full, true)]
    internal async Task Azure_50_An_expired_message_is_never_seen_and_told_of_when_asked(AckRequest ack, bool isTold)
    {
        await using var stage = MessageStage.Open();
        await stage.SendAsync("m1", ack, stage.Clock.GetUtcNow().AddMinutes(2));
        stage.Clock.Advance(TimeSpan.FromMinutes(2));
        stage.SeesNothing().ShouldBeTrue();
        stage.Messages.Count(MessageStage.Device).ShouldBe(0);
        stage.Clock.Advance(TimeSpan.FromSeconds(16));
        stage.Messages.Feedback.TryLock(out var feedback).ShouldBe(isTold);
        if (isTold) Encoding.UTF8.GetString(feedback!.Body.Span).ShouldContain("\"statusCode\":\"Expired\"");
    }

    [Fact]
    public async Task Azure_50_Queue_deliveries_and_lives_survive_a_restart()
    {
        await using var stage = MessageStage.Open();
        await stage.SendAsync("m1");
        await stage.SendAsync("m2", AckRequest.Negative, stage.Clock.GetUtcNow().AddMinutes(5));
        await stage.SendAsync("m3");
        var locked = stage.Lock();
        (await stage.Messages.SettleAsync(MessageStage.Device, locked.LockToken, Settlement.Abandon)).ShouldBeNull();
        await stage.ReopenAsync();
        var again = stage.Lock();
        (again.Message.MessageId, again.DeliveryCount, again.SequenceNumber).ShouldBe(("m1", 1, locked.SequenceNumber));
        stage.Clock.Advance(TimeSpan.FromMinutes(5));
        stage.Messages.Count(MessageStage.Device).ShouldBe(2);
        (await stage.Messages.PurgeAsync(MessageStage.Device)).ShouldBe(2);
        await stage.ReopenAsync();
        stage.Messages.Count(MessageStage.Device).ShouldBe(0);
    }

    [Fact]
    public async Task Azure_55_A_second_receiver_takes_over_with_what_the_first_held()
    {
        await using var stage = MessageStage.Open();
        await stage.SendAsync("m1");
        var (older, newer) = (new Consumer(), new Consumer());
        var first = stage.Messages.Attach(MessageStage.Device, older);
        first.TryLock(out var held).ShouldBeTrue();
        using var second = stage.Messages.Attach(MessageStage.Device, newer);
        older.IsReplaced.ShouldBeTrue();
        first.TryLock(out _).ShouldBeFalse();
        first.Settle(held!.LockToken, Settlement.Complete)!.Code.ShouldBe(412002);
        second.TryLock(out var taken).ShouldBeTrue();
        taken!.Message.MessageId.ShouldBe("m1");
        newer.Told.ShouldBe(1);
    }

    [Fact]
    public async Task A_direct_message_goes_to_whoever_receives_now_and_is_kept_nowhere()
    {
        await using var stage = MessageStage.Open();
        DirectResult? ended = null;
        stage.Messages.Offer(MessageStage.Device, MessageStage.Message("d"), TimeSpan.FromSeconds(5), null).ShouldBe(DirectResult.NotConnected);
        var receiver = stage.Messages.Attach(MessageStage.Device, new Consumer());
        stage.Messages.Offer(MessageStage.Device, MessageStage.Message("d1"), TimeSpan.FromSeconds(5), result => ended = result).ShouldBe(DirectResult.Sent);
        receiver.TryLock(out var locked).ShouldBeTrue();
        receiver.Settle(locked!.LockToken, Settlement.Complete).ShouldBeNull();
        ended.ShouldBe(DirectResult.Acknowledged);
        stage.Messages.Offer(MessageStage.Device, MessageStage.Message("d2"), TimeSpan.FromSeconds(5), result => ended = result).ShouldBe(DirectResult.Sent);
        receiver.Dispose();
        ended.ShouldBe(DirectResult.Disconnected);
        stage.Messages.Count(MessageStage.Device).ShouldBe(0);
        await stage.ReopenAsync();
        stage.SeesNothing().ShouldBeTrue();
    }

    private static string FeedbackOf(MessageStage stage)
    {
        stage.Messages.Feedback.TryLock(out var message).ShouldBeTrue();
        return Encoding.UTF8.GetString(message!.Body.Span);
    }

    private sealed class Consumer : ICloudToDeviceConsumer
    {
        public int Told { get; private set; }

        public bool IsReplaced { get; private set; }

        public void OnAvailable() => Told++;

        public void OnReplaced() => IsReplaced = true;
    }
}
