using System.Text;
using System.Text.Json;
using Fairlead.Interop.Aws.DataPlane;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Rules;

/// <summary>Rules at work, seen by MQTT clients of others (checklist lines 19 to 23 and 30 to 34).</summary>
public sealed class RuleActionTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Fact]
    public async Task Rules_20_republish_to_a_reserved_topic_changes_a_shadow_and_an_empty_topic_fails()
    {
        await using var stage = new Stage(hub.Hub);
        var thing = stage.ClientId("t");
        var publisher = await stage.ConnectAsync(new Peer(Foreign.Paho, 5));
        await hub.Boto3.CreateRuleAsync(
            $"SELECT state FROM '{stage.Topic("in")}'", RuleStage.Republish($"$$aws/things/{thing}/shadow/update"));
        var broken = await hub.Boto3.CreateRuleAsync($"SELECT * FROM '{stage.Topic("in")}'", RuleStage.Republish("${missing}"));
        var watcher = await stage.SubscribeAsync($"$aws/things/{thing}/shadow/update/documents");
        await publisher.PublishAsync(stage.Topic("in"), """{"state":{"reported":{"lamp":"on"}}}""", 1);
        (await watcher.NextJsonAsync()).GetProperty("current").GetProperty("state").GetProperty("reported").GetProperty("lamp").GetString().ShouldBe("on");
        var stats = await hub.RuleStatsAsync(broken, static stats => stats.GetProperty("failures").GetArrayLength() > 0);
        stats.GetProperty("failures")[0].GetProperty("message").GetString()!.ShouldContain("is empty");
    }

    [Fact]
    public async Task Rules_21_headers_reach_clients_of_version_5_alone()
    {
        await using var stage = new Stage(hub.Hub);
        var five = await stage.SubscribeAsync(stage.Topic("out"));
        var old = await stage.ConnectAsync(new Peer(Foreign.MqttJs, 4));
        await old.SubscribeAsync(stage.Topic("out"), 1);
        await hub.JavaScript.CreateRuleAsync(
            $"SELECT * FROM '{stage.Topic("in")}'",
            RuleStage.Republish(stage.Topic("out"), 1, new
            {
                payloadFormatIndicator = "UTF8_DATA",
                contentType = "application/${kind}",
                responseTopic = "answers/${topic(1)}",
                correlationData = "AQID",
                messageExpiry = "600",
                userProperties = new[] { new { key = "a", value = "1" }, new { key = "b", value = "${kind}" }, new { key = "a", value = "2" } },
            }));
        await five.PublishAsync(stage.Topic("in"), """{"kind":"json"}""", 1);
        var delivery = await five.NextAsync();
        delivery.Properties.ContentType.ShouldBe("application/json");
        delivery.Properties.ResponseTopic.ShouldStartWith("answers/i");
        delivery.Properties.CorrelationData.ShouldBe([1, 2, 3]);
        delivery.Properties.PayloadFormat.ShouldBe(1);
        delivery.Properties.MessageExpiry!.Value.ShouldBeInRange(500u, 600u);
        delivery.Properties.UserProperties!.Select(static pair => string.Join('=', pair)).ShouldBe(["a=1", "b=json", "a=2"]);
        (await old.NextAsync()).Text.ShouldBe("""{"kind":"json"}""");
    }

    [Fact]
    public async Task Rules_22_two_failing_actions_are_one_error_message_and_the_third_still_ran()
    {
        await using var stage = new Stage(hub.Hub);
        var watcher = await stage.SubscribeAsync(stage.Topic("out"), stage.Topic("failed/#"));
        var name = await hub.Boto3.CreateRuleAsync(
            $"SELECT n FROM '{stage.Topic("in")}'",
            RuleStage.Republish(stage.Topic("failed") + "/${n}"),
            [RuleStage.Republish("a/${topic()}/+"), RuleStage.Republish("${missing}"), RuleStage.Republish(stage.Topic("out"))]);
        await watcher.PublishAsync(stage.Topic("in"), """{"n":7,"more":"than selected"}""", 1);
        var seen = await watcher.NextAsync(2);
        seen.ShouldContain(one => one.Topic == stage.Topic("out") && one.Text == """{"n":7}""");
        // Templates of an error action see the original payload.
        var error = JsonDocument.Parse(seen.Single(one => one.Topic == stage.Topic("failed/7")).Payload).RootElement;
        error.GetProperty("ruleName").GetString().ShouldBe(name);
        error.GetProperty("topic").GetString().ShouldBe(stage.Topic("in"));
        Encoding.UTF8.GetString(error.GetProperty("base64OriginalPayload").GetBytesFromBase64()).ShouldBe("""{"n":7,"more":"than selected"}""");
        Guid.TryParse(error.GetProperty("cloudwatchTraceId").GetString(), out _).ShouldBeTrue();
        var failures = error.GetProperty("failures").EnumerateArray().ToList();
        failures.Count.ShouldBe(2);
        failures.ShouldAllBe(static failure => failure.GetProperty("failedAction").GetString() == "RepublishAction");
        failures[0].GetProperty("errorMessage").GetString()!.ShouldContain($"Message arrived on: {stage.Topic("in")}, Action: republish, Target:");
        await watcher.ShouldHaveNoMoreAsync(stage.Topic("out"));
    }

    [Fact]
    public async Task Rules_19_23_no_match_and_a_failing_function_do_not_run_the_error_action()
    {
        await using var stage = new Stage(hub.Hub);
        var watcher = await stage.SubscribeAsync(stage.Topic("failed"), stage.Topic("out"));
        var name = await hub.Boto3.CreateRuleAsync(
            $"SELECT n FROM '{stage.Topic("in")}' WHERE get_thing_shadow(thing, 'role').state.reported.on = true",
            RuleStage.Republish(stage.Topic("failed")), [RuleStage.Republish(stage.Topic("out"))]);
        var thing = stage.ClientId("t");
        await watcher.PublishAsync(stage.Topic("in"), $$"""{"n":1,"thing":"{{thing}}"}""", 1);
        await hub.RuleStatsAsync(name, static stats => stats.Number("functionFailures") == 1);
        await hub.JavaScript.DataAsync("UpdateThingShadow", new { thingName = thing, payload = DataPlaneStage.Bytes("""{"state":{"reported":{"on":false}}}""") });
        await watcher.PublishAsync(stage.Topic("in"), $$"""{"n":2,"thing":"{{thing}}"}""", 1);
        await hub.JavaScript.DataAsync("UpdateThingShadow", new { thingName = thing, payload = DataPlaneStage.Bytes("""{"state":{"reported":{"on":true}}}""") });
        await watcher.PublishAsync(stage.Topic("in"), $$"""{"n":3,"thing":"{{thing}}"}""", 1);
        // The second message may be evaluated only when the shadow is on already, but never before the first.
        var first = await watcher.NextAsync();
        first.Topic.ShouldBe(stage.Topic("out"));
        if (first.Text == """{"n":2}""") first = await watcher.NextAsync();
        first.Text.ShouldBe("""{"n":3}""");
        (await hub.LogAsync($"limit=1000&topic={stage.Topic("in")}")).ShouldContain(
            static line => line.GetProperty("eventType").GetString() == "FunctionExecution" && line.GetProperty("status").GetString() == "Failure");
        await watcher.ShouldHaveNoMoreAsync(stage.Topic("out"));
    }

    [Fact]
    public async Task Shadow_57_a_statement_reads_a_named_shadow_and_a_missing_one_stops_it_for_that_message()
    {
        await using var stage = new Stage(hub.Hub);
        var watcher = await stage.SubscribeAsync(stage.Topic("out"));
        var name = await hub.Boto3.CreateRuleAsync(
            $"SELECT n, get_thing_shadow(thing, 'S', 'role').state.reported.nothing AS nothing FROM '{stage.Topic("in")}' WHERE get_thing_shadow(thing, 'S', 'role').state.reported.x > 1",
            RuleStage.Republish(stage.Topic("out")));
        var thing = stage.ClientId("t");
        await hub.JavaScript.DataAsync(
            "UpdateThingShadow", new { thingName = thing, shadowName = "S", payload = DataPlaneStage.Bytes("""{"state":{"reported":{"x":2}}}""") });
        await watcher.PublishAsync(stage.Topic("in"), $$"""{"n":1,"thing":"{{thing}}-unknown"}""", 1);
        await hub.RuleStatsAsync(name, static stats => stats.Number("functionFailures") == 1);
        await watcher.PublishAsync(stage.Topic("in"), $$"""{"n":2,"thing":"{{thing}}"}""", 1);
        (await watcher.NextAsync()).Text.ShouldBe("""{"n":2}""");
        await watcher.ShouldHaveNoMoreAsync(stage.Topic("out"));
    }

    [Fact]
    public async Task Rules_31_a_rule_that_feeds_itself_and_two_that_feed_each_other_stop_at_the_limit()
    {
        await using var stage = new Stage(hub.Hub);
        var watcher = await stage.SubscribeAsync(stage.Topic("loop/a"), stage.Topic("ping"), stage.Topic("pong"), stage.Topic("fenced"));
        var own = await hub.Boto3.CreateRuleAsync($"SELECT * FROM '{stage.Topic("loop/a")}'", RuleStage.Republish(stage.Topic("loop/a")));
        await watcher.PublishAsync(stage.Topic("loop/a"), "{}", 1);
        (await watcher.NextAsync(11)).ShouldAllBe(one => one.Topic == stage.Topic("loop/a"));
        var stats = await hub.RuleStatsAsync(own, static stats => stats.GetProperty("failures").GetArrayLength() > 0);
        stats.GetProperty("failures").GetArrayLength().ShouldBe(1);
        stats.GetProperty("failures")[0].GetProperty("message").GetString().ShouldBe("republish depth exceeded");

        await hub.Boto3.CreateRuleAsync($"SELECT * FROM '{stage.Topic("ping")}'", RuleStage.Republish(stage.Topic("pong")));
        await hub.Boto3.CreateRuleAsync($"SELECT * FROM '{stage.Topic("pong")}'", RuleStage.Republish(stage.Topic("ping")));
        await watcher.PublishAsync(stage.Topic("ping"), "{}", 1);
        await watcher.NextAsync(11);
        await watcher.ShouldHaveNoMoreAsync(stage.Topic("fenced"));
    }

    [Fact]
    public async Task Rules_31_a_loop_through_a_shadow_stops_at_the_limit_too()
    {
        await using var stage = new Stage(hub.Hub);
        var thing = stage.ClientId("t");
        var name = await hub.Boto3.CreateRuleAsync(
            $"SELECT current.state AS state FROM '$aws/things/{thing}/shadow/update/documents'", RuleStage.Republish($"$$aws/things/{thing}/shadow/update"));
        await hub.JavaScript.DataAsync("UpdateThingShadow", new { thingName = thing, payload = DataPlaneStage.Bytes("""{"state":{"reported":{"n":1}}}""") });
        var stats = await hub.RuleStatsAsync(name, static stats => stats.GetProperty("failures").GetArrayLength() > 0 && stats.Number("waiting") == 0);
        stats.Number("matched").ShouldBe(11);
    }

    [Fact]
    public async Task Rules_33_two_rules_that_match_run_once_each()
    {
        await using var stage = new Stage(hub.Hub);
        var watcher = await stage.SubscribeAsync(stage.Topic("out/+"));
        await hub.Boto3.CreateRuleAsync($"SELECT * FROM '{stage.Topic("in/+")}'", RuleStage.Republish(stage.Topic("out/1")));
        await hub.Boto3.CreateRuleAsync($"SELECT * FROM '{stage.Topic("in/#")}'", RuleStage.Republish(stage.Topic("out/2")));
        await watcher.PublishAsync(stage.Topic("in/x"), "raw bytes", 1);
        var seen = await watcher.NextAsync(2);
        seen.Select(static one => one.Topic).Order().ShouldBe([stage.Topic("out/1"), stage.Topic("out/2")]);
        seen.ShouldAllBe(static one => one.Text == "raw bytes");
        await watcher.ShouldHaveNoMoreAsync(stage.Topic("out/1"));
    }

    [Fact]
    public async Task Rules_34_Messaging_44_basic_ingest_goes_to_its_rule_alone()
    {
        await using var stage = new Stage(hub.Hub);
        var watcher = await stage.SubscribeAsync(stage.Topic("out"));
        var all = await stage.ConnectAsync(new Peer(Foreign.Paho, 5));
        await all.SubscribeAsync("#", 1, retainHandling: 2);
        (await all.Driver.RequestAsync("subscribe", all.Name, new { filter = "$aws/rules/#", qos = 1 })).ReasonCodes![0].ShouldBeGreaterThanOrEqualTo(0x80);
        var name = await hub.Boto3.CreateRuleAsync(
            "SELECT *, topic() AS topic FROM 'never/matched' WHERE n > 1", RuleStage.Republish(stage.Topic("out")));
        await watcher.PublishAsync($"$aws/rules/{name}/plant/1", """{"n":1}""", 1);
        await watcher.PublishAsync($"$aws/rules/{name}/plant/1", """{"n":2}""", 1);
        (await watcher.NextAsync()).Text.ShouldBe("""{"n":2,"topic":"plant/1"}""");
        await hub.JavaScript.DataAsync("Publish", new { topic = $"$aws/rules/{name}", qos = 1, payload = DataPlaneStage.Bytes("""{"n":3}""") });
        (await watcher.NextAsync()).Text.ShouldBe("""{"n":3,"topic":""}""");
        (await all.NextAsync(2)).ShouldAllBe(one => one.Topic == stage.Topic("out"));

        await watcher.PublishAsync("$aws/rules/nobody_here/x", "{}", 1);
        (await hub.LogAsync("limit=1000&level=error")).ShouldContain(
            static line => line.GetProperty("eventType").GetString() == "RuleNotFound" && line.GetProperty("details").GetString() == "Rule nobody_here not found");
        (await (await hub.GetAsync("/metrics")).TextAsync()).ShouldNotContain("fairlead_rule_not_found_total 0\n");
        await hub.Boto3.IotAsync("DisableTopicRule", new { ruleName = name });
        await watcher.PublishAsync($"$aws/rules/{name}/plant/1", """{"n":4}""", 1);
        await watcher.ShouldHaveNoMoreAsync(stage.Topic("out"));
    }

    [Fact]
    public async Task Rules_trigger_on_wills_http_publishes_and_events_but_not_on_retained_deliveries()
    {
        await using var stage = new Stage(hub.Hub);
        var watcher = await stage.SubscribeAsync(stage.Topic("out"));
        await hub.Boto3.CreateRuleAsync($"SELECT clientid() AS client, topic() AS topic FROM '{stage.Topic("in/#")}'", RuleStage.Republish(stage.Topic("out")));
        await hub.Boto3.CreateRuleAsync($"SELECT eventType AS topic, clientId AS client FROM '$aws/events/presence/connected/{stage.ClientId("seen")}'", RuleStage.Republish(stage.Topic("out")));
        await hub.Boto3.DataAsync("Publish", new { topic = stage.Topic("in/http"), qos = 1, payload = DataPlaneStage.Bytes("x") });
        var seen = await watcher.NextJsonAsync();
        (seen.GetProperty("client").GetString(), seen.GetProperty("topic").GetString()).ShouldBe(("n/a", stage.Topic("in/http")));

        await watcher.PublishAsync(stage.Topic("in/kept"), "x", 1, retain: true);
        (await watcher.NextJsonAsync()).GetProperty("topic").GetString().ShouldBe(stage.Topic("in/kept"));
        var late = await stage.ConnectAsync(new Peer(Foreign.Paho, 5));
        await late.SubscribeAsync(stage.Topic("in/kept"), 1);
        (await late.NextAsync()).Retain.ShouldBeTrue();

        await using (var dying = await hub.Hub.ConnectRawAsync(4, stage.ClientId("seen"), will: new Fairlead.Shared.RawWill(stage.Topic("in/will"), "gone", 1)))
        {
            (await watcher.NextJsonAsync()).GetProperty("topic").GetString().ShouldBe("connected");
            dying.Close();
        }

        seen = await watcher.NextJsonAsync();
        (seen.GetProperty("client").GetString(), seen.GetProperty("topic").GetString()).ShouldBe((stage.ClientId("seen"), stage.Topic("in/will")));
        await watcher.ShouldHaveNoMoreAsync(stage.Topic("out"));
    }

    [Fact]
    public async Task Rules_32_a_function_that_hangs_holds_up_nobody_and_drops_are_counted()
    {
        await using var silent = FunctionServer.StartSilent();
        await using var own = new AwsHub { Arguments = ["--set", "Rules:QueueLength=5"] };
        await own.InitializeAsync();
        await using var stage = new Stage(own.Hub);
        var watcher = await stage.SubscribeAsync(stage.Topic("in"));
        var name = await own.Boto3.CreateRuleAsync($"SELECT aws_lambda('{silent.Url}', *) AS answer FROM '{stage.Topic("in")}'", RuleStage.Republish(stage.Topic("out")));
        for (var i = 0; i < 20; i++) (await watcher.PublishAsync(stage.Topic("in"), $$"""{"n":{{i}}}""", 1)).ShouldBe(0);
        (await watcher.NextAsync(20)).Count.ShouldBe(20);
        var stats = await own.RuleStatsAsync(name, static stats => stats.Number("throttled") > 0);
        (stats.Number("throttled") + stats.Number("waiting") + stats.Number("functionFailures")).ShouldBe(20);
        stats.Number("waiting").ShouldBeLessThanOrEqualTo(6);
    }
}
