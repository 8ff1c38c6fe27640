using Fairlead.Edge.Twin;
using Fairlead.Edge.Twin.Commands;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Edge.Twin;

/// <summary>Filters (spec/kanto-edge, section 13.5), names (13.9) and sizes (13.10).</summary>
public sealed class TwinFilterTests
{
    private static TwinOptions Options => new() { DeviceId = TwinStage.Device };

    [Fact]
    public void Edge_44_leaves_go_and_what_becomes_empty_with_them()
    {
        var stage = TwinStage.Connected(Options with { PayloadFilters = [".*/unwanted$", ".*/0/value$"] });
        stage.Command("modify", "/features/test/properties", """{"code":[{"value":"test"},{"keep":201},{"unwanted":500}],"status":200,"unwanted":1234}""");
        stage.Requests.ShouldBe(["""test update {"reported":{"code":[{"keep":201}],"status":200}}"""]);
        stage.Twin.Filters.Select(static filter => (filter.Option, filter.Expression, filter.Count))
            .ShouldBe([("payloadFilters", ".*/unwanted$", 2), ("payloadFilters", ".*/0/value$", 1)]);
    }

    [Theory]
    [InlineData("modify", "/features/f/properties", """{"secret":1}""")]
    [InlineData("modify", "/features/f/properties", """{"deep":{"secret":null},"list":[{"secret":true}]}""")]
    [InlineData("modify", "/features/f/properties/secret", "7")]
    [InlineData("modify", "/features/f/properties", "{}")]
    [InlineData("merge", "/features/f", """{"properties":{"empty":{}}}""")]
    [InlineData("delete", "/features/f/properties/secret", null)]
    public void Edge_44_nothing_is_sent_when_nothing_is_left(string action, string path, string? value)
    {
        var stage = TwinStage.Connected(Options with { PayloadFilters = ["/secret$"] });
        stage.Command(action, path, value).ShouldBe(TwinFate.Taken);
        stage.Requests.ShouldBeEmpty();
        stage.Twin.Counters.Filtered.ShouldBe(1);
    }

    [Fact]
    public void Edge_44_containers_that_were_empty_from_the_start_go_only_when_there_is_a_filter()
    {
        var stage = TwinStage.Connected(Options with { PayloadFilters = ["/none$"] });
        stage.Command("modify", "/features/f/properties", """{"a":{},"b":[],"c":1}""");
        stage.Requests.ShouldBe(["""f update {"reported":{"c":1}}"""]);
        var other = TwinStage.Connected();
        other.Command("modify", "/features/f/properties", """{"a":{},"b":[],"c":1}""");
        other.Requests.ShouldBe(["""f update {"reported":{"a":{},"b":[],"c":1}}"""]);
    }

    [Fact]
    public void Edge_44_the_topic_filter_drops_twin_commands_alone()
    {
        var stage = TwinStage.Connected(Options with { TopicFilter = "commands/(modify|merge)$" });
        stage.Command("modify", "/attributes/a", "1").ShouldBe(TwinFate.Taken);
        stage.Command("create", "/attributes/a", "1").ShouldBe(TwinFate.Spool);
        stage.Accept("""{"topic":"test/device/things/live/commands/modify","path":"/","value":1}""").ShouldBe(TwinFate.Forward);
        stage.Accept("""{"topic":"other/device/things/twin/commands/modify","path":"/","value":1}""").ShouldBe(TwinFate.Forward);
        stage.Twin.Filters[0].Count.ShouldBe(1);
    }

    [Fact]
    public void Edge_44_the_forward_filter_drops_all_but_twin_commands()
    {
        var stage = TwinStage.Connected(Options with { ForwardTopicFilter = "/live/" });
        stage.Accept("""{"topic":"test/device/things/live/messages/m","path":"/","value":1}""").ShouldBe(TwinFate.Taken);
        stage.Accept("""{"topic":"test/device/things/twin/events/modified","path":"/","value":1}""").ShouldBe(TwinFate.Forward);
        stage.Accept("hello").ShouldBe(TwinFate.Forward);
        stage.Command("modify", "/attributes/live", "1").ShouldBe(TwinFate.Spool);
    }

