using Fairlead.Features.Notifications;
using Fairlead.Features.Notifications.Delivery;
using Fairlead.Features.Notifications.Topics;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Notifications;

/// <summary>Deliveries: kept, tried again, bounded.</summary>
public sealed class DeliveryTests
{
    [Fact]
    public async Task A_published_message_reaches_every_subscription_and_leaves_nothing_behind()
    {
        await using var stage = new NotificationStage();
        stage.Start();
        await stage.SubscribeAsync("t", 3);
        await stage.Publisher.PublishAsync(new Publication("t", "hello"));
        await NotificationStage.UntilAsync(() => stage.Counters.Ended(Protocol.Http, DeliveryEnd.Delivered) == 3);
        stage.Counters.Pending().ShouldBe(0);
        stage.Counters.PendingBytes().ShouldBe(0);
        stage.Tried.ShouldBe(["hello", "hello", "hello"]);
    }

    [Fact]
    public async Task Sns_38_a_failing_delivery_is_tried_four_times_and_given_up()
    {
        await using var stage = new NotificationStage { Answer = static (_, _) => Task.FromResult(DeliveryOutcome.Transient("500")) };
        stage.Start();
        await stage.SubscribeAsync("t", 1);
        await stage.Publisher.PublishAsync(new Publication("t", "x"));
        await NotificationStage.UntilAsync(() => stage.Counters.Ended(Protocol.Http, DeliveryEnd.Failed) == 1);
        stage.Tried.Count.ShouldBe(4);
        stage.Counters.Retries(Protocol.Http).ShouldBe(3);
        stage.Counters.Pending().ShouldBe(0);
    }

    [Fact]
    public async Task What_the_receiver_refuses_is_tried_once()
    {
        await using var stage = new NotificationStage { Answer = static (_, _) => Task.FromResult(DeliveryOutcome.Refused("550")) };
        stage.Start();
        await stage.SubscribeAsync("t", 1);
        await stage.Publisher.PublishAsync(new Publication("t", "x"));
        await NotificationStage.UntilAsync(() => stage.Counters.Ended(Protocol.Http, DeliveryEnd.Refused) == 1);
        stage.Tried.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_was_promised_is_delivered_after_a_crash()
    {
        await using var stage = new NotificationStage();
        await stage.SubscribeAsync("t", 2);
        // Nothing is tried: the queue of this run was never started.
        lock (stage.Context.Documents.Gate)
        {
            stage.Tables.Of("t").Count().ShouldBe(2);
        }

        await stage.Publisher.PublishAsync(new Publication("t", "kept") { Subject = "s", Attributes = [new("a", "String", "b")] });
        await stage.CrashAsync();
        stage.Start();
        await NotificationStage.UntilAsync(() => stage.Counters.Ended(Protocol.Http, DeliveryEnd.Delivered) == 2);
        stage.Tried.ShouldContain("kept");
        await stage.CrashAsync();
        stage.Start();
        stage.Counters.Pending().ShouldBe(0);
    }

    [Fact]
    public async Task Over_the_bound_the_oldest_is_dropped_and_counted()
    {
        var never = new TaskCompletionSource<DeliveryOutcome>();
        await using var stage = new NotificationStage(new NotificationOptions { MostPending = 2 }) { Answer = (_, cancelled) => never.Task.WaitAsync(cancelled) };
        stage.Start();
        await stage.SubscribeAsync("t", 1);
        foreach (var text in (string[])["one", "two", "three"]) await stage.Publisher.PublishAsync(new Publication("t", text));
        stage.Counters.Ended(Protocol.Http, DeliveryEnd.Dropped).ShouldBe(1);
        stage.Counters.Pending().ShouldBe(2);
        never.SetResult(DeliveryOutcome.Delivered);
        await NotificationStage.UntilAsync(() => stage.Counters.Ended(Protocol.Http, DeliveryEnd.Delivered) == 2);
    }

    [Fact]
    public async Task One_subscription_costs_the_others_nothing()
    {
        await using var stage = new NotificationStage(new NotificationOptions { MostPendingPerSubscription = 1 })
        {
            Answer = static async (_, cancelled) => await new TaskCompletionSource<DeliveryOutcome>().Task.WaitAsync(cancelled),
        };
        stage.Start();
        await stage.SubscribeAsync("dead", 1);
        await stage.SubscribeAsync("alive", 1);
        await stage.Publisher.PublishAsync(new Publication("alive", "kept"));
        foreach (var text in (string[])["one", "two", "three"]) await stage.Publisher.PublishAsync(new Publication("dead", text));
        stage.Counters.Ended(Protocol.Http, DeliveryEnd.Dropped).ShouldBe(2);
        stage.Counters.Pending().ShouldBe(2);
    }

    [Theory]
    [InlineData(262_144, true)]
    [InlineData(262_145, false)]
    public async Task Sns_37_messages_have_a_longest_length(int length, bool fits)
    {
        await using var stage = new NotificationStage();
        stage.Start();
        await stage.SubscribeAsync("t", 0);
        var publication = new Publication("t", new string('x', length));
        if (fits) (await stage.Publisher.PublishAsync(publication)).ShouldNotBeNullOrEmpty();
        else (await Should.ThrowAsync<NotificationException>(() => stage.Publisher.PublishAsync(publication))).Message.ShouldBe("Invalid parameter: Message too long");
    }

    [Theory]
    [InlineData("bad name", "String", "x")]
    [InlineData("a", "Text", "x")]
    [InlineData("a", "Number", "x")]
    [InlineData("a", "String.Array", "{}")]
    [InlineData("a", "Binary", "???")]
    [InlineData("a", "String", "")]
    public async Task Attributes_that_are_none_are_refused(string name, string type, string value)
    {
        await using var stage = new NotificationStage();
        stage.Start();
        await stage.SubscribeAsync("t", 1);
        await Should.ThrowAsync<NotificationException>(() => stage.Publisher.PublishAsync(new Publication("t", "x") { Attributes = [new(name, type, value)] }));
        stage.Counters.Pending().ShouldBe(0);
    }
}
