using Fairlead.Edge.Twin;
using Fairlead.Unit.Shadows;
using Shouldly;
using Xunit;
using Members = System.Collections.Generic.SortedDictionary<string, object>;

namespace Fairlead.Unit.Edge.Twin;

/// <summary>Answers, errors and retrieves (spec/kanto-edge, section 14, rules 1 and 4 to 7).</summary>
public sealed class TwinAnswerTests
{
    private const string Asked = """{"response-required":true,"correlation-id":"c1","content-type":"application/vnd.eclipse.ditto+json"}""";

    private static TwinOptions Options => new() { DeviceId = TwinStage.Device };

    private static string? Text(Members message, string name) => message.TryGetValue(name, out var value) ? ModelJson.Write(value) : null;

    [Theory]
    [InlineData("create", "/features/f", """{"properties":{"x":1}}""", "create-response", "201")]
    [InlineData("modify", "/features/f/properties/x", "1", "modify-response", "201")]
    [InlineData("modify", "/attributes/a", "2", "modify-response", "204")]
    [InlineData("merge", "/attributes/a", "2", "merge-response", "204")]
    [InlineData("delete", "/attributes/a", null, "delete-response", "204")]
    public void Edge_54_a_command_is_answered_when_the_local_twin_has_it(string action, string path, string? value, string subject, string status)
    {
        var stage = new TwinStage(); // never connected
        stage.Given("/attributes", """{"a":1}""");
        stage.Command(action, path, value, Asked).ShouldBe(TwinFate.Spool);
        stage.Local.Select(static message => message.Topic).ShouldBe([$"command///req//{subject}", $"c///q//{subject}"]);
        var answer = stage.LocalOf(subject).ShouldHaveSingleItem();
        Text(answer, "topic").ShouldBe($"\"test/device/things/twin/commands/{action}\"");
        Text(answer, "path").ShouldBe($"\"{path}\"");
        Text(answer, "status").ShouldBe(status);
        Text(answer, "headers").ShouldBe("""{"content-type":"application/vnd.eclipse.ditto\u002Bjson","correlation-id":"c1","response-required":false}""");
        Text(answer, "value").ShouldBe(action == "create" ? value : null);
    }

    [Theory]
    [InlineData(null, false, false)]
    [InlineData(null, true, true)]
    [InlineData(false, true, false)]
    [InlineData(true, false, true)]
    public void Edge_54_whether_there_is_an_answer(bool? required, bool byDefault, bool expected)
    {
        var stage = new TwinStage(Options with { ResponseDefault = byDefault });
        string headers = required is { } told ? $$"""{"correlation-id":"c","response-required":{{(told ? "true" : "false")}}}""" : """{"correlation-id":5}""";
        stage.Command("modify", "/attributes/a", "1", headers);
        stage.Command("modify", "/attributes", "1", headers); // refused
        stage.Local.Count.ShouldBe(expected ? 4 : 0);
    }

    [Fact]
    public void Edge_54_a_timeout_of_zero_wants_no_answer()
    {
        var stage = new TwinStage();
        stage.Command("modify", "/attributes/a", "1", """{"response-required":true,"timeout":"0"}""");
        stage.Local.ShouldBeEmpty();
    }

    [Fact]
    public void Edge_54_a_child_is_answered_under_its_own_id()
    {
        var stage = new TwinStage();
        stage.Command("modify", "/attributes/a", "1", Asked, thing: "test/device:ch");
        stage.Local.Select(static message => message.Topic).ShouldBe(["command//test:device:ch/req//modify-response", "c//test:device:ch/q//modify-response"]);
    }

