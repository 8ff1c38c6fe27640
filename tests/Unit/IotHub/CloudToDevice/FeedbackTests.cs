using System.Text.Json;
using Fairlead.Features.IotHub.CloudToDevice;
using Fairlead.Features.IotHub.Messages;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.IotHub.CloudToDevice;

/// <summary>Feedback for senders (spec/azure-gateway 4.5; semantics of line 67).</summary>
public sealed class FeedbackTests
{
    [Fact]
    public async Task Azure_67_Completed_and_rejected_messages_are_told_in_one_message_after_15_seconds()
    {
        await using var stage = MessageStage.Open();
        await EndAsync(stage, "m1", Settlement.Complete);
        stage.Clock.Advance(TimeSpan.FromSeconds(5));
        await EndAsync(stage, "m2", Settlement.Reject);
        stage.Clock.Advance(TimeSpan.FromSeconds(9.9));
        stage.Messages.Feedback.TryLock(out _).ShouldBeFalse();
        stage.Clock.Advance(TimeSpan.FromSeconds(0.1));
        var records = Take(stage, out var token);
        records.Select(static one => (one.GetProperty("originalMessageId").GetString(), one.GetProperty("statusCode").GetString()))
            .ShouldBe([("m1", "Success"), ("m2", "Rejected")]);
        records[0].GetProperty("deviceId").GetString().ShouldBe("dev1");
        records[0].GetProperty("deviceGenerationId").GetString().ShouldBe("generation-of-dev1");
        stage.Messages.Feedback.Settle(token, Settlement.Complete).ShouldBeNull();
        stage.Messages.Feedback.Settle(token, Settlement.Complete)!.Code.ShouldBe(412002);
    }

    [Fact]
    public async Task Azure_67_64_records_are_told_at_once()
    {
        await using var stage = MessageStage.Open();
        var told = 0;
        using var watch = stage.Messages.Feedback.Watch(() => told++);
        for (var i = 0; i < FeedbackQueue.MostInMessage; i++) await EndAsync(stage, $"m{i}", Settlement.Complete);
        stage.Clock.Advance(TimeSpan.Zero);
        told.ShouldBe(1);
        Take(stage, out _).Count.ShouldBe(FeedbackQueue.MostInMessage);
    }

    [Fact]
    public async Task Azure_67_Feedback_survives_a_restart_until_it_is_settled()
    {
        await using var stage = MessageStage.Open();
        await EndAsync(stage, "m1", Settlement.Complete);
        await stage.ReopenAsync();
        stage.Clock.Advance(TimeSpan.FromSeconds(15));
        Take(stage, out var token).Count.ShouldBe(1);
        stage.Messages.Feedback.Settle(token, Settlement.Abandon).ShouldBeNull();
        Take(stage, out token).Count.ShouldBe(1);
        stage.Messages.Feedback.Settle(token, Settlement.Complete).ShouldBeNull();
        await stage.ReopenAsync();
        stage.Clock.Advance(TimeSpan.FromSeconds(15));
        stage.Messages.Feedback.TryLock(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Azure_67_A_lock_on_feedback_ends_after_a_minute_and_feedback_after_an_hour()
    {
        await using var stage = MessageStage.Open();
        await EndAsync(stage, "m1", Settlement.Complete);
        stage.Clock.Advance(TimeSpan.FromSeconds(15));
        Take(stage, out var token);
        stage.Clock.Advance(TimeSpan.FromSeconds(60));
        stage.Messages.Feedback.Settle(token, Settlement.Complete)!.Code.ShouldBe(412002);
        Take(stage, out _);
        stage.Clock.Advance(TimeSpan.FromMinutes(61));
        stage.Messages.Feedback.TryLock(out _).ShouldBeFalse();
        stage.Messages.Counters.FeedbackDropped.ShouldBe(1);
    }

    private static async Task EndAsync(MessageStage stage, string messageId, Settlement settlement)
    {
        await stage.SendAsync(messageId, AckRequest.Full);
        var locked = stage.Lock();
        (await stage.Messages.SettleAsync(MessageStage.Device, locked.LockToken, settlement)).ShouldBeNull();
    }

    private static List<JsonElement> Take(MessageStage stage, out Guid token)
    {
        stage.Messages.Feedback.TryLock(out var message).ShouldBeTrue();
        token = message!.LockToken;
        using var document = JsonDocument.Parse(message.Body);
        return [.. document.RootElement.EnumerateArray().Select(static one => one.Clone())];
    }
}
