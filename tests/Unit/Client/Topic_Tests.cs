using System.Text;
using Fairlead.Verbs;
using Fairlead.Verbs.Edge;
using Fairlead.Verbs.Load;
using Fairlead.Verbs.Topics;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Client;

/// <summary>Parts of the verbs about topics, benches and the enrollment of connectors.</summary>
public sealed class Topic_Tests
{
    [Theory]
    [InlineData("""{"temp":21,"on":true}""", """{"temp":22,"on":true}""", "json", "temp: 21 -> 22")]
    [InlineData("""{"a":{"b":1,"c":2}}""", """{"a":{"b":1},"d":[1]}""", "json", "d[0]: (new) -> 1", "a.c: 2 -> (gone)")]
    [InlineData("""{"list":[1,2,3]}""", """{"list":[1,5,3]}""", "json", "list[1]: 2 -> 5")]
    [InlineData("""{"a.b":1}""", """{"a.b":2}""", "json", "a\\.b: 1 -> 2")]
    [InlineData("""{"a":"x"}""", """{ "a" : "x" }""", "json")]
    [InlineData("""{"a":{}}""", """{"a":null}""", "json", "a: {} -> null")]
    [InlineData("21", "22", "json", "21 -> 22")]
    [InlineData("on", "off", "text", "\"on\" -> \"off\"")]
    [InlineData("on", "on", "text")]
    public void What_changed_is_told_by_fields_of_JSON_and_else_as_text(string before, string after, string kind, params string[] changes)
    {
        var difference = PayloadDifference.Of(Encoding.UTF8.GetBytes(before), Encoding.UTF8.GetBytes(after));
        difference.Kind.ShouldBe(kind);
        difference.Changes.Select(static change => change.Shown).ShouldBe(changes);
    }

    [Fact]
    public void Bytes_are_told_from_where_they_differ()
    {
        var difference = PayloadDifference.Of([1, 2, 0, 4], [1, 2, 0, 5, 6]);
        (difference.Kind, difference.Changes.Single().Shown).ShouldBe(("binary", "from byte 3: \"4 bytes\" -> \"5 bytes\""));
        PayloadDifference.Of([0, 1], [0, 1]).Changes.ShouldBeEmpty();
        PayloadDifference.Of([.. Encoding.UTF8.GetBytes(new string('a', 500))], "b"u8.ToArray()).Changes.Single().Shown.Length.ShouldBeLessThan(200);
    }

    [Fact]
    public async Task A_pace_lets_no_more_through_than_it_says()
    {
        var time = new ManualTimeProvider();
        var pace = BenchPace.Of(10, time);
        await pace.WaitAsync(TestContext.Current.CancellationToken);
        var second = pace.WaitAsync(TestContext.Current.CancellationToken).AsTask();
        (await time.WhenTimerAsync(static _ => true)).ShouldBe(TimeSpan.FromMilliseconds(100));
        second.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromMilliseconds(100));
        await second;
        time.Advance(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 10; i++) await pace.WaitAsync(TestContext.Current.CancellationToken);
        await BenchPace.Of(null, time).WaitAsync(TestContext.Current.CancellationToken);
        Should.Throw<VerbException>(() => BenchPace.Of(0, time)).ExitCode.ShouldBe(ExitCode.Usage);
    }

    [Fact]
    public void The_policy_of_a_connector_allows_its_device_and_those_below_and_no_other()
    {
        string document = EdgePolicy.Document("site1", "plant:site1", "t1", "arn:aws:iot:us-east-1:1:");
        document.ShouldContain("\"arn:aws:iot:us-east-1:1:topic/event/t1/plant:site1\"");
        document.ShouldContain("\"arn:aws:iot:us-east-1:1:topic/event/t1/plant:site1:*\"");
        document.ShouldContain("\"arn:aws:iot:us-east-1:1:topic/command//plant:site1/res/*\"");
        document.ShouldContain("\"arn:aws:iot:us-east-1:1:topic/$aws/things/site1/shadow/*\"");
        document.ShouldNotContain("\"arn:aws:iot:us-east-1:1:topic/event/t1/*\"");
        EdgePolicy.NameOf("site1").ShouldBe("site1-edge");
    }
}