    [Fact]
    public void Edge_59_filters_change_while_it_runs()
    {
        var stage = TwinStage.Connected();
        stage.Twin.UpdateFilters("", ["/secret$"], "");
        stage.Command("modify", "/attributes", """{"a":1,"secret":2}""");
        stage.Requests.ShouldBe(["""classic update {"reported":{"a":1}}"""]);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("a(?=b)")]
    [InlineData("(a)\\1")]
    public void Edge_3_expressions_that_need_backtracking_are_refused(string expression)
    {
        TwinFilters.FindFault(expression).ShouldNotBeNull();
        TwinFilters.FindFault("^a+$").ShouldBeNull();
    }

    [Theory]
    [InlineData("acc", "acc")]
    [InlineData("edge:containers:Container:123e4567-e89b-12d3-a456-426614174000", "edge:containers:Container:123e4567-e89b-12d3-a456-426614174000")]
    [InlineData("a.b", "a$2Eb")]
    [InlineData("we.ird feature", "we$2Eird$20feature")]
    [InlineData("$x", "_$24x")]
    [InlineData("é", "_$C3$A9")]
    public void Edge_49_features_get_names_that_the_hub_takes(string feature, string name)
    {
        var stage = TwinStage.Connected();
        stage.Command("modify", $"/features/{feature}/properties/x", "1");
        stage.Published[0].Topic.ShouldBe($"$aws/things/test:device/shadow/name/{name}/update");
        stage.Clear();
        stage.Cloud(name, "update", """{"state":{"desired":{"x":2}}}""");
        stage.LocalOf("modified")[0]["path"].ToString().ShouldNotBeNull().ShouldContain($"/features/{feature}/desiredProperties/x");
    }

    [Fact]
    public void Edge_49_long_names_end_in_a_digest_that_stays()
    {
        string feature = new('x', 80);
        var stage = TwinStage.Connected();
        stage.Command("modify", $"/features/{feature}/properties/x", "1");
        string name = stage.Hub.Parse(stage.Published[0].Topic).Name;
        name.Length.ShouldBe(64);
        name.ShouldStartWith(new string('x', 51) + "-");
        var again = stage.Restarted();
        again.Connect();
        again.Clear();
        again.Command("modify", $"/features/{feature}/properties/x", "2");
        again.Hub.Parse(again.Published[0].Topic).Name.ShouldBe(name);
    }

    [Fact]
    public void Edge_49_names_that_collide_are_kept_apart()
    {
        var stage = TwinStage.Connected();
        stage.Command("modify", "/features/x:y/properties/v", "1");
        stage.Command("modify", "/features/y/properties/v", "2", thing: "test/device:x");
        stage.Command("modify", "/attributes/v", "3", thing: "test/device:x:y");
        var names = stage.Published.Where(p => p.Topic.EndsWith("/update", StringComparison.Ordinal)).Select(p => stage.Hub.Parse(p.Topic).Name).ToArray();
        names[0].ShouldBe("x:y");
        names.Distinct().Count().ShouldBe(3);
        names.ShouldAllBe(name => name.StartsWith("x:y", StringComparison.Ordinal) && name.Length <= 64);
        var again = stage.Restarted();
        again.Connect();
        again.Clear();
        again.Command("modify", "/features/y/properties/v", "4", thing: "test/device:x");
        again.Hub.Parse(again.Published[0].Topic).Name.ShouldBe(names[1]);
        again.Cloud(names[2], "update", """{"state":{"desired":{"w":1}}}""");
        again.Local.ShouldContain(message => message.Topic == "command//test:device:x:y/req//modified");
    }

    [Theory]
    [InlineData(413)]
    [InlineData(400)]
    [InlineData(0)]
    public void Edge_50_what_a_shadow_cannot_hold_is_not_sent(int status)
    {
        string value = status switch
        {
            413 => $$"""{"text":"{{new string('x', 8192)}}"}""",
            400 => """{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":1}}}}}}}}""",
            _ => """{"list":[1,null]}""",
        };
        var stage = TwinStage.Connected();
        stage.Command("modify", "/features/f/properties", value.Replace("\"h\":1", "\"h\":{\"i\":1}", StringComparison.Ordinal), """{"response-required":true,"correlation-id":"c7"}""").ShouldBe(TwinFate.Taken);
        stage.Requests.ShouldBeEmpty();
        var answer = stage.LocalOf("errors-response").ShouldHaveSingleItem();
        answer["status"].ToString().ShouldNotBeNull().ShouldContain(status == 413 ? "413" : "400");
        stage.Command("modify", "/features/f/properties", """{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":1}}}}}}}}""").ShouldBe(TwinFate.Spool);
    }
}
