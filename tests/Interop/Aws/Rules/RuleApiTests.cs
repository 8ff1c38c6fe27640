using System.Net;
using System.Text;
using System.Text.Json;
using Fairlead.Interop.Aws.DataPlane;

namespace Fairlead.Interop.Aws.Rules;

/// <summary>The API of topic rules, called by boto3, by the AWS SDK for JavaScript and by hand (checklist lines 1 to 12).</summary>
public sealed class RuleApiTests(AwsHub hub) : IClassFixture<AwsHub>
{
    private static readonly object[] OneAction = [RuleStage.Republish("out/nothing")];

    public static TheoryData<AwsTool> Tools => new(AwsTool.Boto3, AwsTool.JavaScript);

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Rules_01_what_is_created_is_told_again(AwsTool tool)
    {
        var api = tool == AwsTool.Boto3 ? hub.Boto3 : hub.JavaScript;
        var name = RuleStage.NewName();
        var headers = new { contentType = "text/plain", userProperties = new[] { new { key = "a", value = "${topic()}" } } };
        await api.IotAsync("CreateTopicRule", new
        {
            ruleName = name,
            topicRulePayload = new
            {
                sql = "SELECT temp, topic(2) AS line FROM 'plant/+/temp' WHERE temp > 30",
                description = "hot lines",
                awsIotSqlVersion = "2016-03-23",
                ruleDisabled = false,
                actions = new[] { RuleStage.Republish("alarms/${topic(2)}", 1, headers) },
                errorAction = RuleStage.Republish("alarms/failed", 0),
            },
        });

        var answer = await api.IotAsync("GetTopicRule", new { ruleName = name });

        answer.GetProperty("ruleArn").GetString().ShouldBe($"arn:aws:iot:us-east-1:123456789012:rule/{name}");
        var rule = answer.GetProperty("rule");
        rule.GetProperty("ruleName").GetString().ShouldBe(name);
        rule.GetProperty("sql").GetString().ShouldBe("SELECT temp, topic(2) AS line FROM 'plant/+/temp' WHERE temp > 30");
        rule.GetProperty("description").GetString().ShouldBe("hot lines");
        rule.GetProperty("awsIotSqlVersion").GetString().ShouldBe("2016-03-23");
        rule.GetProperty("ruleDisabled").GetBoolean().ShouldBeFalse();
        var republish = rule.GetProperty("actions")[0].GetProperty("republish");
        republish.GetProperty("topic").GetString().ShouldBe("alarms/${topic(2)}");
        republish.GetProperty("qos").GetInt32().ShouldBe(1);
        republish.GetProperty("headers").GetProperty("userProperties")[0].GetProperty("value").GetString().ShouldBe("${topic()}");
        rule.GetProperty("errorAction").GetProperty("republish").GetProperty("topic").GetString().ShouldBe("alarms/failed");
        await api.IotAsync("DeleteTopicRule", new { ruleName = name });
    }

