using System.Text;
using System.Text.Json;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Notifications;

/// <summary>
/// Monitoring by Last Will (spec/aws-rules, section 12): a device dies, a rule sees its Will, a topic sends a mail, and the message goes on
/// to another topic. Everything is set up with the AWS command line.
/// </summary>
public sealed class LastWillTests(NotificationHub hub) : IClassFixture<NotificationHub>, IAsyncLifetime
{
    private const string TopicArn = "arn:aws:sns:us-east-1:123456789012:lwtSNSTopic";
    private const string Role = "arn:aws:iam::123456789012:role/lwtRuleRole";
    private const string WillPayload = """{"state": {"reported": {"last_will": "yes", "trigger_action": "on", "client_id": "lwtThing"}}}""";
    private static readonly CancellationToken None = CancellationToken.None;
    private DeviceKit _kit = null!;
    private Stage _stage = null!;
    private ForeignClient _observer = null!;

    public async ValueTask InitializeAsync()
    {
        _kit = await RegisterAsync();
        _stage = new Stage(hub.Aws.Hub, _kit);
        _observer = await _stage.ConnectAsync(new Peer(Foreign.MqttJs, 4));
        foreach (var topic in (string[])["/last/will/topic", "last/will/topic", "/lwt/executed", "/lwt/connected/topic", "/lwt/error", "/loop/a"]) (await _observer.SubscribeAsync(topic, 1)).ShouldBeLessThan(0x80);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stage is not null) await _stage.DisposeAsync();
    }

    [Fact]
    public async Task Sns_41_Messaging_93_95_a_dying_device_becomes_a_mail()
    {
        await hub.RunAwsAsync("iot", "set-v2-logging-options", "--role-arn", Role, "--default-log-level", "INFO");

        // Steps 1 to 3: topic and subscription.
        (await hub.RunAwsAsync("sns", "create-topic", "--name", "lwtSNSTopic", "--attributes", "DisplayName=lwtSNSTopic")).GetProperty("TopicArn").GetString().ShouldBe(TopicArn);
        (await hub.RunAwsAsync("sns", "subscribe", "--topic-arn", TopicArn, "--protocol", "email", "--notification-endpoint", "ops@example.org"))
            .GetProperty("SubscriptionArn").GetString().ShouldBe("pending confirmation");
        var asked = await hub.Smtp.NextAsync();
        asked.To.ShouldBe(["ops@example.org"]);
        (await SubscriptionAsync()).ShouldBe("PendingConfirmation");
        (await hub.RunAwsAsync("sns", "publish", "--topic-arn", TopicArn, "--message", "x")).GetProperty("MessageId").GetString().ShouldNotBeNullOrEmpty();
        using (var pressed = await hub.Browser.PostAsync(asked.Link, null, None)) pressed.IsSuccessStatusCode.ShouldBeTrue();
        (await SubscriptionAsync()).ShouldStartWith(TopicArn + ":");

        // Step 4: the rule. Step 5, the observer, is there.
        await CreateRuleAsync("create-topic-rule", errorAction: null);

        // Step 6: the device.
        var device = await ConnectAsync(new Peer(Foreign.Paho, 4, Route.Tls));
        await device.PublishAsync("/lwt/connected/topic", """{"message": "AWS IoT Thing connected message to IoT Core"}""", 1);
        (await _observer.NextAsync()).Topic.ShouldBe("/lwt/connected/topic");
        hub.Smtp.TryNext(out _).ShouldBeFalse("neither the message to nobody nor the connection may send a mail");

        // Steps 7 and 8: it dies.
        await device.Driver.KillAsync();
        var will = await _observer.NextAsync();
        (will.Topic, will.Text, will.Retain).ShouldBe(("/last/will/topic", WillPayload, false));
        var executed = await _observer.NextAsync();
        (executed.Topic, executed.QoS, executed.Retain).ShouldBe(("/lwt/executed", 0, false));
        ShouldBeJson(executed.Text, WillPayload);

        // Step 9: one mail, although the format is JSON and there is no default [U19].
        var mail = await hub.Smtp.NextAsync();
        mail.To.ShouldBe(["ops@example.org"]);
        mail.Headers["from"].ShouldBe("lwtSNSTopic <hub@example.org>");
        mail.Subject.ShouldBe("Notification from lwtSNSTopic");
        ShouldBeJson(mail.Text.ReplaceLineEndings("\n").Split("\n\n--\n")[0], WillPayload);
        await hub.Aws.Hub.LogLineAsync("sns json message without default", "lastWillRule");

        // Step 10: what is counted and logged.
        var metrics = await UntilAsync(() => hub.Aws.Administrator.GetStringAsync("/metrics", None), "fairlead_rule_actions_total{rule=\"lastWillRule\",action=\"sns\",result=\"success\"} 1");
        metrics.ShouldContain("fairlead_rule_matches_total{rule=\"lastWillRule\"} 1");
        metrics.ShouldContain("fairlead_rule_actions_total{rule=\"lastWillRule\",action=\"republish\",result=\"success\"} 1");
        metrics.ShouldContain("fairlead_rule_actions_total{rule=\"lastWillRule\",action=\"sns\",result=\"failure\"} 0");
        await LoggedAsync();

        await NegativesAsync();
    }

    [Theory]
    [InlineData(Foreign.AwsSdk)]
    [InlineData(Foreign.Paho)]
    public async Task Sns_41_Messaging_94_a_frozen_device_is_missed_after_its_keep_alive(Foreign library)
    {
        Requirements.NeedProgram("kill");
        var device = await ConnectAsync(new Peer(library, 4, Route.Tls), keepAlive: 5);
        (await hub.Person.RunProgramAsync("kill", null, "-STOP", $"{device.Driver.ProcessId}")).ShouldBeDone();
        var will = await _observer.NextAsync();
        (will.Topic, will.Text).ShouldBe(("/last/will/topic", WillPayload));
    }

    private static void ShouldBeJson(string text, string expected)
    {
        using var one = JsonDocument.Parse(text);
        using var other = JsonDocument.Parse(expected);
        JsonElement.DeepEquals(one.RootElement, other.RootElement).ShouldBeTrue(text);
    }

    private static async Task<string> UntilAsync(Func<Task<string>> read, string part)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var text = await read();
            if (text.Contains(part, StringComparison.Ordinal)) return text;
            late.IsCancellationRequested.ShouldBeFalse($"{part} did not appear in\n{text}");
        }
    }

    /// <summary>Step 11: what must do nothing, or less.</summary>
    private async Task NegativesAsync()
    {
        // A device that says goodbye: neither Will nor anything else.
        var polite = await ConnectAsync(new Peer(Foreign.Paho, 4, Route.Tls));
        await polite.DisconnectAsync();
        await MarkAsync("after the goodbye");

        // trigger_action off: the Will alone.
        var off = WillPayload.Replace("\"on\"", "\"off\"", StringComparison.Ordinal);
        await DieAsync("/last/will/topic", off);
        (await _observer.NextAsync()).Text.ShouldBe(off);
        await MarkAsync("after off");

        // A topic without the slash: not the rule's.
        await DieAsync("last/will/topic", WillPayload);
        (await _observer.NextAsync()).Topic.ShouldBe("last/will/topic");
        await MarkAsync("after the other topic");

        // A disabled rule: the Will alone.
        await hub.RunAwsAsync("iot", "disable-topic-rule", "--rule-name", "lastWillRule");
        await DieAsync("/last/will/topic", WillPayload);
        (await _observer.NextAsync()).Topic.ShouldBe("/last/will/topic");
        await hub.RunAwsAsync("iot", "enable-topic-rule", "--rule-name", "lastWillRule");
        await MarkAsync("after the disabled rule");

        // The topic is gone: the message still goes on, and the error action gets the document.
        await hub.RunAwsAsync("sns", "delete-topic", "--topic-arn", TopicArn);
        await CreateRuleAsync("replace-topic-rule", errorAction: new { republish = new { topic = "/lwt/error", roleArn = Role } });
        await DieAsync("/last/will/topic", WillPayload);
        var three = await _observer.NextAsync(3);
        three.Select(static one => one.Topic).Order(StringComparer.Ordinal).ShouldBe(["/last/will/topic", "/lwt/error", "/lwt/executed"]);
        using var error = JsonDocument.Parse(three.Single(static one => one.Topic == "/lwt/error").Text);
        error.RootElement.GetProperty("ruleName").GetString().ShouldBe("lastWillRule");
        error.RootElement.GetProperty("clientId").GetString().ShouldBe("lwtThing");
        Encoding.UTF8.GetString(error.RootElement.GetProperty("base64OriginalPayload").GetBytesFromBase64()).ShouldBe(WillPayload);
        var failure = error.RootElement.GetProperty("failures").EnumerateArray().ShouldHaveSingleItem();
        failure.GetProperty("failedAction").GetString().ShouldBe("SnsAction");
        failure.GetProperty("failedResource").GetString().ShouldBe(TopicArn);
        failure.GetProperty("errorMessage").GetString().ShouldBe($"Failed to publish to SNS: topic does not exist. Message arrived on: /last/will/topic, Action: sns, Target: {TopicArn}");
        hub.Smtp.TryNext(out _).ShouldBeFalse();

        // Step 12: a rule that feeds itself stops.
        var loop = new { sql = "SELECT * FROM '/loop/a'", awsIotSqlVersion = "2016-03-23", actions = new[] { new { republish = new { topic = "/loop/a", roleArn = Role } } } };
        await hub.RunAwsAsync("iot", "create-topic-rule", "--rule-name", "loop", "--topic-rule-payload", JsonSerializer.Serialize(loop));
        await _observer.PublishAsync("/loop/a", "{}", 1);
        (await _observer.NextAsync(11)).ShouldAllBe(static one => one.Topic == "/loop/a");
        await UntilAsync(() => hub.Aws.Administrator.GetStringAsync("/metrics", None), "fairlead_rule_actions_total{rule=\"loop\",action=\"republish\",result=\"failure\"} 1");
        await _observer.PublishAsync("/lwt/connected/topic", "still there", 1);
        (await _observer.NextAsync()).Text.ShouldBe("still there");
    }

    /// <summary>
    /// Sends what the rule takes and expects that nothing else comes first, neither messages nor mails: a rule takes its messages in order.
    /// </summary>
    private async Task MarkAsync(string mark)
    {
        var payload = WillPayload.Replace("lwtThing", mark, StringComparison.Ordinal);
        await _observer.PublishAsync("/last/will/topic", payload, 1);
        var two = await _observer.NextAsync(2);
        two.Select(static one => one.Topic).Order(StringComparer.Ordinal).ShouldBe(["/last/will/topic", "/lwt/executed"]);
        foreach (var one in two) ShouldBeJson(one.Text, payload);
        (await hub.Smtp.NextAsync()).Text.ShouldContain(mark);
    }

    private async Task DieAsync(string topic, string payload)
    {
        var device = await ConnectAsync(new Peer(Foreign.Paho, 4, Route.Tls), topic: topic, payload: payload);
        await device.Driver.KillAsync();
    }

    private Task<ForeignClient> ConnectAsync(Peer peer, int keepAlive = 30, string topic = "/last/will/topic", string payload = WillPayload) => _stage.ConnectAsync(
        peer, new ConnectSettings { ClientId = "lwtThing", KeepAlive = keepAlive, Will = new Will(topic, Encoding.UTF8.GetBytes(payload), QoS: 0) }, ownProcess: true);

    private async Task<string> SubscriptionAsync() =>
        (await hub.RunAwsAsync("sns", "list-subscriptions-by-topic", "--topic-arn", TopicArn)).GetProperty("Subscriptions")[0].GetProperty("SubscriptionArn").GetString()!;

    private async Task CreateRuleAsync(string verb, object? errorAction)
    {
        var rule = new Dictionary<string, object?>
        {
            ["sql"] = "SELECT * FROM '/last/will/topic' where state.reported.last_will = 'yes' and state.reported.trigger_action = 'on'",
            ["description"] = "My first LWT rule",
            ["awsIotSqlVersion"] = "2016-03-23",
            ["ruleDisabled"] = false,
            ["actions"] = new object[]
            {
                new { sns = new { targetArn = TopicArn, roleArn = Role, messageFormat = "JSON" } },
                new { republish = new { topic = "/lwt/executed", roleArn = Role } },
            },
        };
        if (errorAction is not null) rule["errorAction"] = errorAction;
        var file = Path.Combine(hub.Person.Home, "rule.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(rule), None);
        await hub.RunAwsAsync("iot", verb, "--rule-name", "lastWillRule", "--topic-rule-payload", $"file://{file}");
    }

    /// <summary>Makes the thing, its certificate and its policy; once for this hub.</summary>
    private async Task<DeviceKit> RegisterAsync()
    {
        var kit = new DeviceKit(Path.Combine(hub.Person.Home, "lwt.cert.pem"), Path.Combine(hub.Person.Home, "lwt.private.key"), hub.Aws.Ca);
        if (File.Exists(kit.Certificate)) return kit;
        var made = await hub.RunAwsAsync(
            "iot", "create-keys-and-certificate", "--set-as-active", "--certificate-pem-outfile", kit.Certificate, "--private-key-outfile", kit.PrivateKey);
        var arn = made.GetProperty("certificateArn").GetString()!;
        const string Policy =
            """
            {"Version":"2012-10-17","Statement":[
             {"Effect":"Allow","Action":"iot:Connect","Resource":"arn:aws:iot:us-east-1:123456789012:client/lwtThing"},
             {"Effect":"Allow","Action":"iot:Publish","Resource":["arn:aws:iot:us-east-1:123456789012:topic//last/will/topic","arn:aws:iot:us-east-1:123456789012:topic/last/will/topic","arn:aws:iot:us-east-1:123456789012:topic//lwt/connected/topic"]}]}
            """;
        await hub.RunAwsAsync("iot", "create-policy", "--policy-name", "lwtPolicy", "--policy-document", Policy);
        await hub.RunAwsAsync("iot", "attach-policy", "--policy-name", "lwtPolicy", "--target", arn);
        await hub.RunAwsAsync("iot", "create-thing", "--thing-name", "lwtThing");
        await hub.RunAwsAsync("iot", "attach-thing-principal", "--thing-name", "lwtThing", "--principal", arn);
        return kit;
    }

    private async Task LoggedAsync()
    {
        var lines = (await hub.Aws.Administrator.GetStringAsync("/v1/logs?limit=1000", None)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => JsonDocument.Parse(line).RootElement).Where(static line => line.TryGetProperty("ruleName", out var rule) && rule.GetString() == "lastWillRule").ToList();
        string[] Types(string type) => [.. lines.Where(line => line.GetProperty("eventType").GetString() == type).Select(static line => line.GetProperty("traceId").GetString()!)];
        Types("RuleMatch").Length.ShouldBe(1);
        Types("StartingRuleExecution").Length.ShouldBe(2);
        Types("RuleExecution").Length.ShouldBe(2);
        lines.Select(static line => line.GetProperty("traceId").GetString()).Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
        lines.ShouldAllBe(static line => line.GetProperty("clientId").GetString() == "lwtThing");
    }
}
