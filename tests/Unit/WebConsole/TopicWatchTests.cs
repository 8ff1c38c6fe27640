using System.Text;
using Fairlead.Broker.Extensions;
using Fairlead.Features.Console.Live;
using Fairlead.Features.Console.Topics;
using Fairlead.Unit.Client;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.WebConsole;

/// <summary>What a page of topics sees, and what bounds it.</summary>
public sealed class TopicWatchTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Each_level_counts_what_is_below_it()
    {
        var watch = Watch("#");
        Offer(watch, "a/b", "1");
        Offer(watch, "a/b", "2");
        Offer(watch, "a/c/d", "3");
        Offer(watch, "a", "4");
        watch.Tree.Count.ShouldBe(3);
        var a = watch.Tree.Find("a")!;
        (a.Own, a.Total, a.Topics).ShouldBe((1, 4, 3));
        watch.Tree.Root.Total.ShouldBe(4);
        Encoding.UTF8.GetString(watch.Tree.Find("a/b")!.Payload!).ShouldBe("2");
        watch.Tree.Find("a/x").ShouldBeNull();
        watch.Tree.Search("C/").Single().Path.ShouldBe("a/c/d");
    }

    [Fact]
    public void A_filter_for_everything_does_not_mean_reserved_topics()
    {
        var watch = Watch("#");
        Offer(watch, "$aws/things/x/shadow/update", "{}");
        watch.Messages.ShouldBe(0);
        watch.Covers("$SYS/x"u8).ShouldBeFalse();
        Watch("$aws/#").Covers("$aws/things/x"u8).ShouldBeTrue();
    }

    [Fact]
    public void More_than_a_thousand_messages_a_second_are_counted_but_not_copied()
    {
        var watch = Watch("#");
        for (int i = 0; i < 1_500; i++) Offer(watch, "busy", "x");
        (watch.Messages, watch.Skipped, watch.Recorded).ShouldBe((1_500, 500, 1_000));
        watch.Tree.Find("busy")!.Own.ShouldBe(1_500);
        _time.Advance(TimeSpan.FromSeconds(1));
        Offer(watch, "busy", "y");
        watch.Recorded.ShouldBe(1_001);
    }

    [Fact]
    public void More_than_twenty_thousand_messages_a_second_are_counted_and_no_more()
    {
        var watch = Watch("#");
        for (int i = 0; i < 25_000; i++) Offer(watch, "flood", "x");
        (watch.Messages, watch.Skipped).ShouldBe((25_000, 24_000));
        watch.Tree.Find("flood")!.Own.ShouldBe(20_000);
        _time.Advance(TimeSpan.FromSeconds(1));
        Offer(watch, "flood", "x");
        watch.Tree.Find("flood")!.Own.ShouldBe(20_001);
    }

    [Fact]
    public void A_window_counts_messages_and_bytes_of_its_own_and_what_no_topic_has_is_told()
    {
        var watch = new TopicWatch("#"u8.ToArray(), _time) { Records = false };
        Offer(watch, "a", "12345");
        Offer(watch, "a", "1");
        var a = watch.Tree.Find("a")!;
        (a.Own, a.Bytes, a.WindowCount, a.WindowBytes).ShouldBe((2, 6, 2, 6));
        watch.Tree.Window++;
        Offer(watch, "a", "123");
        (a.Own, a.Bytes, a.WindowCount, a.WindowBytes).ShouldBe((3, 9, 1, 3));
        watch.Recorded.ShouldBe(0);
        watch.Uncounted.ShouldBe(0);
        for (int i = 0; i < 20_010; i++) Offer(watch, "flood", "x");
        watch.Uncounted.ShouldBe(13);
    }

    [Fact]
    public void What_is_recorded_is_bounded_in_number_and_in_bytes()
    {
        var watch = Watch("#");
        for (int second = 0; second < 6; second++)
        {
            for (int i = 0; i < 1_000; i++) Offer(watch, "many", "x");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        watch.Recorded.ShouldBe(TopicWatch.MostRecorded);
        var large = Watch("#");
        for (int i = 0; i < 200; i++) large.Offer(new Publication { Topic = "large"u8, Payload = new byte[256 * 1024] });
        large.Export().Sum(static message => (long)message.Payload.Length).ShouldBeLessThanOrEqualTo(16 * 1024 * 1024);
        large.Export()[0].Size.ShouldBe(256 * 1024);
    }

    [Fact]
    public void While_paused_nothing_changes_but_what_was_missed()
    {
        var watch = Watch("#");
        Offer(watch, "a", "1");
        watch.Show(new TopicViewInput(null, null, null, Paused: true));
        Offer(watch, "a", "2");
        (watch.Messages, watch.Missed, watch.Recorded).ShouldBe((1, 1, 1));
        watch.Tree.Find("a")!.Own.ShouldBe(1);
    }

    [Fact]
    public void A_topic_that_is_chosen_shows_what_was_recorded_of_it()
    {
        var watch = Watch("#");
        Offer(watch, "a", "1");
        Offer(watch, "b", "2");
        Offer(watch, "a", "3");
        watch.Show(new TopicViewInput(null, "a", null, Paused: false));
        Offer(watch, "a", "4");
        watch.ChosenAfter(0).Select(static message => Encoding.UTF8.GetString(message.Payload)).ShouldBe(["1", "3", "4"]);
        watch.ChosenAfter(3).ShouldHaveSingleItem();
    }

    [Fact]
    public void The_same_refusal_is_counted_and_the_list_is_bounded()
    {
        var log = new RefusedLog(_time);
        for (int i = 0; i < 10_000; i++) log.Add(Refusal("loud"));
        for (int i = 0; i < 600; i++) log.Add(Refusal($"client-{i}"));
        log.Last(1_000).Count.ShouldBe(500);
        log.InLastHour().ShouldBe(10_600);
        log.Add(Refusal("loud"));
        log.Last(1)[0].Count.ShouldBe(1);
        log.Add(Refusal("loud"));
        log.Last(1)[0].Count.ShouldBe(2);
        log.Last(10, "client-599").ShouldHaveSingleItem();
        _time.Advance(TimeSpan.FromMinutes(61));
        log.InLastHour().ShouldBe(0);
    }

    private static Refusal Refusal(string client) => new("publish", client, "certificate x", "x", "127.0.0.1", "iot:Publish", "topic/a", "implicit deny");

    private static void Offer(TopicWatch watch, string topic, string payload) =>
        watch.Offer(new Publication { Topic = Encoding.UTF8.GetBytes(topic), Payload = Encoding.UTF8.GetBytes(payload) });

    private TopicWatch Watch(string filter) => new(Encoding.UTF8.GetBytes(filter), _time);
}
