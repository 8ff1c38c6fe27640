using Fairlead.Edge.Twin;
using Fairlead.Unit.Shadows;
using Shouldly;
using Xunit;
using Members = System.Collections.Generic.SortedDictionary<string, object>;

namespace Fairlead.Unit.Edge.Twin;

/// <summary>What the cloud does becomes local events (spec/kanto-edge, section 14, rules 2 and 3).</summary>
public sealed class TwinCloudTests
{
    private static string Short(Members message) => $"{((ModelJson.Scalar)message["path"]).Text}={(message.TryGetValue("value", out var value) ? ModelJson.Write(value) : "")}@{ModelJson.Write(message["revision"])}";

    private static string[] Events(TwinStage stage, string subject = "modified") => [.. stage.LocalOf(subject).Select(Short)];

    [Fact]
    public void Edge_52_a_delta_is_one_event_for_each_key_with_the_whole_value()
    {
        var stage = TwinStage.Connected().Given("/features/f/properties", """{"a":{"x":1,"y":2},"b":1}""");
        stage.Cloud("f", "update", """{"state":{"desired":{"a":{"x":1,"y":3},"b":2,"c/d":7}}}""");
        Events(stage).ShouldBe(["""/features/f/desiredProperties/a={"x":1,"y":3}@2""", "/features/f/desiredProperties/b=2@2", "/features/f/desiredProperties/c~1d=7@2"]);
        stage.Local.Select(static message => message.Topic).Distinct().ShouldBe(["command///req//modified", "c///q//modified"]);
        stage.Local.Count.ShouldBe(6);
        var first = stage.LocalOf("modified")[0];
        ModelJson.Write(first["topic"]).ShouldBe("\"test/device/things/twin/events/modified\"");
        ModelJson.Write(first["timestamp"]).ShouldBe("\"2030-01-01T00:00:00.000Z\"");
        var headers = (Members)first["headers"];
        headers.Keys.ShouldBe(["content-type", "correlation-id", "response-required"]);
        ModelJson.Write(headers["response-required"]).ShouldBe("false");
    }

    [Fact]
    public void Edge_52_attributes_say_which_section()
    {
        var stage = TwinStage.Connected();
        stage.Cloud("", "update", """{"state":{"desired":{"a":1}}}""");
        Events(stage).ShouldBe(["/attributes/a=1@1"]);
        ModelJson.Write(((Members)stage.LocalOf("modified")[0]["headers"])["x-shadow-section"]).ShouldBe("\"desired\"");
    }

    [Fact]
    public void Edge_52_a_child_is_told_on_its_own_topics()
    {
        var stage = TwinStage.Connected().Given("/features/f/properties/x", "1", thing: "test/device:ch");
        stage.Cloud("ch:f", "update", """{"state":{"desired":{"x":2}}}""");
        stage.Local.Select(static message => message.Topic).ShouldBe(["command//test:device:ch/req//modified", "c//test:device:ch/q//modified"]);
        ModelJson.Write(stage.LocalOf("modified")[0]["topic"]).ShouldBe("\"test/device:ch/things/twin/events/modified\"");
        stage.Clear();
        stage.Cloud("ch:new", "update", """{"state":{"desired":{"x":2}}}"""); // made by the cloud: its name begins with a known child
        ModelJson.Write(stage.LocalOf("modified")[0]["path"]).ShouldBe("\"/features/new/desiredProperties/x\"");
        stage.Local[0].Topic.ShouldBe("command//test:device:ch/req//modified");
    }

    [Fact]
    public void Edge_53_old_and_repeated_deltas_are_passed_over()
    {
        var stage = TwinStage.Connected().Given("/features/f/properties/x", "1");
        stage.Cloud("f", "update", """{"state":{"desired":{"x":2}}}""");
        stage.Clear();
        stage.FromHub("name/f/update/delta", """{"version":2,"timestamp":1,"state":{"x":2}}""");
        stage.FromHub("name/f/update/delta", """{"version":1,"timestamp":1,"state":{"x":9}}""");
        stage.Local.ShouldBeEmpty();
    }

    [Fact]
    public void Edge_53_a_delta_without_what_came_before_is_fetched_whole()
    {
        var stage = TwinStage.Connected().Given("/features/f/properties/x", "1");
        stage.Hub.Handle("$aws/things/test:device/shadow/name/f/update", """{"state":{"desired":{"x":{"a":1,"b":2}}}}""").Count().ShouldBe(2); // lost on the way
        stage.FromHub("name/f/update/delta", """{"version":2,"timestamp":1,"state":{"x":{"a":1}}}""");
        stage.Gets.ShouldBe(["f"]);
        Events(stage).ShouldBe(["""/features/f/desiredProperties/x={"a":1,"b":2}@2"""]);
    }

