using System.Text;
using Fairlead.Protocols.Mqtt;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Protocols;

public sealed class TopicFilter_Tests
{
    [Theory]
    [InlineData("a")]
    [InlineData("/")]
    [InlineData("#")]
    [InlineData("+")]
    [InlineData("a/+/b/#")]
    [InlineData("+/+")]
    [InlineData("//")]
    [InlineData("/#")]
    [InlineData("$SYS/#")]
    [InlineData("$share")]
    [InlineData("$shared/a")]
    [InlineData("$share/g/a")]
    [InlineData("$share/g/#")]
    [InlineData("$share/g//")]
    [InlineData("漢/+")]
    public void A_filter_is_valid(string filter)
    {
        TopicFilter.IsValid(filter).ShouldBeTrue();
        TopicFilter.IsValid(Encoding.UTF8.GetBytes(filter)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a#")]
    [InlineData("#a")]
    [InlineData("#/a")]
    [InlineData("a/#/b")]
    [InlineData("a+")]
    [InlineData("+a")]
    [InlineData("a/b+/c")]
    [InlineData("++")]
    [InlineData("##")]
    [InlineData("a\0b")]
    [InlineData("$share/")]
    [InlineData("$share/g")]
    [InlineData("$share/g/")]
    [InlineData("$share//a")]
    [InlineData("$share/g+/a")]
    [InlineData("$share/#/a")]
    [InlineData("$share/g/a#")]
    public void A_filter_is_not_valid(string filter)
    {
        TopicFilter.IsValid(filter).ShouldBeFalse();
        TopicFilter.IsValid(Encoding.UTF8.GetBytes(filter)).ShouldBeFalse();
    }

    [Fact]
    public void Bytes_that_are_no_text_and_lone_surrogates_are_no_filter()
    {
        TopicFilter.IsValid([(byte)'a', 0xFF]).ShouldBeFalse();
        TopicFilter.IsValid("a\uD800").ShouldBeFalse();
        TopicFilter.IsValid("\uDC00b").ShouldBeFalse();
        TopicFilter.IsValid("\uD83D\uDE00").ShouldBeTrue();
    }

    [Theory]
    [InlineData(65_535, true)]
    [InlineData(65_536, false)]
    public void A_filter_has_at_most_65535_bytes(int length, bool valid) // [MQTT-4.7.3-3]
    {
        TopicFilter.IsValid(new string('a', length)).ShouldBe(valid);
        TopicFilter.IsValid(Encoding.UTF8.GetBytes(new string('a', length))).ShouldBe(valid);
        TopicName.IsValid(new string('a', length)).ShouldBe(valid);
        TopicName.IsValid(Encoding.UTF8.GetBytes(new string('a', length))).ShouldBe(valid);
    }

    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a", "b", false)]
    [InlineData("a", "a/", false)]
    [InlineData("a/", "a", false)]
    [InlineData("a", "A", false)]
    [InlineData("#", "a", true)]
    [InlineData("#", "/", true)]
    [InlineData("#", "a/b/c", true)]
    [InlineData("+", "a", true)]
    [InlineData("+", "/a", false)]
    [InlineData("+/+", "/a", true)]
    [InlineData("/+", "/a", true)]
    [InlineData("a/#", "a", true)]
    [InlineData("a/#", "a/", true)]
    [InlineData("a/#", "ab", false)]
    [InlineData("a/#", "a/b/c", true)]
    [InlineData("a/b/#", "a", false)]
    [InlineData("a/+/#", "a", false)]
    [InlineData("a/+/#", "a/b", true)]
    [InlineData("+/#", "a", true)]
    [InlineData("a/+", "a", false)]
    [InlineData("a/+", "a/", true)]
    [InlineData("a/+", "a/b/c", false)]
    [InlineData("a/+/c", "a/b/c", true)]
    [InlineData("a/+/c", "a//c", true)]
    [InlineData("a/+/c", "a/b/d", false)]
    [InlineData("a/b", "a/bc", false)]
    [InlineData("a/bc", "a/b", false)]
    [InlineData("#", "$SYS/a", false)]
    [InlineData("+/a", "$SYS/a", false)]
    [InlineData("+", "$SYS", false)]
    [InlineData("$SYS/#", "$SYS/a", true)]
    [InlineData("$SYS/+", "$SYS/a", true)]
    [InlineData("a/#", "a/$b", true)]
    [InlineData("ß/+/漢", "ß/😀/漢", true)]
    public void A_filter_matches_a_topic(string filter, string topic, bool matches) =>
        TopicFilter.Matches(Encoding.UTF8.GetBytes(filter), Encoding.UTF8.GetBytes(topic)).ShouldBe(matches);

    [Fact]
    public void Matching_agrees_with_a_comparison_level_by_level()
    {
        Gen<string> level = Gen.Elements("a", "b", "ab", "", "$a");
        Gen<string> topics = level.NonEmptyListOf().Resize(4).Select(levels => string.Join('/', levels));
        Gen<string> filters = Gen.OneOf(level, Gen.Constant("+"), Gen.Constant("#")).NonEmptyListOf().Resize(4).Select(levels => string.Join('/', levels));
        Gen<(string Filter, string Topic)> pairs = from filter in filters from topic in topics select (filter, topic);
        Prop.ForAll(pairs.ToArbitrary(), pair =>
        {
            if (!TopicFilter.IsValid(pair.Filter) || !TopicName.IsValid(pair.Topic))
                return;
            TopicFilter.Matches(Encoding.UTF8.GetBytes(pair.Filter), Encoding.UTF8.GetBytes(pair.Topic)).ShouldBe(MatchesByLevel(pair.Filter, pair.Topic));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    [Theory]
    [InlineData("$share/g/a/b", true, "g", "a/b")]
    [InlineData("$share/g//", true, "g", "/")]
    [InlineData("$share/g/#", true, "g", "#")]
    [InlineData("$share/g/", false, "", "")]
    [InlineData("$share/g", false, "", "")]
    [InlineData("$share//a", false, "", "")]
    [InlineData("$share/a+/b", false, "", "")]
    [InlineData("$SHARE/g/a", false, "", "")]
    [InlineData("a", false, "", "")]
    public void A_shared_filter_is_split(string filter, bool shared, string name, string inner)
    {
        TopicFilter.TryParseShared(filter, out string shareName, out string innerFilter).ShouldBe(shared);
        shareName.ShouldBe(name);
        innerFilter.ShouldBe(inner);
        TopicFilter.IsShared(filter).ShouldBe(filter.StartsWith("$share/", StringComparison.Ordinal));
    }

    private static bool MatchesByLevel(string filter, string topic)
    {
        string[] filterLevels = filter.Split('/');
        string[] levels = topic.Split('/');
        if (topic.StartsWith('$') && (filterLevels[0] is "#" or "+"))
            return false;
        for (int i = 0; i < filterLevels.Length; i++)
        {
            if (filterLevels[i] == "#")
                return levels.Length >= i;
            if (i >= levels.Length || (filterLevels[i] != "+" && filterLevels[i] != levels[i]))
                return false;
        }

        return levels.Length == filterLevels.Length;
    }
}