    [Theory]
    [InlineData(400, "400", "json.invalid")]
    [InlineData(415, "400", "json.invalid")]
    [InlineData(401, "403", "things:thing.notmodifiable")]
    [InlineData(403, "403", "things:thing.notmodifiable")]
    [InlineData(404, "404", "things:feature.notfound")]
    [InlineData(413, "413", "things:thing.toolarge")]
    [InlineData(429, "429", "things:thing.toomanymodifyingrequests")]
    [InlineData(500, "503", "things:thing.unavailable")]
    public void Edge_54_a_later_rejection_is_reported_with_the_same_correlation_id(int code, string status, string error)
    {
        var stage = TwinStage.Connected();
        stage.Hub.Refusal = (topic, _) => topic.EndsWith("/update", StringComparison.Ordinal) ? code : null;
        stage.Command("modify", "/features/f/properties/x", "1", Asked);
        for (int i = 0; i < 5; i++) stage.Advance(10);
        stage.Requests.Count.ShouldBe(code is 429 or 500 ? 4 : 1); // passing reasons are tried three times more
        stage.LocalOf("modify-response").Count.ShouldBe(1);
        var answer = stage.LocalOf("errors-response").ShouldHaveSingleItem();
        Text(answer, "topic").ShouldBe("\"test/device/things/twin/errors\"");
        Text(answer, "path").ShouldBe("\"/\"");
        Text(answer, "status").ShouldBe(status);
        Text((Members)answer["headers"], "correlation-id").ShouldBe("\"c1\"");
        Text((Members)answer["value"], "error").ShouldBe($"\"{error}\"");
        ((Members)answer["value"]).Keys.ShouldBe(["description", "error", "message", "status"]);
        stage.Command("retrieve", "/features/f", headers: Asked);
        stage.LocalOf("retrieve-response").ShouldBeEmpty(); // the local twin gave way
    }

    [Fact]
    public void Edge_54_a_passing_rejection_is_mended_without_a_word()
    {
        int refusals = 2;
        var stage = TwinStage.Connected();
        stage.Hub.Refusal = (topic, _) => topic.EndsWith("/update", StringComparison.Ordinal) && refusals-- > 0 ? 429 : null;
        stage.Command("modify", "/features/f/properties/x", "1", Asked);
        stage.Advance(1);
        stage.Advance(2);
        stage.Hub.State("f").ShouldBe("""{"reported":{"x":1}}""");
        stage.LocalOf("errors-response").ShouldBeEmpty();
    }

    [Fact]
    public void Edge_54_what_came_later_is_not_undone_by_a_repetition()
    {
        int refusals = 1;
        var stage = TwinStage.Connected().Given("/features/f/properties", """{"n":0,"old":1}""");
        stage.IsHolding = true;
        stage.Command("modify", "/features/f/properties", """{"n":1,"m":1}""");
        stage.Command("modify", "/features/f/properties/n", "2");
        stage.Hub.Refusal = (topic, _) => topic.EndsWith("/update", StringComparison.Ordinal) && refusals-- > 0 ? 500 : null;
        stage.IsHolding = false;
        stage.Release();
        stage.Command("modify", "/features/f/properties/n", "3");
        stage.Advance(5);
        stage.Hub.State("f").ShouldBe("""{"reported":{"m":1,"n":3}}""");
    }

    [Fact]
    public void Edge_54_if_match_names_the_version_and_a_conflict_is_412()
    {
        var stage = TwinStage.Connected().Given("/features/f/properties", """{"x":1}""");
        stage.Command("modify", "/features/f/properties/x", "2", """{"response-required":true,"correlation-id":"c1","If-Match":"\"rev:1\""}""");
        stage.Published[^1].Payload.ShouldBe("""{"state":{"reported":{"x":2}},"version":1,"clientToken":"c1"}""");
        stage.LocalOf("errors-response").ShouldBeEmpty();
        stage.Command("modify", "/features/f/properties/x", "3", """{"response-required":true,"correlation-id":"c2","If-Match":"\"rev:1\""}""");
        var answer = stage.LocalOf("errors-response").ShouldHaveSingleItem();
        Text(answer, "status").ShouldBe("412");
        Text((Members)answer["headers"], "correlation-id").ShouldBe("\"c2\"");
        stage.Hub.State("f").ShouldBe("""{"reported":{"x":2}}""");
        stage.Command("modify", "/features/f/properties/x", "3", """{"response-required":true,"If-Match":"\"hash:1\""}""").ShouldBe(TwinFate.Taken);
        stage.LocalOf("errors-response").Count.ShouldBe(2);
    }