    [Fact]
    public void Edge_53_the_get_after_a_reconnect_plays_the_missed_deltas()
    {
        var stage = TwinStage.Connected().Given("/features/f/properties", """{"x":1,"y":1}""");
        stage.Cloud("f", "update", """{"state":{"desired":{"y":5}}}""");
        stage.Disconnect();
        stage.Clear();
        stage.Cloud("f", "update", """{"state":{"desired":{"x":2}}}""");
        stage.Cloud("f", "update", """{"state":{"desired":{"x":3}}}""");
        stage.Connect();
        Events(stage).ShouldBe(["/features/f/desiredProperties/x=3@4"]);
        stage.Disconnect();
        stage.Clear();
        stage.Connect();
        Events(stage).ShouldBeEmpty();
    }

    [Fact]
    public void Edge_53_a_restart_forgets_no_event_and_repeats_none()
    {
        var before = TwinStage.Connected().Given("/features/f/properties/x", "1");
        before.Cloud("f", "update", """{"state":{"desired":{"x":2}}}""");
        before.Hub.Handle("$aws/things/test:device/shadow/name/f/update", """{"state":{"desired":{"z":7}}}""");
        var stage = before.Restarted();
        stage.Connect();
        Events(stage).ShouldBe(["/features/f/desiredProperties/z=7@3"]);
    }

    [Fact]
    public void Edge_56_a_delete_by_the_cloud_is_an_event()
    {
        var stage = TwinStage.Connected().Given("/features/f/properties/x", "1").Given("/attributes/a", "1");
        stage.Cloud("f", "delete", "");
        stage.Cloud("", "delete", """{"clientToken":"theirs"}""");
        Events(stage, "deleted").ShouldBe(["/features/f=@1", "/attributes=@1"]);
        ModelJson.Write(stage.LocalOf("deleted")[0]["topic"]).ShouldBe("\"test/device/things/twin/events/deleted\"");
        stage.Command("retrieve", "/features/f");
        stage.LocalOf("errors-response").Count.ShouldBe(1);
    }

    [Fact]
    public void Edge_56_our_own_delete_is_none()
    {
        var stage = TwinStage.Connected().Given("/features/f/properties/x", "1");
        stage.Command("delete", "/features/f");
        stage.LocalOf("deleted").ShouldBeEmpty();
        stage.Hub.State("f").ShouldBeNull();
        stage.Command("modify", "/features/f/properties/x", "2");
        stage.Hub.State("f").ShouldBe("""{"reported":{"x":2}}""");
        stage.Requests.ShouldBe(["f delete", """f update {"reported":{"x":2}}"""]);
    }

    [Fact]
    public void Edge_56_a_delete_missed_while_offline_is_seen_by_the_get()
    {
        var stage = TwinStage.Connected().Given("/features/f/properties/x", "1");
        stage.Disconnect();
        stage.Cloud("f", "delete", "");
        stage.Connect();
        Events(stage, "deleted").ShouldBe(["/features/f=@1"]);
    }

    [Fact]
    public void Edge_52_towards_the_cloud_alone_there_are_no_events()
    {
        var stage = TwinStage.Connected(new TwinOptions { DeviceId = TwinStage.Device, Direction = TwinDirection.ToCloud }).Given("/features/f/properties/x", "1");
        stage.Cloud("f", "update", """{"state":{"desired":{"x":2}}}""");
        stage.Cloud("f", "delete", "");
        stage.Local.ShouldBeEmpty();
    }

    [Fact]
    public void Edge_52_from_the_cloud_alone_commands_go_out_unchanged()
    {
        var stage = TwinStage.Connected(new TwinOptions { DeviceId = TwinStage.Device, Direction = TwinDirection.FromCloud });
        stage.Command("modify", "/features/f/properties/x", "1").ShouldBe(TwinFate.Forward);
        stage.Cloud("f", "update", """{"state":{"desired":{"x":2}}}""");
        Events(stage).ShouldBe(["/features/f/desiredProperties/x=2@1"]);
    }

    [Theory]
    [InlineData("update/accepted", "no JSON")]
    [InlineData("update/delta", "[]")]
    [InlineData("name/f/update/accepted", "{}")]
    [InlineData("name/f/update/accepted", """{"state":5,"version":"x"}""")]
    [InlineData("name/f/update/delta", """{"state":null,"version":99}""")]
    [InlineData("name/f/get/accepted", """{"state":null,"version":-1}""")]
    [InlineData("name/f/delete/accepted", "{}")]
    [InlineData("name/f/update/rejected", """{"code":"x"}""")]
    [InlineData("name//update/accepted", "{}")]
    [InlineData("name/f/other", "{}")]
    public void Edge_53_hostile_messages_do_no_harm(string suffix, string payload)
    {
        var stage = TwinStage.Connected().Given("/features/f/properties/x", "1");
        stage.FromHub(suffix, payload);
        stage.Command("modify", "/features/f/properties/x", "2");
        stage.Hub.State("f").ShouldBe("""{"reported":{"x":2}}""");
    }
}
