using Fairlead.Features.Rules.Actions.Republish;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Rules.Engine;

/// <summary>What a republish action may publish to (spec/aws-rules, section 7.2).</summary>
public sealed class RepublishTopicTests
{
    [Theory]
    [InlineData("a/b", null)]
    [InlineData("/lwt/executed", null)]
    [InlineData("$$aws/things/x/shadow/update", null)]
    [InlineData("$$aws/rules/other/x", null)]
    [InlineData("", "empty")]
    [InlineData("$aws/things/x/shadow/update", "$$")]
    [InlineData("a/+", "Topic Name")]
    [InlineData("a/#", "Topic Name")]
    [InlineData("a\0b", "Topic Name")]
    [InlineData("$$aws/things/x/jobs/get", "jobs")]
    [InlineData("$$aws/things/x/jobs", "jobs")]
    public void Topics_are_names_and_reserved_ones_are_asked_for_by_two_dollars(string text, string? problem)
    {
        var told = RepublishTopic.Problem(text);
        if (problem is null) told.ShouldBeNull();
        else told!.ShouldContain(problem);
    }

    [Fact]
    public void Two_dollars_stand_for_one() => RepublishTopic.NameOf("$$aws/things/x").ShouldBe("$aws/things/x");
}
