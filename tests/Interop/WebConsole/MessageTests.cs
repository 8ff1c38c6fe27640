using System.Text.Json;
using Fairlead.Shared;

namespace Fairlead.Interop.WebConsole;

/// <summary>Topics, Test client, Rules and Policies.</summary>
public sealed class MessageTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task Topics_mark_what_has_changed_in_the_second_message_and_draw_its_numbers()
    {
        await using var visitor = await browser.OpenAsync("/console/topics?topic=topics1/temp");
        await visitor.ExpectTextAsync("link-state", "live");
        await PublishAsync("topics1/temp", """{"temp":20,"hum":40}""");
        await visitor.ExpectContainsAsync("topic-payload", "20");
        await PublishAsync("topics1/temp", """{"temp":21,"hum":40}""");
        await visitor.ExpectContainsAsync("topic-payload", "21");
        await Visitor.ExpectCountAsync(visitor.At("changed"), 1);
        await visitor.ExpectContainsAsync("changed", "temp");
        await visitor.ExpectContainsAsync("topic-charts", "temp");
        await visitor.At("topic-payload-hex").ClickAsync();
        await visitor.ExpectContainsAsync("topic-payload", "7b 22 74 65 6d 70");
        await visitor.Row("topic-row", "topic", "topics1/temp").WaitForAsync();
    }

    [Fact]
    public async Task Topics_freeze_while_paused_and_export_as_many_lines_as_were_counted()
    {
        await using var visitor = await browser.OpenAsync("/console/topics?filter=paused1/%23");
        await visitor.ExpectTextAsync("link-state", "live");
        for (int i = 0; i < 7; i++) await PublishAsync($"paused1/{i}", $"{i}");
        await visitor.ExpectTextAsync("topics-recorded", "7");
        // The hub has to know before the next message comes.
        await visitor.Page.RunAndWaitForResponseAsync(
            () => visitor.At("pause").ClickAsync(), static answer => answer.Request.Method == "POST" && answer.Url.Contains("/v1/console/topics/", StringComparison.Ordinal));
        await PublishAsync("paused1/late", "8");
        await visitor.ExpectTextAsync("topics-skipped", "1");
        await visitor.ExpectTextAsync("topics-recorded", "7");
        var download = await visitor.Page.RunAndWaitForDownloadAsync(() => visitor.At("export").ClickAsync());
        var lines = await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        lines.Length.ShouldBe(7);
        JsonDocument.Parse(lines[0]).RootElement.GetProperty("topic").GetString().ShouldBe("paused1/0");
    }

    [Fact]
    public async Task Deleting_retained_messages_asks_and_names_their_number()
    {
        foreach (var topic in new[] { "kept1", "kept1/a", "kept1/b/c" }) await PublishAsync(topic, "1", retain: true);
        await PublishAsync("kept10", "1", retain: true);
        await using var visitor = await browser.OpenAsync("/console/topics?topic=kept1");
        await visitor.At("retained").WaitForAsync();
        await visitor.At("delete-retained").ClickAsync();
        await visitor.ExpectContainsAsync("delete-says", "3 retained messages");
        await visitor.At("dialog-confirm").ClickAsync();
        await Visitor.ExpectCountAsync(visitor.At("retained"), 0);
        var left = await browser.CallAsync(HttpMethod.Get, "/retainedMessage");
        left.ShouldNotContain("\"kept1/");
        left.ShouldContain("\"kept10\"");
    }

    [Fact]
    public async Task The_test_client_shows_what_it_publishes_to_its_own_subscription()
    {
        await using var visitor = await browser.OpenAsync("/console/test");
        await visitor.At("subscribe-filter").FillAsync("own1/#");
        await visitor.At("subscribe").ClickAsync();
        await visitor.ExpectTextAsync("link-state", "live");
        await visitor.At("publish-topic").FillAsync("own1/x");
        await visitor.At("publish-payload-format").SelectOptionAsync("hex");
        await visitor.At("publish-payload").FillAsync("00 ff 80 41");
        await visitor.At("save-message").ClickAsync();
        await visitor.At("publish").ClickAsync();
        await visitor.At("sent").WaitForAsync();
        await visitor.ExpectTextAsync("message-topic", "own1/x");
        await visitor.ExpectTextAsync("message-payload", "00 ff 80 41");

        await visitor.Page.ReloadAsync();
        await visitor.At("publish-payload").FillAsync("other");
        await visitor.At("saved-message").ClickAsync();
        (await visitor.At("publish-payload").InputValueAsync()).ShouldBe("00 ff 80 41");
    }

    [Fact]
    public async Task A_publication_that_the_policy_of_a_thing_denies_is_never_shown_as_sent()
    {
        await browser.CreateThingAsync("actor1");
        await using var visitor = await browser.OpenAsync("/console/test?as=actor1&filter=other/%23&filter=actor1/%23");
        await visitor.ExpectContainsAsync("banner-why", "iot:Subscribe on");
        await visitor.At("publish-topic").FillAsync("other/x");
        await visitor.At("publish").ClickAsync();
        await visitor.ExpectContainsAsync("not-sent", "iot:Publish");
        await visitor.ExpectContainsAsync("not-sent", "implicit deny");
        await Visitor.ExpectCountAsync(visitor.At("sent"), 0);
        await visitor.At("publish-topic").FillAsync("actor1/x");
        await visitor.At("publish").ClickAsync();
        await visitor.At("sent").WaitForAsync();
        await Visitor.ExpectCountAsync(visitor.At("message"), 1);
    }

    [Fact]
    public async Task Version_5_properties_go_along_with_a_message()
    {
        await using var subscriber = await RawMqttClient.OpenAsync(browser.Hub.Mqtt);
        await subscriber.SendAsync(RawPackets.Connect(5, "properties1"));
        await subscriber.ReadAsync();
        await subscriber.SendAsync(RawPackets.Subscribe(5, 1, "properties1/#"));
        await subscriber.ReadAsync();
        await using var visitor = await browser.OpenAsync("/console/test");
        await visitor.At("publish-topic").FillAsync("properties1/x");
        await visitor.At("properties").Locator("summary").ClickAsync();
        await visitor.At("content-type").FillAsync("text/cheese");
        await visitor.At("add-user-property").ClickAsync();
        await visitor.At("user-name").FillAsync("colour");
        await visitor.At("user-value").FillAsync("blue");
        await visitor.At("publish").ClickAsync();
        var packet = System.Text.Encoding.UTF8.GetString((await subscriber.ReadAsync()).Body);
        packet.ShouldContain("text/cheese");
        packet.ShouldContain("colour");
        packet.ShouldContain("blue");
    }

    [Fact]
    public async Task The_rule_tester_says_what_comes_of_a_message_and_why_nothing_does()
    {
        await using var visitor = await browser.OpenAsync("/console/rules/+");
        await visitor.At("rule-sql").FillAsync("SELECT temp FROM 'a/+' WHERE temp > 30");
        await visitor.At("test-topic").FillAsync("a/b");
        await visitor.At("test-payload").FillAsync("""{"temp":31}""");
        await visitor.ExpectTextAsync("test-output", """{"temp":31}""");
        await visitor.At("test-payload").FillAsync("""{"temp":29}""");
        await visitor.ExpectContainsAsync("test-explanation", "WHERE was false (29 > 30)");
        await visitor.At("test-topic").FillAsync("b/b");
        await visitor.ExpectContainsAsync("test-explanation", "FROM does not match");
        await visitor.At("rule-sql").FillAsync("SELECT temp FROM 'a/+'\nWHERE temp >> 30");
        await visitor.ExpectContainsAsync("sql-problem", "line 2");
    }

    [Fact]
    public async Task A_rule_with_an_unknown_function_is_refused_and_a_failing_action_shows_its_error()
    {
        await using var visitor = await browser.OpenAsync("/console/rules/+");
        await visitor.At("rule-name").FillAsync("console_rule");
        await visitor.At("rule-sql").FillAsync("SELECT nonsense(temp) AS x FROM 'failing1/+'");
        await visitor.At("rule-save").ClickAsync();
        await visitor.ExpectContainsAsync("banner-why", "nonsense");
        await visitor.At("rule-sql").FillAsync("SELECT * FROM 'failing1/+'");
        await visitor.At("rule-actions").FillAsync("""[{"nothing":{}}]""");
        await visitor.At("rule-save").ClickAsync();
        await visitor.ExpectContainsAsync("banner-why", "nothing");
        await visitor.At("rule-actions").FillAsync("""[{"republish":{"roleArn":"arn:aws:iam::000000000000:role/r","topic":"${missing}"}}]""");
        await visitor.At("rule-save").ClickAsync();
        await visitor.Page.WaitForURLAsync("**/console/rules/console_rule");
        await PublishAsync("failing1/x", "{}");
        await visitor.At("rule-failure").WaitForAsync();
        await visitor.ExpectTextAsync("action-failed", "1");
    }

    [Fact]
    public async Task Explain_answers_as_the_broker_does()
    {
        var kit = await browser.CreateThingAsync("explain1");
        await using var visitor = await browser.OpenAsync("/console/explain");
        foreach (var topic in new[] { "explain1/temp", "explain1", "other/temp", "explain12/temp", "explain1/a/b", "$aws/things/explain1/shadow/update", "$aws/things/other/shadow/update" })
        {
            await visitor.Page.GotoAsync($"/console/explain?thing=explain1&action=iot:Publish&resource=topic/{Uri.EscapeDataString(topic)}");
            var decision = await visitor.At("explain-decision").InnerTextAsync();
            var broker = await Device.PublishAsync(kit, browser.Hub, "explain1", topic, "{}");
            (decision == "Allowed").ShouldBe(broker, topic);
        }
    }

    private Task<string> PublishAsync(string topic, string payload, bool retain = false) =>
        browser.CallAsync(HttpMethod.Post, $"/topics/{Uri.EscapeDataString(topic)}?qos=1&retain={(retain ? "true" : "false")}", payload);
}