    [Fact]
    public void Edge_54_with_ack_cloud_the_answer_waits_for_the_hub()
    {
        var stage = TwinStage.Connected(Options with { Ack = TwinAck.Cloud });
        stage.IsHolding = true;
        stage.Command("modify", "/features/f/properties/x", "1", Asked);
        stage.Command("modify", "/features/f/properties/y", "1", """{"response-required":true,"correlation-id":"c2","timeout":"500ms"}""");
        stage.Local.ShouldBeEmpty();
        stage.Advance(0.6);
        Text(stage.LocalOf("errors-response").ShouldHaveSingleItem(), "status").ShouldBe("408");
        stage.IsHolding = false;
        stage.Release();
        Text(stage.LocalOf("modify-response").ShouldHaveSingleItem(), "status").ShouldBe("201");
        stage.Disconnect();
        stage.Clear();
        stage.Command("modify", "/features/f/properties/x", "2", Asked).ShouldBe(TwinFate.Taken);
        Text(stage.LocalOf("errors-response").ShouldHaveSingleItem(), "status").ShouldBe("503");
        stage.Command("modify", "/features/f/properties/x", "3").ShouldBe(TwinFate.Spool); // nobody asked
    }

    [Fact]
    public void Edge_54_with_ack_cloud_a_lost_link_does_not_lose_the_answer()
    {
        var stage = TwinStage.Connected(Options with { Ack = TwinAck.Cloud });
        stage.IsHolding = true;
        stage.Command("modify", "/features/f/properties/x", "1", Asked);
        stage.Disconnect();
        stage.IsHolding = false;
        stage.Connect();
        Text(stage.LocalOf("modify-response").ShouldHaveSingleItem(), "status").ShouldBe("201");
        stage.SpooledCount.ShouldBe(0);
    }

    [Fact]
    public void Edge_54_a_thing_that_exists_is_not_created_again()
    {
        var stage = TwinStage.Connected();
        stage.Command("create", "/", """{"attributes":{"a":1}}""", Asked).ShouldBe(TwinFate.Spool);
        stage.Command("create", "/", """{"attributes":{"a":2}}""", Asked).ShouldBe(TwinFate.Taken);
        Text(stage.LocalOf("errors-response").ShouldHaveSingleItem(), "status").ShouldBe("409");
    }

    [Fact]
    public void Edge_54_what_is_not_there_cannot_be_deleted()
    {
        var stage = TwinStage.Connected().Given("/features/f/properties", """{"x":1}""");
        stage.Command("delete", "/features/f/properties/y", headers: Asked);
        var value = (Members)stage.LocalOf("errors-response").ShouldHaveSingleItem()["value"];
        Text(value, "error").ShouldBe("\"things:feature.property.notfound\"");
    }

