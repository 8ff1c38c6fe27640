using Fairlead.Features;
using Fairlead.Features.Registry;
using Fairlead.Features.Tags;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Registry;

/// <summary>Requests name resources by name, ARN or both; ARNs of other accounts are ours in lenient mode alone.</summary>
public sealed class ResourceNameTests
{
    private const string Arn = "arn:aws:iot:us-east-1:123456789012:thing/t:1";

    [Fact]
    public void Name_and_arn_mean_the_same()
    {
        Resolve("t:1", null).ShouldBe("t:1");
        Resolve(null, Arn).ShouldBe("t:1");
        Resolve("t:1", Arn).ShouldBe("t:1");
    }

    [Theory]
    [InlineData(null, null, "thingName or thingArn")]
    [InlineData("other", Arn, "same")]
    [InlineData("a b", null, "thingName")]
    [InlineData(null, "arn:aws:iot:us-east-1:123456789012:thing/a b", "thingArn")]
    [InlineData(null, "arn:aws:iot:us-east-1:123456789012:thinggroup/t", "thingArn")]
    [InlineData(null, "arn:aws:iot:eu-west-1:123456789012:thing/t", "thingArn")]
    [InlineData(null, "t", "thingArn")]
    [InlineData("t", "", "thingArn")]
    public void What_names_nothing_is_refused_with_the_member(string? name, string? arn, string part) =>
        RegistryRecords.Refused(() => Resolve(name, arn), 400).Message.ShouldContain(part);

    [Fact]
    public void Lenient_mode_takes_arns_of_any_account()
    {
        var hub = new RegistryRecords();
        hub.Group("g");
        const string Theirs = "arn:aws-cn:iot:cn-north-1:210987654321:thinggroup/g";
        RegistryRecords.Refused(() => hub.Tags.Add(Theirs, [new TagDocument("k", "v")]), 400);
        hub.Scope.IgnoreArnScope = true;
        ResourceName.Resolve(hub.Scope, null, Theirs, "thinggroup", "thingGroupName").ShouldBe("g");
        hub.Tags.Add(Theirs, [new TagDocument("k", "v")]);
        hub.Tags.Find(hub.Registry.Groups.ArnOf("g"))["k"].ShouldBe("v");
    }

    private static string Resolve(string? name, string? arn) => ResourceName.Resolve(new HubScope(), name, arn, "thing", "thingName");
}
