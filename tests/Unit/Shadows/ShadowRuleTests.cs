using System.Text;
using Fairlead.Broker.Extensions;
using Fairlead.Features.Registry;
using Fairlead.Protocols.Mqtt;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Shadows;

/// <summary>Limits and moments that need a clock, a disk or a door of the test's own.</summary>
public sealed class ShadowRuleTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Examples_of_the_specification_come_byte_for_byte()
    {
        await using var stage = new ShadowStage();
        var script = new[]
        {
            (100, "update", """{"state":{"reported":{"fan":{"speed":2,"mode":"auto"},"zones":["a","b"],"temperature":21}}}""", Array.Empty<string>()),
            (200, "update", """{"state":{"desired":{"fan":{"speed":3,"mode":"auto","swing":true},"zones":["a"],"temperature":21.0}}}""",
            [
                """update/accepted {"state":{"desired":{"fan":{"speed":3,"mode":"auto","swing":true},"zones":["a"],"temperature":21.0}},"metadata":{"desired":{"fan":{"speed":{"timestamp":200},"mode":{"timestamp":200},"swing":{"timestamp":200}},"zones":[{"timestamp":200}],"temperature":{"timestamp":200}}},"version":2,"timestamp":200}""",
                """update/delta {"version":2,"timestamp":200,"state":{"fan":{"speed":3,"swing":true},"zones":["a"]},"metadata":{"fan":{"speed":{"timestamp":200},"swing":{"timestamp":200}},"zones":[{"timestamp":200}]}}""",
            ]),
            (300, "get", "",
            [
                """get/accepted {"state":{"desired":{"fan":{"speed":3,"mode":"auto","swing":true},"zones":["a"],"temperature":21.0},"reported":{"fan":{"speed":2,"mode":"auto"},"zones":["a","b"],"temperature":21},"delta":{"fan":{"speed":3,"swing":true},"zones":["a"]}},"metadata":{"desired":{"fan":{"speed":{"timestamp":200},"mode":{"timestamp":200},"swing":{"timestamp":200}},"zones":[{"timestamp":200}],"temperature":{"timestamp":200}},"reported":{"fan":{"speed":{"timestamp":100},"mode":{"timestamp":100}},"zones":[{"timestamp":100},{"timestamp":100}],"temperature":{"timestamp":100}}},"version":2,"timestamp":300}""",
            ]),
            (400, "update", """{"state":{"desired":{"fan":{"swing":null},"zones":null}}}""",
            [
                """update/accepted {"state":{"desired":{"fan":{"swing":null},"zones":null}},"metadata":{"desired":{"fan":{"swing":{"timestamp":400}},"zones":{"timestamp":400}}},"version":3,"timestamp":400}""",
                """update/delta {"version":3,"timestamp":400,"state":{"fan":{"speed":3}},"metadata":{"fan":{"speed":{"timestamp":200}}}}""",
            ]),
            (600, "update", """{"state":{"reported":{"fan":{"speed":3}},"desired":null},"clientToken":"c9"}""",
            [
                """update/accepted {"state":{"reported":{"fan":{"speed":3}},"desired":null},"metadata":{"reported":{"fan":{"speed":{"timestamp":600}}},"desired":{"timestamp":600}},"version":4,"timestamp":600,"clientToken":"c9"}""",
                """update/documents {"previous":{"state":{"desired":{"fan":{"speed":3,"mode":"auto"},"temperature":21.0},"reported":{"fan":{"speed":2,"mode":"auto"},"zones":["a","b"],"temperature":21}},"metadata":{"desired":{"fan":{"speed":{"timestamp":200},"mode":{"timestamp":200}},"temperature":{"timestamp":200}},"reported":{"fan":{"speed":{"timestamp":100},"mode":{"timestamp":100}},"zones":[{"timestamp":100},{"timestamp":100}],"temperature":{"timestamp":100}}},"version":3},"current":{"state":{"reported":{"fan":{"speed":3,"mode":"auto"},"zones":["a","b"],"temperature":21}},"metadata":{"reported":{"fan":{"speed":{"timestamp":600},"mode":{"timestamp":100}},"zones":[{"timestamp":100},{"timestamp":100}],"temperature":{"timestamp":100}}},"version":4},"timestamp":600,"clientToken":"c9"}""",
            ]),
            (800, "update", """{"state":null}""", ["""update/accepted {"state":null,"metadata":{"timestamp":800},"version":5,"timestamp":800}"""]),
            (900, "get", "", ["""get/accepted {"state":{},"metadata":{},"version":5,"timestamp":900}"""]),
            (1000, "delete", "", ["""delete/accepted {"version":5,"timestamp":1000}"""]),
            (1050, "get", "", ["""get/rejected {"code":404,"message":"No shadow exists with name: 'fan-7'"}"""]),
            (1100, "update", """{"state":{"reported":{"temperature":20}}}""", ["""update/accepted {"state":{"reported":{"temperature":20}},"metadata":{"reported":{"temperature":{"timestamp":1100}}},"version":7,"timestamp":1100}"""]),
        };
        foreach (var (seconds, kind, payload, expected) in script)
        {
            stage.Time.Seconds = seconds;
            stage.Publish($"fan-7/shadow/{kind}", payload);
            var seen = new List<string>();
            do
            {
                var (topic, document) = await stage.NextAsync();
                seen.Add($"{topic["fan-7/shadow/".Length..]} {document}");
            }
            while (kind == "update" && !seen[^1].StartsWith("update/documents", StringComparison.Ordinal));

            expected.Except(seen).ShouldBeEmpty(string.Join('\n', seen));
        }
    }

    [Fact]
    public async Task Shadow_24_33_values_sent_again_get_the_new_time_and_others_keep_theirs()
    {
        await using var stage = new ShadowStage();
        stage.Time.Seconds = 100;
        stage.Publish("t/shadow/update", """{"state":{"desired":{"a":1,"b":2,"o":{"x":1,"y":[1,2]}}}}""");
        for (int i = 0; i < 3; i++) await stage.NextAsync();
        stage.Time.Seconds = 200;
        stage.Publish("t/shadow/update", """{"state":{"desired":{"a":1,"o":{"y":[1,2]}}}}""");
        (await stage.NextAsync()).Topic.ShouldBe("t/shadow/update/accepted");
        (await stage.NextAsync()).Payload.ShouldBe(
            """{"version":2,"timestamp":200,"state":{"a":1,"b":2,"o":{"x":1,"y":[1,2]}},"metadata":{"a":{"timestamp":200},"b":{"timestamp":100},"o":{"x":{"timestamp":100},"y":[{"timestamp":200},{"timestamp":200}]}}}""");
    }

    [Fact]
    public async Task Shadow_07_a_change_is_told_after_its_commit_and_a_get_waits_for_what_it_shows()
    {
        await using var stage = new ShadowStage();
        stage.Store.Hold();
        stage.Publish("t/shadow/update", """{"state":{"reported":{"a":1}}}""");
        stage.Publish("t/shadow/get", "");
        stage.Publish("t/shadow/update", """{"state":{"reported":{"a":2}},"version":1}""");
        await stage.QuietAsync(); // nothing of it is told

        stage.Store.Commit();
        var seen = new List<string>();
        for (int i = 0; i < 5; i++) seen.Add((await stage.NextAsync()).Topic["t/shadow/".Length..]);
        seen.ShouldBe(["update/accepted", "update/documents", "get/accepted", "update/accepted", "update/documents"]);
    }

    [Fact]
    public async Task Shadow_47_the_eleventh_request_in_flight_is_rejected_and_room_comes_back()
    {
        await using var stage = new ShadowStage();
        stage.Store.Hold();
        for (int i = 0; i < 10; i++) stage.Publish(i % 2 == 0 ? "t/shadow/update" : "t/shadow/name/other/update", """{"state":{"reported":{"a":1}}}""");
        var (topic, document) = await stage.AskAsync("t/shadow/update", """{"state":{"reported":{"a":2}},"clientToken":"k"}""");
        topic.ShouldBe("t/shadow/update/rejected");
        document.ShouldBe("""{"code":429,"message":"Too many requests","clientToken":"k"}""");
        (await stage.AskAsync("t/shadow/get", "")).Topic.ShouldBe("t/shadow/get/rejected");

        stage.Publish("u/shadow/update", """{"state":{"reported":{"a":1}}}"""); // another thing has room of its own
        stage.Store.Commit();
        for (int i = 0; i < 22; i++) await stage.NextAsync();
        stage.Publish("t/shadow/update", """{"state":{}}""");
        (await stage.NextAsync()).Payload.ShouldContain("\"version\":6");
        await stage.NextAsync();
    }

    [Fact]
    public async Task Requests_in_a_second_can_be_limited()
    {
        await using var stage = new ShadowStage(limits => limits.MaximumRate = 2);
        for (int i = 0; i < 2; i++)
        {
            stage.Publish("t/shadow/update", """{"state":{"reported":{"a":1}}}""");
            await stage.NextAsync();
            await stage.NextAsync();
        }

        (await stage.AskAsync("t/shadow/get", "")).Payload.ShouldBe("""{"code":429,"message":"Too many requests"}""");
        stage.Time.Seconds++;
        (await stage.AskAsync("t/shadow/get", "")).Topic.ShouldBe("t/shadow/get/accepted");
    }

    [Fact]
    public async Task Nothing_changes_while_the_disk_takes_nothing()
    {
        await using var stage = new ShadowStage();
        stage.Store.IsHealthy = false;
        (await stage.AskAsync("t/shadow/update", """{"state":{"reported":{"a":1}}}""")).Payload.ShouldBe("""{"code":500,"message":"Internal service failure"}""");
        stage.Store.IsHealthy = true;
        (await stage.AskAsync("t/shadow/get", "")).Payload.ShouldContain("404");
    }

    [Fact]
    public async Task Shadow_53_a_will_changes_no_shadow_but_reaches_subscribers()
    {
        await using var stage = new ShadowStage();
        stage.Publish("t/shadow/update", """{"state":{"reported":{"a":1}}}""", PublishOrigin.Will).ReasonCode.ShouldBe(ReasonCode.Success);
        (await stage.AskAsync("t/shadow/get", "")).Topic.ShouldBe("t/shadow/get/rejected");
    }

    [Fact]
    public async Task Shadow_54_what_a_rule_republishes_changes_a_shadow()
    {
        await using var stage = new ShadowStage();
        (await stage.AskAsync("t/shadow/update", """{"state":{"reported":{"a":1}}}""")).Topic.ShouldBe("t/shadow/update/accepted");
    }

    [Theory]
    [InlineData("t/shadow/update/accepted")]
    [InlineData("t/shadow/get/delta")]
    [InlineData("t/shadow/list")]
    [InlineData("t/shadow")]
    [InlineData("t/shadow/name/s")]
    [InlineData("t/shadow/name/update")]
    [InlineData("t/jobs/get")]
    [InlineData("t")]
    public async Task Shadow_52_topics_of_the_hub_and_unknown_ones_are_refused(string topic)
    {
        await using var stage = new ShadowStage();
        stage.Publish(topic, "{}").ReasonCode.ShouldBe(ReasonCode.TopicNameInvalid);
    }

    [Fact]
    public async Task Requests_are_not_retained()
    {
        await using var stage = new ShadowStage();
        stage.Publish("t/shadow/update", """{"state":{}}""", retain: true).ReasonCode.ShouldBe(ReasonCode.TopicNameInvalid);
    }

    [Theory]
    [InlineData("a b/shadow", "Invalid thing name")]
    [InlineData("a$b/shadow", "Invalid thing name")]
    [InlineData("\u00e9/shadow", "Invalid thing name")]
    [InlineData("t/shadow/name/a b", "Invalid shadow name")]
    [InlineData("t/shadow/name/0123456789012345678901234567890123456789012345678901234567890123x", "Invalid shadow name")]
    public async Task Names_are_checked(string shadow, string message)
    {
        await using var stage = new ShadowStage();
        foreach (string operation in (string[])["get", "update", "delete"])
        {
            var (topic, document) = await stage.AskAsync($"{shadow}/{operation}", """{"state":{}}""");
            topic.ShouldBe($"{shadow}/{operation}/rejected");
            document.ShouldBe($$"""{"code":400,"message":"{{message}}"}""");
        }
    }

    [Fact]
    public async Task A_thing_may_have_to_be_registered()
    {
        await using var stage = new ShadowStage(limits => limits.RequireRegisteredThing = true);
        (await stage.AskAsync("t/shadow/update", """{"state":{},"clientToken":"x"}""")).Payload.ShouldBe("""{"code":404,"message":"Thing not found","clientToken":"x"}""");
        lock (stage.Gate) stage.Records.Things.Save("t", new Thing("t", "id", 1, 0));
        (await stage.AskAsync("t/shadow/update", """{"state":{}}""")).Topic.ShouldBe("t/shadow/update/accepted");
    }

    [Fact]
    public async Task Others_read_shadows_and_hear_of_changes()
    {
        await using var stage = new ShadowStage();
        var changed = System.Threading.Channels.Channel.CreateUnbounded<string>();
        stage.Shadows.Changed += name => changed.Writer.TryWrite(name);
        stage.Publish("t/shadow/name/b/update", """{"state":{"desired":{"a":1}}}""");
        (await changed.Reader.ReadAsync(Cancelled)).ShouldBe("t");
        stage.Publish("t/shadow/name/a/update", """{"state":{}}""");
        (await changed.Reader.ReadAsync(Cancelled)).ShouldBe("t");
        stage.Shadows.NamesOf("t").ShouldBe(["a", "b"]);
        stage.Shadows.Find("t", null).ShouldBeNull();
        Encoding.UTF8.GetString(stage.Shadows.Find("t", "b")!).ShouldContain("\"delta\":{\"a\":1}");
        stage.Publish("t/shadow/name/b/delete", "");
        (await changed.Reader.ReadAsync(Cancelled)).ShouldBe("t");
        stage.Shadows.NamesOf("t").ShouldBe(["a"]);
        stage.Shadows.Find("t", "b").ShouldBeNull();
    }

    [Fact]
    public async Task A_hostile_document_costs_no_more_than_its_size()
    {
        // Quadratic work would take minutes here.
        await using var stage = new ShadowStage(static limits => limits.MaximumDocumentSize = 30_720);
        string Members(IEnumerable<int> numbers, string value) => string.Join(',', numbers.Select(i => $"\"{i:x}\":{value}"));
        var desired = Enumerable.Range(0, 1700);
        string both = "{\"state\":{\"desired\":{" + Members(desired, "1") + "},\"reported\":{" + Members(desired.Reverse(), "2") + "}}}";
        string clearing = "{\"state\":{\"desired\":{" + Members(Enumerable.Range(0, 9_000).Reverse(), "null") + "},\"reported\":null}}";
        for (int i = 0; i < 20; i++)
        {
            stage.Publish("t/shadow/update", both);
            for (int message = 0; message < 3; message++) await stage.NextAsync();
            stage.Publish("t/shadow/update", clearing);
            for (int message = 0; message < 2; message++) await stage.NextAsync();
        }

        stage.Publish("t/shadow/update", new string('[', 100_000));
        (await stage.NextAsync()).Payload.ShouldContain("Invalid JSON");
        stage.Publish("t/shadow/update", "{\"state\":{\"desired\":{\"a\":" + new string('[', 30_000) + new string(']', 30_000) + "}}}");
        (await stage.NextAsync()).Payload.ShouldContain("JSON contains too many levels of nesting; maximum is 8");
    }
}