    [Theory]
    [InlineData("/", null, """{"attributes":{"a":1},"features":{"f":{"definition":["d"],"desiredProperties":{"w":1},"properties":{"x":1.10,"y":{"z":[1]}}}},"thingId":"test:device"}""")]
    [InlineData("/features/f", null, """{"definition":["d"],"desiredProperties":{"w":1},"properties":{"x":1.10,"y":{"z":[1]}}}""")]
    [InlineData("/features/f/properties/y", null, """{"z":[1]}""")]
    [InlineData("/attributes/a", null, "1")]
    [InlineData("/", "thingId,attributes", """{"attributes":{"a":1},"thingId":"test:device"}""")]
    [InlineData("/", "/features/f/properties(x,/y/z),none", """{"features":{"f":{"properties":{"x":1.10,"y":{"z":[1]}}}}}""")]
    [InlineData("/features/f", "definition", """{"definition":["d"]}""")]
    public void Edge_55_a_retrieve_is_answered_from_the_local_twin_while_offline(string path, string? fields, string expected)
    {
        var stage = TwinStage.Connected();
        stage.Given("/attributes", """{"a":1}""").Given("/features/f", """{"definition":["d"],"properties":{"x":0},"desiredProperties":{"w":1}}""");
        stage.Disconnect();
        stage.Given("/features/f/properties", """{"x":1.10,"y":{"z":[1]}}""");
        stage.Accept($$"""{"topic":"test/device/things/twin/commands/retrieve","headers":{"correlation-id":"r1"},"path":"{{path}}"{{(fields is null ? "" : $",\"fields\":\"{fields}\"")}}}""").ShouldBe(TwinFate.Taken);
        var answer = stage.LocalOf("retrieve-response").ShouldHaveSingleItem();
        Text(answer, "value").ShouldBe(expected);
        Text(answer, "status").ShouldBe("200");
        Text((Members)answer["headers"], "correlation-id").ShouldBe("\"r1\"");
    }

    [Theory]
    [InlineData("/features/none", "things:feature.notfound")]
    [InlineData("/features/f/properties/none", "things:feature.property.notfound")]
    [InlineData("/attributes/none", "things:attribute.notfound")]
    public void Edge_54_a_retrieve_of_what_is_not_there_is_404(string path, string error)
    {
        var stage = TwinStage.Connected().Given("/features/f/properties", """{"x":1}""").Given("/attributes/a", "1");
        stage.Command("retrieve", path);
        Text((Members)stage.LocalOf("errors-response").ShouldHaveSingleItem()["value"], "error").ShouldBe($"\"{error}\"");
    }

    [Fact]
    public void Edge_55_several_things_at_once()
    {
        var stage = TwinStage.Connected().Given("/attributes/a", "1").Given("/attributes/b", "2", thing: "test/device:ch");
        const string Ask = """{"topic":"_/_/things/twin/commands/retrieve","headers":{"correlation-id":"r"},"path":"/","fields":"attributes","value":{"thingIds":["test:device:ch","test:device"]}}""";
        stage.Accept(Ask).ShouldBe(TwinFate.Taken);
        Text(stage.LocalOf("retrieve-response").ShouldHaveSingleItem(), "value").ShouldBe("""[{"attributes":{"b":2}},{"attributes":{"a":1}}]""");
        stage.Accept(Ask.Replace("test:device:ch", "other:thing", StringComparison.Ordinal)).ShouldBe(TwinFate.Forward);
    }

    [Fact]
    public void Edge_55_what_is_not_known_goes_to_the_cloud()
    {
        var stage = new TwinStage();
        stage.Command("retrieve", "/features/f").ShouldBe(TwinFate.Forward);
        stage.Given("/features/f/properties/x", "1");
        stage.Command("retrieve", "/features/f").ShouldBe(TwinFate.Taken);
        stage.Command("retrieve", "/features/g").ShouldBe(TwinFate.Forward);
        stage.Command("retrieve", "/").ShouldBe(TwinFate.Forward);
    }

    [Fact]
    public void Edge_54_long_correlation_ids_become_a_digest_and_missing_ones_a_token()
    {
        var stage = TwinStage.Connected();
        string id = new('c', 65);
        stage.Command("modify", "/attributes/a", "1", $$"""{"correlation-id":"{{id}}"}""");
        stage.Command("modify", "/attributes/a", "2");
        var tokens = stage.Published.Select(static p => ModelJson.Write(((Members)ModelJson.Parse(p.Payload))["clientToken"])).ToArray();
        tokens.Distinct().Count().ShouldBe(tokens.Length);
        tokens.ShouldAllBe(static token => token.Length <= 66);
    }
}