    [Fact]
    public async Task Rules_01_the_bare_body_answers_with_an_empty_one_and_a_wrapped_body_is_refused()
    {
        var name = RuleStage.NewName();
        using var created = await PostAsync($"/rules/{name}", """{"sql":"SELECT * FROM 'a'","actions":[]}""");
        created.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await created.TextAsync()).ShouldBeEmpty();
        using var wrapped = await PostAsync($"/rules/{RuleStage.NewName()}", """{"topicRulePayload":{"sql":"SELECT * FROM 'a'","actions":[]}}""");
        wrapped.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        wrapped.Headers.GetValues("x-amzn-ErrorType").ShouldHaveSingleItem().ShouldStartWith("InvalidRequestException");
    }

    [Fact]
    public async Task Rules_02_a_name_that_is_taken_is_refused_with_its_arn()
    {
        var name = await hub.Boto3.CreateRuleAsync("SELECT * FROM 'a'", OneAction);
        var error = await hub.Boto3.RefusedAsync(
            "ResourceAlreadyExistsException", 409, "CreateTopicRule", new { ruleName = name, topicRulePayload = new { sql = "SELECT * FROM 'a'", actions = OneAction } });
        error.Members.GetProperty("resourceArn").GetString().ShouldBe($"arn:aws:iot:us-east-1:123456789012:rule/{name}");
    }

    [Theory]
    [InlineData("t-r")]
    [InlineData("t.r")]
    [InlineData("t r")]
    public async Task Rules_03_a_name_of_other_characters_is_refused_in_the_words_of_AWS(string name)
    {
        var error = await hub.JavaScript.RefusedAsync(
            "InvalidRequestException", 400, "CreateTopicRule", new { ruleName = name, topicRulePayload = new { sql = "SELECT * FROM 'a'", actions = OneAction } });
        error.Message!.ShouldContain("Member must satisfy regular expression pattern: ^[a-zA-Z0-9_]+$");
    }

    [Fact]
    public async Task Rules_04_an_unknown_rule_is_denied_or_with_the_switch_not_found()
    {
        foreach (var operation in new[] { "GetTopicRule", "EnableTopicRule", "DisableTopicRule", "DeleteTopicRule" })
        {
            var error = await hub.Boto3.RefusedAsync("UnauthorizedException", 401, operation, new { ruleName = "nobody" });
            error.Message.ShouldBe("Access to topic rule 'nobody' was denied");
        }

        await hub.Boto3.RefusedAsync(
            "UnauthorizedException", 401, "ReplaceTopicRule", new { ruleName = "nobody", topicRulePayload = new { sql = "SELECT * FROM 'a'", actions = OneAction } });
        var own = new AwsHub { Arguments = ["--set", "Rules:NotFoundAs404=true"] };
        await using (own)
        {
            await own.InitializeAsync();
            await own.Boto3.RefusedAsync("ResourceNotFoundException", 404, "GetTopicRule", new { ruleName = "nobody" });
            await own.Boto3.RefusedAsync("ResourceNotFoundException", 404, "DeleteTopicRule", new { ruleName = "nobody" });
        }
    }

    [Fact]
    public async Task Rules_05_without_a_version_the_oldest_holds()
    {
        var name = RuleStage.NewName();
        await hub.Boto3.IotAsync("CreateTopicRule", new { ruleName = name, topicRulePayload = new { sql = "SELECT * FROM 'a'", actions = OneAction } });
        (await hub.Boto3.IotAsync("GetTopicRule", new { ruleName = name })).GetProperty("rule").GetProperty("awsIotSqlVersion").GetString().ShouldBe("2015-10-08");
        await hub.Boto3.RefusedAsync(
            "InvalidRequestException", 400, "CreateTopicRule",
            new { ruleName = RuleStage.NewName(), topicRulePayload = new { sql = "SELECT * FROM 'a'", awsIotSqlVersion = "2017-01-01", actions = OneAction } });
    }

    [Fact]
    public async Task Rules_06_a_statement_that_cannot_be_read_stores_nothing()
    {
        var name = RuleStage.NewName();
        foreach (var sql in new[] { "SELECT FROM 'a'", "SELECT * FROM 'a' WHERE", "SELECT nofunction(1) FROM 'a'" })
            await hub.Boto3.RefusedAsync("SqlParseException", 400, "CreateTopicRule", new { ruleName = name, topicRulePayload = new { sql, actions = OneAction } });
        await hub.Boto3.RefusedAsync("UnauthorizedException", 401, "GetTopicRule", new { ruleName = name });
        await hub.Boto3.IotAsync("CreateTopicRule", new { ruleName = name, topicRulePayload = new { sql = "SELECT * FROM 'kept'", actions = OneAction } });
        await hub.Boto3.RefusedAsync("SqlParseException", 400, "ReplaceTopicRule", new { ruleName = name, topicRulePayload = new { sql = "SELECT", actions = OneAction } });
        (await hub.Boto3.IotAsync("GetTopicRule", new { ruleName = name })).GetProperty("rule").GetProperty("sql").GetString().ShouldBe("SELECT * FROM 'kept'");
    }

    [Theory]
    [InlineData("""{"sql":"SELECT * FROM 'a'","actions":[{},{}]}""", "has none")]
    [InlineData("""{"sql":"SELECT * FROM 'a'","actions":[{"republish":{"topic":"a","roleArn":"r"},"s3":{}}]}""", "exactly one member")]
    [InlineData("""{"sql":"SELECT * FROM 'a'","actions":[{"republish":{"topic":"a","roleArn":"r","qos":2}}]}""", "qos")]
    [InlineData("""{"sql":"SELECT * FROM 'a'","actions":[{"republish":{"topic":"${oops(","roleArn":"r"}}]}""", "template")]
    [InlineData("""{"sql":"SELECT * FROM 'a'","actions":[{"republish":{"topic":"a"}}]}""", "roleArn")]
    [InlineData("""{"sql":"SELECT * FROM 'a'","actions":[{"telegraph":{}}]}""", "telegraph")]
    [InlineData("""{"sql":"SELECT * FROM 'a'","actions":[{"salesforce":{"token":"x","url":"y"}}]}""", "salesforce has no local target")]
    [InlineData("""{"sql":"SELECT * FROM 'a'"}""", "actions")]
    [InlineData("""{"actions":[]}""", "sql")]
    public async Task Rules_07_definitions_of_the_wrong_shape_are_refused_with_the_fault(string definition, string told)
    {
        using var answer = await PostAsync($"/rules/{RuleStage.NewName()}", definition);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Headers.GetValues("x-amzn-ErrorType").ShouldHaveSingleItem().ShouldBe("InvalidRequestException");
        (await answer.TextAsync()).ShouldContain(told);
    }

    [Fact]
    public async Task Rules_07_eleven_actions_are_one_too_many()
    {
        var eleven = Enumerable.Range(0, 11).Select(static i => RuleStage.Republish($"out/{i}")).ToArray();
        using var answer = await PostAsync($"/rules/{RuleStage.NewName()}", JsonSerializer.Serialize(new { sql = "SELECT * FROM 'a'", actions = eleven }));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var ten = await PostAsync($"/rules/{RuleStage.NewName()}", JsonSerializer.Serialize(new { sql = "SELECT * FROM 'a'", actions = eleven[..10] }));
        ten.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Rules_08_lists_have_patterns_filters_and_pages()
    {
        await using var own = new AwsHub();
        await own.InitializeAsync();
        var names = new List<string>();
        for (var i = 0; i < 3; i++) names.Add(await own.Boto3.CreateRuleAsync($"SELECT * FROM 'site/+/t{i}'", OneAction));
        await own.Boto3.IotAsync("DisableTopicRule", new { ruleName = names[1] });

        var pages = await own.Boto3.PagesAsync("ListTopicRules", "rules", 1);
        pages.Select(static rule => rule.GetProperty("ruleName").GetString()).ShouldBe(names);
        pages[0].GetProperty("topicPattern").GetString().ShouldBe("site/+/t0");
        pages[0].GetProperty("ruleArn").GetString().ShouldEndWith($":rule/{names[0]}");
        Names(await own.Boto3.IotAsync("ListTopicRules", new { ruleDisabled = true })).ShouldBe([names[1]]);
        Names(await own.JavaScript.IotAsync("ListTopicRules", new { topic = "site/9/t2" })).ShouldBe([names[2]]);
        Names(await own.JavaScript.IotAsync("ListTopicRules", new { topic = "site/+/t0" })).ShouldBe([names[0]]);
        Names(await own.JavaScript.IotAsync("ListTopicRules", new { topic = "elsewhere" })).ShouldBeEmpty();
    }

    [Fact]
    public async Task Rules_09_a_rule_that_is_off_does_nothing_and_switching_twice_is_no_error()
    {
        await using var stage = new Stage(hub.Hub);
        var watcher = await stage.SubscribeAsync(stage.Topic("out"));
        var name = await hub.Boto3.CreateRuleAsync($"SELECT n FROM '{stage.Topic("in")}'", RuleStage.Republish(stage.Topic("out")));
        for (var i = 0; i < 2; i++) await hub.Boto3.IotAsync("DisableTopicRule", new { ruleName = name });
        await watcher.PublishAsync(stage.Topic("in"), """{"n":1}""", 1);
        for (var i = 0; i < 2; i++) await hub.JavaScript.IotAsync("EnableTopicRule", new { ruleName = name });
        await watcher.PublishAsync(stage.Topic("in"), """{"n":2}""", 1);
        (await watcher.NextAsync()).Text.ShouldBe("""{"n":2}""");
        await watcher.ShouldHaveNoMoreAsync(stage.Topic("out"));
    }

    [Fact]
    public async Task Rules_10_11_tags_and_time_of_creation_outlive_a_replacement()
    {
        await using var stage = new Stage(hub.Hub);
        var watcher = await stage.SubscribeAsync(stage.Topic("out/#"));
        var name = RuleStage.NewName();
        await hub.Boto3.IotAsync("CreateTopicRule", new
        {
            ruleName = name,
            tags = "site=a&x=1%2B1",
            topicRulePayload = new { sql = $"SELECT 1 AS v FROM '{stage.Topic("in")}'", actions = new[] { RuleStage.Republish(stage.Topic("out/1")) } },
        });
        var before = (await hub.Boto3.IotAsync("GetTopicRule", new { ruleName = name })).GetProperty("rule").GetProperty("createdAt").GetRawText();
        await watcher.PublishAsync(stage.Topic("in"), "{}", 1);
        (await watcher.NextAsync()).Topic.ShouldBe(stage.Topic("out/1"));

        await hub.JavaScript.IotAsync("ReplaceTopicRule", new
        {
            ruleName = name,
            topicRulePayload = new { sql = $"SELECT 2 AS v FROM '{stage.Topic("in")}'", actions = new[] { RuleStage.Republish(stage.Topic("out/2")) } },
        });

        await watcher.PublishAsync(stage.Topic("in"), "{}", 1);
        var replaced = await watcher.NextAsync();
        (replaced.Topic, replaced.Text).ShouldBe((stage.Topic("out/2"), """{"v":2}"""));
        (await hub.Boto3.IotAsync("GetTopicRule", new { ruleName = name })).GetProperty("rule").GetProperty("createdAt").GetRawText().ShouldBe(before);
        var tags = (await hub.Boto3.IotAsync("ListTagsForResource", new { resourceArn = $"arn:aws:iot:us-east-1:123456789012:rule/{name}" })).GetProperty("tags");
        tags.EnumerateArray().ToDictionary(static tag => tag.GetProperty("Key").GetString()!, static tag => tag.GetProperty("Value").GetString())
            .ShouldBe(new Dictionary<string, string?> { ["site"] = "a", ["x"] = "1+1" });
    }

    [Fact]
    public async Task Rules_12_the_command_line_of_AWS_creates_and_deletes_a_rule()
    {
        var name = RuleStage.NewName();
        const string Payload = """{"sql":"SELECT * FROM 'a'","awsIotSqlVersion":"2016-03-23","actions":[{"republish":{"topic":"/lwt/executed","roleArn":"arn:aws:iam::123456789012:role/lwtRuleRole"}}]}""";
        (await AwsCommandLine.RunAsync(hub.Login, "iot", "create-topic-rule", "--rule-name", name, "--topic-rule-payload", Payload)).ShouldBe((0, ""));
        (await AwsCommandLine.RunAsync(hub.Login, "iot", "get-topic-rule", "--rule-name", name)).ShouldBe((0, ""));
        (await AwsCommandLine.RunAsync(hub.Login, "iot", "delete-topic-rule", "--rule-name", name)).ShouldBe((0, ""));
        (await AwsCommandLine.RunAsync(hub.Login, "iot", "get-topic-rule", "--rule-name", name)).Error.ShouldContain($"Access to topic rule '{name}' was denied");
    }

    private static IEnumerable<string?> Names(JsonElement page) => page.GetProperty("rules").EnumerateArray().Select(static rule => rule.GetProperty("ruleName").GetString());

    private async Task<HttpResponseMessage> PostAsync(string target, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        return await hub.Administrator.PostAsync(new Uri(target, UriKind.Relative), content);
    }
}
