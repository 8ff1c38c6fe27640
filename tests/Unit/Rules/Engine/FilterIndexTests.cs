using System.Text;
using Fairlead.Features.Rules.Engine;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Rules.Engine;

/// <summary>Which rules a topic is for (spec/aws-rules, section 2.6).</summary>
public sealed class FilterIndexTests
{
    [Theory]
    [InlineData("m/#", "m", true)]
    [InlineData("m/#", "m/a/b", true)]
    [InlineData("m/#", "n", false)]
    [InlineData("m/+", "m/a", true)]
    [InlineData("m/+", "m", false)]
    [InlineData("m/+", "m/a/b", false)]
    [InlineData("m/+/t", "m//t", true)]
    [InlineData("/last/will/topic", "/last/will/topic", true)]
    [InlineData("/last/will/topic", "last/will/topic", false)]
    [InlineData("A/b", "a/b", false)]
    [InlineData("#", "a", true)]
    [InlineData("#", "$aws/events/x", false)]
    [InlineData("+/events/x", "$aws/events/x", false)]
    [InlineData("$aws/events/+", "$aws/events/x", true)]
    [InlineData("$aws/#", "$aws/events/x", true)]
    [InlineData("topic/*", "topic/*", true)]
    [InlineData("topic/*", "topic/a", false)]
    public void Filters_match_topics_as_MQTT_says_with_the_parent_of_a_hash(string filter, string topic, bool matches)
    {
        var index = new FilterIndex<string>([(filter, "rule")]);
        Match(index, topic).ShouldBe(matches ? ["rule"] : []);
        index.Matches(Encoding.UTF8.GetBytes(topic)).ShouldBe(matches);
    }

    [Fact]
    public void Each_rule_is_found_once_whatever_its_filter_shares_with_others()
    {
        var index = new FilterIndex<string>([("a/b", "1"), ("a/+", "2"), ("a/#", "3"), ("#", "4"), ("a/b", "5"), ("a/c", "6"), (null, "7")]);
        Match(index, "a/b").Order().ShouldBe(["1", "2", "3", "4", "5"]);
        Match(index, "a").Order().ShouldBe(["3", "4"]);
    }

    [Fact]
    public void Without_filters_it_is_empty()
    {
        new FilterIndex<string>([(null, "1")]).IsEmpty.ShouldBeTrue();
        new FilterIndex<string>([("a", "1")]).IsEmpty.ShouldBeFalse();
    }

    [Fact]
    public void A_topic_that_no_rule_is_about_costs_no_allocation()
    {
        var index = new FilterIndex<string>([.. Enumerable.Range(0, 1000).Select(static i => ((string?)$"plant/+/machine{i}", "rule"))]);
        var topic = "bench/star/0001"u8.ToArray();
        index.Matches(topic).ShouldBeFalse();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) index.Matches(topic);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static List<string> Match(FilterIndex<string> index, string topic)
    {
        List<string>? found = null;
        index.Match(Encoding.UTF8.GetBytes(topic), ref found);
        return found ?? [];
    }
}
