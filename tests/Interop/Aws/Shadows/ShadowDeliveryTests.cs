using System.Text;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Shadows;

/// <summary>Who may publish what, and who sees it: spec/aws-shadow, sections 2 and 13.</summary>
public sealed class ShadowDeliveryTests(ShadowHub hub) : IClassFixture<ShadowHub>
{
    [Theory]
    [InlineData("update/accepted")]
    [InlineData("get/documents")]
    [InlineData("nothing")]
    [InlineData("../jobs/get")]
    public async Task Shadow_52_the_hubs_own_topics_are_refused(string suffix)
    {
        var room = await hub.OpenAsync();
        string topic = $"$aws/things/{room.Thing}/" + (suffix.StartsWith("../", StringComparison.Ordinal) ? suffix[3..] : $"shadow/{suffix}");
        // Version 5: PUBACK says so, the connection stays; with QoS 0 there is nothing to say it in.
        (await room.Client.TryPublishAsync(topic, "{}", 1)).ReasonCode.ShouldBe(0x90);
        await room.QuietAsync();
        var five = await hub.Stage.ConnectAsync(new Peer(Foreign.Paho, 5));
        await five.PublishAsync(topic, "{}", 0);
        (await five.Disconnected).ShouldBe(0x90);
        var three = await hub.Stage.ConnectAsync(new Peer(Foreign.Paho, 4));
        _ = three.TryPublishAsync(topic, "{}", 1);
        await three.Disconnected;
    }

    [Fact]
    public async Task Requests_with_RETAIN_are_refused()
    {
        var room = await hub.OpenAsync();
        var answer = await room.Client.Driver.RequestAsync(
            "publish", room.Client.Name, new { topic = ShadowRoom.Topic(room.Thing, null, "update"), payload = "{\"state\":{}}"u8.ToArray(), qos = 1, retain = true });
        answer.ReasonCode.ShouldBe(0x90);
        await room.QuietAsync();
    }

    [Fact]
    public async Task Other_topics_of_things_cannot_be_subscribed_to()
    {
        var client = await hub.Stage.ConnectAsync(new Peer(Foreign.Paho, 5));
        (await client.SubscribeAsync("$aws/things/t/jobs/notify", 1)).ShouldBe(0x8F);
        (await client.SubscribeAsync("$aws/things/+/shadow/update/delta", 1)).ShouldBe(1);
        (await client.SubscribeAsync("$aws/things/t/shadow/name/+/get/+", 0)).ShouldBe(0);
        (await client.SubscribeAsync("$aws/things/#", 1)).ShouldBe(1);
    }

    [Fact]
    public async Task Shadow_53_a_will_on_update_changes_nothing()
    {
        var room = await hub.OpenAsync();
        string topic = ShadowRoom.Topic(room.Thing, null, "update");
        var mortal = await hub.Stage.ConnectAsync(
            new Peer(Foreign.MqttJs, 5), new ConnectSettings { Will = new Will(topic, Encoding.UTF8.GetBytes("""{"state":{"reported":{"dead":true}}}""")) });
        await mortal.DestroyAsync();
        (await room.Client.NextAsync()).Topic.ShouldBe(topic); // the Will itself
        await room.AskAsync("get", "", "rejected");
    }

    [Fact]
    public async Task Shadow_54_a_publication_over_HTTP_on_update_changes_the_shadow()
    {
        var room = await hub.OpenAsync();
        await hub.Aws.JavaScript.DataAsync(
            "Publish", new { topic = ShadowRoom.Topic(room.Thing, null, "update"), qos = 1, payload = new { base64 = Convert.ToBase64String("{\"state\":{\"reported\":{\"a\":1}}}"u8) } });
        (await room.ReadUpdateAsync())[0].Suffix.ShouldBe("update/accepted");
        await hub.Aws.JavaScript.DataAsync("Publish", new { topic = ShadowRoom.Topic(room.Thing, null, "get"), qos = 0 });
        (await room.NextAsync()).Suffix.ShouldBe("get/accepted");
    }

    [Fact]
    public async Task Requests_are_counted_and_rejections_are_in_the_structured_log()
    {
        var room = await hub.OpenAsync();
        await room.UpdateAsync("""{"state":{"reported":{"a":1}}}""", "config");
        await room.AskAsync("update", """{"state":{},"version":9}""", "rejected", "config");
        await room.HttpRefusedAsync(hub.Aws.JavaScript, "ConflictException", 409, "UpdateThingShadow", """{"state":{},"version":9}""", "config");
        string metrics = await hub.Aws.Administrator.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        foreach (string series in (string[])[
            "fairlead_shadow_requests_total{operation=\"update\",result=\"accepted\",via=\"mqtt\"}", "fairlead_shadow_requests_total{operation=\"update\",result=\"409\",via=\"http\"}",
            "fairlead_shadow_conflicts_total "]) metrics.ShouldContain(series);
        await hub.Aws.Boto3.IotAsync("SetV2LoggingOptions", new { roleArn = "arn:aws:iam::123456789012:role/log", defaultLogLevel = "INFO" });
        await room.AskAsync("get", "", "accepted", "config");
        await room.AskAsync("update", """{"state":{},"version":9}""", "rejected", "config");
        string log = await hub.Aws.Administrator.GetStringAsync("/v1/logs?limit=1000", TestContext.Current.CancellationToken);
        log.ShouldContain("ConflictException");
        string topic = ShadowRoom.Topic(room.Thing, "config", "");
        log.ShouldContain($"\"topicName\":\"{topic}get\"");
        log.ShouldContain($"\"topicName\":\"{topic}update\"");
        log.ShouldContain("\"deviceShadowName\":\"config\"");
        log.ShouldContain("\"eventType\":\"GetThingShadow\"");
    }

    [Fact]
    public async Task Everybody_who_subscribes_sees_every_answer_even_one_who_did_not_ask()
    {
        var room = await hub.OpenAsync();
        var asker = await hub.Stage.ConnectAsync(new Peer(Foreign.Paho, 4)); // subscribes to nothing
        await asker.PublishAsync(ShadowRoom.Topic(room.Thing, "s", "update"), """{"state":{"desired":{"a":1}},"clientToken":"p"}""", 0);
        (await room.ReadUpdateAsync()).Select(static message => message.Suffix).ShouldBe(["name/s/update/accepted", "name/s/update/delta", "name/s/update/documents"]);
    }

    [Fact]
    public async Task Shadow_36_of_several_writers_versions_rise_by_one_each()
    {
        var watcher = await hub.OpenAsync();
        var writers = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => await hub.Stage.ConnectAsync(new Peer(Foreign.MqttJs, 5))));
        string topic = ShadowRoom.Topic(watcher.Thing, null, "update");
        await Task.WhenAll(writers.Select(async (writer, number) =>
        {
            for (int i = 0; i < 50; i++) await writer.PublishAsync(topic, $"{{\"state\":{{\"reported\":{{\"w{number}\":{i}}}}}}}", 1);
        }));
        for (int version = 1; version <= 200; version++)
        {
            var messages = await watcher.ReadUpdateAsync();
            messages[0].Json.GetProperty("version").GetInt64().ShouldBe(version);
            messages[^1].Json.GetProperty("current").GetProperty("version").GetInt64().ShouldBe(version);
        }

        (await watcher.StateAsync()).ShouldContain("\"w3\":49");
    }
}
