using System.Text;
using Fairlead.Edge.Configuration;
using Fairlead.Edge.Topics;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Edge.Topics;

/// <summary>Where local messages go at the remote endpoint, and what remote ones are for.</summary>
public sealed class DialectTests
{
    private const string Tenant = "default-tenant-id";

    [Theory]
    [InlineData("t", "telemetry/default-tenant-id/test:device")]
    [InlineData("t/", "telemetry/default-tenant-id/test:device")]
    [InlineData("telemetry", "telemetry/default-tenant-id/test:device")]
    [InlineData("e", "event/default-tenant-id/test:device")]
    [InlineData("event/", "event/default-tenant-id/test:device")]
    [InlineData("t//child", "telemetry/default-tenant-id/child")]
    [InlineData("t/ten/dev", "telemetry/ten/dev")]
    [InlineData("event/ten", "event/ten/test:device")]
    [InlineData("e///", "event/default-tenant-id/test:device/")]
    [InlineData("telemetry/default-tenant-id/test:device:ch/x", "telemetry/default-tenant-id/test:device:ch/x")]
    [InlineData("e/ten/dev/sub/x?content-type=text%2Fplain", "event/ten/dev/sub/x?content-type=text%2Fplain")]
    [InlineData("t/?content-type=x", "telemetry/default-tenant-id/test:device/?content-type=x")]
    [InlineData("e/a/b/c/d/e/f/g/h", "event/a/b/c/d/e/f/g/h")]
    [InlineData("command//test:device/res/1/200", "command//test:device/res/1/200")]
    [InlineData("c//test:device/s/1/200", "command//test:device/res/1/200")]
    [InlineData("c///s/1/200", "command///res/1/200")]
    public void Edge_11_topics_are_rewritten_as_Kanto_does(string local, string remote) => Remote(Link(), local).ShouldBe(remote);

    [Fact]
    public void Edge_11_the_property_bag_can_be_cut_off_and_is_still_read()
    {
        var link = Link("-propertyBag", "strip");
        var topic = HonoTopic.TryParse("e//d/?content-type=a%2Fb&hono-ttl=9")!.Value;
        LinkDialect.For(link).ToRemote(topic, 1).ShouldBe(new RemotePublish("event/default-tenant-id/d", "a/b"));
        PropertyBag.TimeToLive(topic.Bag).ShouldBe(TimeSpan.FromSeconds(9));
        PropertyBag.TimeToLive("/?hono-ttl=never").ShouldBeNull();
    }

    [Theory]
    [InlineData("a/b/c/d/e/f/g/h/i", 10, "topic")]
    [InlineData("", 10, "topic")]
    [InlineData("a/+", 10, "topic")]
    [InlineData("a", 131_073, "size")]
    public void Edge_10_what_AWS_would_hang_up_for_is_found_before(string topic, int bytes, string reason) =>
        RemoteTopicRules.FindFault(Link(), topic, bytes)!.Value.Reason.ShouldBe(reason);

    [Fact]
    public void Edge_10_what_fits_passes()
    {
        RemoteTopicRules.FindFault(Link(), "a/b/c/d/e/f/g/h", 131_072).ShouldBeNull();
        RemoteTopicRules.FindFault(Link(), new string('x', 257), 1)!.Value.Status.ShouldBe(400);
        RemoteTopicRules.FindFault(Link("-type", "hono"), "a/b/c/d/e/f/g/h/i", 200_000).ShouldBeNull();
    }

    [Theory]
    [InlineData("command//test:device/req/7/on", "command//test:device/req/7/on", "c//test:device/q/7/on", "7")]
    [InlineData("c//test:device:ch/q/7/on", "command//test:device:ch/req/7/on", "c//test:device:ch/q/7/on", "7")]
    [InlineData("command///req//on", "command///req//on", "c///q//on", "")]
    public void Edge_13_commands_come_in_both_forms(string remote, string longForm, string shortForm, string id)
    {
        var local = LinkDialect.For(Link()).ToLocal(remote, default).ShouldNotBeNull();
        local.Topics.ShouldBe([longForm, shortForm]);
        local.RequestId.ShouldBe(id);
    }

    [Theory]
    [InlineData("command//other/req/7/on")]
    [InlineData("command//test:devicex/req/7/on")]
    [InlineData("command//test:device/res/7/200")]
    [InlineData("event/a/b")]
    public void Edge_15_what_is_for_others_is_not_taken(string remote) => LinkDialect.For(Link()).ToLocal(remote, default).ShouldBeNull();

