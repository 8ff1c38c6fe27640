using Fairlead.Features.Notifications;
using Fairlead.Features.Notifications.Delivery;
using Fairlead.Features.Notifications.Filters;
using Fairlead.Features.Notifications.Topics;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Notifications;

/// <summary>Filter policies of subscriptions.</summary>
public sealed class FilterPolicyTests
{
    [Theory]
    [InlineData("""{"store":["shop"]}""", true)]
    [InlineData("""{"store":["other","shop"]}""", true)]
    [InlineData("""{"store":["Shop"]}""", false)]
    [InlineData("""{"store":["shop"],"price":[{"numeric":[">",100]}]}""", true)]
    [InlineData("""{"store":["shop"],"price":[{"numeric":["<",100]}]}""", false)]
    [InlineData("""{"price":[{"numeric":[">=",200,"<",201]}]}""", true)]
    [InlineData("""{"price":[{"numeric":["=",200.5]}]}""", true)]
    [InlineData("""{"price":[200.5]}""", true)]
    [InlineData("""{"price":["200.5"]}""", false)]
    [InlineData("""{"store":[{"prefix":"sh"}]}""", true)]
    [InlineData("""{"store":[{"suffix":"op"}]}""", true)]
    [InlineData("""{"store":[{"prefix":"op"}]}""", false)]
    [InlineData("""{"store":[{"equals-ignore-case":"SHOP"}]}""", true)]
    [InlineData("""{"store":[{"anything-but":"shop"}]}""", false)]
    [InlineData("""{"store":[{"anything-but":["a","b"]}]}""", true)]
    [InlineData("""{"store":[{"anything-but":{"prefix":"sh"}}]}""", false)]
    [InlineData("""{"missing":[{"anything-but":"x"}]}""", false)]
    [InlineData("""{"missing":[{"exists":false}]}""", true)]
    [InlineData("""{"store":[{"exists":false}]}""", false)]
    [InlineData("""{"bytes":[{"exists":true}]}""", true)]
    [InlineData("""{"colours":["red"]}""", true)]
    [InlineData("""{"colours":[{"anything-but":"red"}]}""", false)]
    [InlineData("""{"colours":[true]}""", true)]
    [InlineData("""{"colours":[null]}""", true)]
    [InlineData("""{"colours":[false]}""", false)]
    [InlineData("""{"address":[{"cidr":"10.0.0.0/24"}]}""", true)]
    [InlineData("""{"address":[{"cidr":"10.0.1.0/24"}]}""", false)]
    public void Attributes_are_judged(string policy, bool wanted)
    {
        var message = new PendingMessage("id", MessageKind.Notification, "t", "{}", 0)
        {
            Attributes =
            [
                new("store", "String", "shop"), new("price", "Number", "200.5"), new("bytes", "Binary", "AAEC"),
                new("colours", "String.Array", """["red","blue",true,null,7]"""), new("address", "String", "10.0.0.7"),
            ],
        };
        FilterPolicy.Parse(policy, ofBody: false).Wants(message, Protocol.Http).ShouldBe(wanted);
    }

    [Theory]
    [InlineData("""{"state":{"power":["on"]}}""", true)]
    [InlineData("""{"state":{"power":["off"]}}""", false)]
    [InlineData("""{"state":{"level":[{"numeric":[">",5]}]},"kind":["lamp"]}""", true)]
    [InlineData("""{"list":{"n":[2]}}""", true)]
    [InlineData("""{"list":{"n":[3]}}""", false)]
    [InlineData("""{"tags":["b"]}""", true)]
    [InlineData("""{"state":{"missing":[{"exists":false}]}}""", true)]
    public void The_body_is_judged_by_paths(string policy, bool wanted)
    {
        const string Body = """{"kind":"lamp","state":{"power":"on","level":6},"list":[{"n":1},{"n":2}],"tags":["a",["b"]]}""";
        FilterPolicy.Parse(policy, ofBody: true).Wants(new PendingMessage("id", MessageKind.Notification, "t", Body, 0), Protocol.Email).ShouldBe(wanted);
    }

    [Theory]
    [InlineData("no json at all")]
    [InlineData("[1]")]
    [InlineData("7")]
    public void A_body_that_is_no_object_is_wanted_by_no_policy(string body) =>
        FilterPolicy.Parse("""{"a":[{"exists":false}]}""", ofBody: true).Wants(new PendingMessage("id", MessageKind.Notification, "t", body, 0), Protocol.Email).ShouldBeFalse();

    [Theory]
    [InlineData("x")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"a":"b"}""")]
    [InlineData("""{"a":[]}""")]
    [InlineData("""{"a":[["b"]]}""")]
    [InlineData("""{"a":{"b":["c"]}}""")]
    [InlineData("""{"a":[{"numeric":[">"]}]}""")]
    [InlineData("""{"a":[{"numeric":["<",1,">",2]}]}""")]
    [InlineData("""{"a":[{"numeric":["!",1]}]}""")]
    [InlineData("""{"a":[{"exists":"yes"}]}""")]
    [InlineData("""{"a":[{"prefix":""}]}""")]
    [InlineData("""{"a":[{"cidr":"x"}]}""")]
    [InlineData("""{"a":[{"prefix":"b","suffix":"c"}]}""")]
    [InlineData("""{"a":["\ud800"]}""")]
    [InlineData("""{"a":["b"],"a":["c"]}""")]
    public void What_is_malformed_is_refused(string policy) =>
        Should.Throw<NotificationException>(() => FilterPolicy.Parse(policy, ofBody: false)).Code.ShouldBe("InvalidParameter");

    [Theory]
    [InlineData("""{"$or":[{"a":["b"]}]}""", "$or")]
    [InlineData("""{"a":[{"wildcard":"*"}]}""", "wildcard")]
    public void What_is_not_offered_is_refused_by_name(string policy, string name) =>
        Should.Throw<NotificationException>(() => FilterPolicy.Parse(policy, ofBody: false)).Message.ShouldContain(name);
}