    [Fact]
    public void Generic_style_has_the_gateway_as_a_segment()
    {
        var link = Link("-topicStyle", "generic");
        Remote(link, "e").ShouldBe("event/default-tenant-id/test:device");
        Remote(link, "e//test:device:ch/x").ShouldBe("event/default-tenant-id/test:device/ch/x");
        Remote(link, "c//test:device:ch/s/1/200").ShouldBe("command/default-tenant-id/test:device/ch/res/1/200");
        LinkDialect.For(link).Subscriptions.ShouldBe(["command/default-tenant-id/test:device/+/req/#"]);
        LinkDialect.For(link).ToLocal("command/default-tenant-id/test:device/ch/req/1/on", default)!.Topics[0].ShouldBe("command//test:device:ch/req/1/on");
    }

    [Fact]
    public void Azure_has_one_topic_and_puts_the_rest_into_properties()
    {
        var link = Link("-type", "azure", "-clientId", "gw");
        string topic = Remote(link, "e//child");
        topic.ShouldStartWith("devices/gw/messages/events/$.ct=application%2Fjson&$.ce=utf-8&$.mid=");
        topic.ShouldEndWith("&topic=event%2Fdefault-tenant-id%2Fchild");
        Remote(link, "e//child").ShouldBe(topic, "the same message has the same id when it is sent again");
        var payload = Encoding.UTF8.GetBytes("""{"topic":"test/device/things/live/messages/go","headers":{"correlation-id":"c1"},"path":"/"}""");
        LinkDialect.For(link).ToLocal("devices/gw/messages/devicebound/%24.to=x", payload)!.Topics[0].ShouldBe("command//test:device/req/c1/go");
        LinkDialect.For(link).ToLocal("devices/gw/messages/devicebound/x", "plain"u8.ToArray()).ShouldBeNull();
    }

    [Fact]
    public void Templates_work_both_ways()
    {
        var link = Link("-type", "generic-mqtt", "-topicTemplate", "up/{device}/{kind}/{rest}", "-commandTemplate", "down/{tenant}/{device}/{rest}");
        Remote(link, "e//ch/a/b").ShouldBe("up/ch/event/a/b");
        Remote(link, "t").ShouldBe("up/test:device/telemetry");
        Remote(link, "c//test:device/s/1/200").ShouldBe("down/default-tenant-id/test:device/res/1/200");
        LinkDialect.For(link).Subscriptions.ShouldBe([$"down/{Tenant}/+/#"]);
        LinkDialect.For(link).ToLocal($"down/{Tenant}/test:device/req/1/on", default)!.Topics[1].ShouldBe("c//test:device/q/1/on");
        LinkDialect.For(link).ToLocal("down/other/test:device/req/1/on", default).ShouldBeNull();
    }

    [Theory]
    [InlineData("a/+/b/#", "a/x/b/y/z", "x,y/z")]
    [InlineData("a/#", "a", "")]
    [InlineData("+/b", "a/c", null)]
    [InlineData("#", "$SYS/x", null)]
    public void Mappings_capture_what_wildcards_match(string filter, string topic, string? captures)
    {
        var found = MappedTopic.Match(filter, topic);
        (found is null ? null : string.Join(',', found)).ShouldBe(captures);
    }

    [Fact]
    public void Mappings_put_captures_where_they_are_wanted()
    {
        TopicMapping[] mappings = [new("plant/+/temp/#", "dt/$1/$2/$$", true, Fairlead.Protocols.Mqtt.QualityOfService.AtMostOnce)];
        MappedTopic.Find(mappings, outbound: true, "plant/a/temp/b/c")!.Value.Topic.ShouldBe("dt/a/b/c/$$");
        MappedTopic.Find(mappings, outbound: false, "plant/a/temp/b").ShouldBeNull();
    }

    private static string Remote(LinkOptions link, string local) => LinkDialect.For(link).ToRemote(HonoTopic.TryParse(local)!.Value, 1).Topic;

    private static LinkOptions Link(params string[] arguments) =>
        EdgeConfiguration.Load(GoFlags.Parse(["-address", "tcp://h:1", "-deviceId", "test:device", .. arguments]), static _ => null).Options!.Links[0];
}
