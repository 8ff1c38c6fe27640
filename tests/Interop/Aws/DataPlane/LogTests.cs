using System.Text.Json;
using Fairlead.Interop.Drivers;
using Fairlead.Shared;

namespace Fairlead.Interop.Aws.DataPlane;

/// <summary>The structured log: what is written, at which levels, and how it is read.</summary>
public sealed class LogTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Fact]
    public async Task Messaging_82_every_outcome_of_a_direct_message_is_one_entry_with_its_reason()
    {
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("d");
        var trace = await TraceAsync(clientId, "INFO");
        await using var receiver = await hub.Hub.ConnectRawAsync(4, clientId);
        var topic = stage.Topic("t");
        var traceIds = new List<string?>();

        await SendAsync(new { clientId, topic, payload = DataPlaneStage.Bytes("x") });
        receiver.ShouldNotBeNull();
        await SendAsync(new { clientId, topic = "a/+", payload = DataPlaneStage.Bytes("x") });
        await SendAsync(new { clientId, topic, payload = new { base64 = Convert.ToBase64String(new byte[131073]) } });
        await SendAsync(new { clientId, topic, confirmation = true, timeout = 1, payload = DataPlaneStage.Bytes("x") });
        await receiver.SendAsync(RawPackets.Disconnect());
        await hub.DescribedAsLeftAsync(clientId);
        await SendAsync(new { clientId, topic, confirmation = true, payload = DataPlaneStage.Bytes("x") });

        var entries = (await hub.LogAsync($"client={clientId}")).Where(entry => entry.GetProperty("eventType").GetString() == "SendDirectMessage").ToList();
        entries.Select(entry => entry.GetProperty("traceId").GetString()).ShouldBe(traceIds);
        entries.Select(entry => entry.TryGetProperty("reason", out var reason) ? reason.GetString() : null).ShouldBe(
            [null, "INVALID_TOPIC", "PAYLOAD_TOO_LARGE", "DELIVERY_CONFIRMATION_TIMEOUT", "TARGET_CLIENT_ID_NOT_FOUND"]);
        entries.Select(entry => entry.GetProperty("status").GetString()).ShouldBe(["Success", "Failure", "Failure", "Failure", "Failure"]);
        entries.Select(entry => entry.TryGetProperty("timeout", out var timeout) ? timeout.GetInt32() : 0).ShouldBe([0, 0, 0, 1, 5]);
        entries.Select(entry => entry.GetProperty("confirmation").GetBoolean()).ShouldBe([false, false, false, true, true]);
        entries[0].Members().Order().ShouldBe(
        [
            "accountId", "clientId", "confirmation", "eventType", "logLevel", "principalId", "protocol", "sourceIp", "sourcePort", "status", "timestamp", "topicName", "traceId",
        ]);
        entries[0].GetProperty("principalId").GetString().ShouldBe(hub.Login.AccessKey);
        (await hub.LogAsync($"client={clientId}")).Select(entry => entry.GetProperty("eventType").GetString()).ShouldNotContain("Publish-Out");
        await trace();

        async Task SendAsync(object parameters)
        {
            var answer = await hub.JavaScript.SendAsync("iot-data", "SendDirectMessage", parameters);
            traceIds.Add(answer.RequestId ?? answer.Error?.RequestId);
        }
    }

    [Fact]
    public async Task Messaging_88_nothing_but_failures_is_written_until_a_level_says_so_and_a_client_beats_the_account()
    {
        await using var stage = new Stage(hub.Hub);
        var (quiet, traced) = (stage.ClientId("quiet"), stage.ClientId("traced"));
        var trace = await TraceAsync(traced, "DEBUG");
        foreach (var clientId in new[] { quiet, traced })
        {
            var client = await stage.ConnectAsync(new Peer(Foreign.Paho, 5), new ConnectSettings { ClientId = clientId });
            await client.SubscribeAsync(stage.Topic(clientId), 1);
            await client.PublishAsync(stage.Topic(clientId), "x", 1);
            await client.NextAsync();
            await client.UnsubscribeAsync(stage.Topic(clientId));
            await client.DisconnectAsync();
            await hub.DescribedAsLeftAsync(clientId);
        }

        (await hub.LogAsync($"client={quiet}")).ShouldBeEmpty();
        var entries = await hub.LogAsync($"client={traced}");
        entries.Select(entry => entry.GetProperty("eventType").GetString()).Where(name => name != "GetConnection")
            .ShouldBe(["Connect", "Subscribe", "Publish-In", "Publish-Out", "Unsubscribe", "Disconnect"], ignoreOrder: true);
        var connect = entries.Single(entry => entry.GetProperty("eventType").GetString() == "Connect");
        connect.Members().Order().ShouldBe(
        [
            "accountId", "cleanSession", "clientId", "eventType", "keepAliveDuration", "logLevel", "principalId", "protocol", "sessionExpiry", "sourceIp", "sourcePort", "status",
            "timestamp", "traceId",
        ]);
        connect.GetProperty("timestamp").GetString()!.ShouldMatch(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$");
        entries.Single(entry => entry.GetProperty("eventType").GetString() == "Disconnect").GetProperty("disconnectReason").GetString().ShouldBe("CLIENT_INITIATED_DISCONNECT");
        (await hub.LogAsync($"client={traced}&level=error")).ShouldBeEmpty();
        (await hub.LogAsync($"topic={Uri.EscapeDataString(stage.Topic("+"))}&client={traced}")).Count.ShouldBe(3);
        (await hub.LogAsync($"client={traced}&limit=2")).Count.ShouldBe(2);
        await trace();
    }

    [Fact]
    public async Task Messaging_89_a_version_5_subscribe_lists_the_code_of_each_filter()
    {
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("d");
        await using var client = await hub.Hub.ConnectRawAsync(5, clientId);
        await client.SendAsync(RawPackets.Subscribe(5, 1, [(stage.Topic("a"), 1), ("wrong/#/filter", 0)]));
        await client.ReadAsync();

        // A failure, which is written without anybody asking for it.
        var entry = (await hub.LogAsync($"client={clientId}")).ShouldHaveSingleItem();
        (entry.GetProperty("eventType").GetString(), entry.GetProperty("status").GetString()).ShouldBe(("Subscribe", "Failure"));
        entry.GetProperty("topicName").GetString().ShouldBe($"{stage.Topic("a")},wrong/#/filter");
        entry.GetProperty("subscriptions").EnumerateArray().Select(one => one.GetProperty("reasonCode").GetInt32()).ShouldBe([1, 143]);
    }

    [Fact]
    public async Task Messaging_90_retain_is_told_of_retained_publications_alone()
    {
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("d");
        var trace = await TraceAsync(clientId, "INFO");
        await using var client = await hub.Hub.ConnectRawAsync(5, clientId);
        await client.SendAsync(RawPackets.Publish(5, stage.Topic("a"), "x"));
        await client.SendAsync(RawPackets.Publish(5, stage.Topic("a"), "x", retain: true));
        await client.PingAsync();

        var published = (await hub.LogAsync($"client={clientId}")).Where(entry => entry.GetProperty("eventType").GetString() == "Publish-In").ToList();

        published.Select(entry => entry.TryGetProperty("retain", out var retain) ? retain.GetString() : null).ShouldBe([null, "True"]);
        await trace();
    }

    [Fact]
    public async Task Messaging_91_queued_messages_are_written_stored_or_dropped()
    {
        await using var own = await HubProcess.StartAsync(new HubSettings
        {
            Listen = ["mqtt://127.0.0.1:0", "http://127.0.0.1:0"],
            Arguments = ["--set", "Broker:MaximumQueuedMessages=1"],
        });
        using var http = new HttpClient();
        await own.PostAsync(http, "/v2LoggingOptions", """{"roleArn":"arn:aws:iam::123456789012:role/logs","defaultLogLevel":"ERROR"}""");
        await own.PostAsync(http, "/v2LoggingLevel", """{"logTarget":{"targetType":"CLIENT_ID","targetName":"away"},"logLevel":"INFO"}""");
        await using (var away = await own.ConnectRawAsync(4, "away", clean: false))
        {
            await away.SendAsync(RawPackets.Subscribe(4, 1, "a", 1));
            await away.ReadAsync();
            await away.SendAsync(RawPackets.Disconnect());
            await away.ExpectCloseAsync();
        }

        await using var publisher = await own.ConnectRawAsync(4, "publisher");
        for (var i = 1; i <= 2; i++)
        {
            await publisher.SendAsync(RawPackets.Publish(4, "a", "x", 1, i));
            await publisher.ReadAsync();
        }

        var lines = (await own.GetAsync(http, "/v1/logs?client=away")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).Where(entry => entry.GetProperty("eventType").GetString() == "Queued").ToList();
        lines.Select(entry => entry.GetProperty("status").GetString()).ShouldBe(["Success", "Failure"]);
        lines.Select(entry => entry.GetProperty("qos").GetString()).ShouldBe(["1", "1"]);
        lines[1].GetProperty("details").GetString().ShouldNotBeNull().ShouldContain("queueing");
    }

    [Fact]
    public async Task Messaging_82_the_log_is_followed_and_what_is_malformed_is_refused()
    {
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("d");
        await using var stream = await hub.Administrator.GetStreamAsync(new Uri($"/v1/logs?client={clientId}&limit=0&follow=true", UriKind.Relative), TestContext.Current.CancellationToken);
        using var lines = new StreamReader(stream);
        await hub.JavaScript.RefusedAsync(
            "ResourceNotFoundException", 404, "SendDirectMessage", new { clientId, topic = stage.Topic("t"), payload = DataPlaneStage.Bytes("x") }, "iot-data");
        var line = await lines.ReadLineAsync(TestContext.Current.CancellationToken);
        line.ShouldNotBeNull().ShouldContain("TARGET_CLIENT_ID_NOT_FOUND");

        foreach (var query in new[] { "level=loud", "limit=x", "limit=10001", "topic=a%2F%23%2Fb", "follow=maybe" })
        {
            using var answer = await hub.GetAsync($"/v1/logs?{query}");
            ((int)answer.StatusCode).ShouldBe(400, query);
        }
    }

    [Fact]
    public async Task Messaging_92_metrics_move_with_each_outcome()
    {
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("d");
        var before = await MetricsAsync();
        await stage.ConnectAsync(new Peer(Foreign.Paho, 4), new ConnectSettings { ClientId = clientId });
        await hub.JavaScript.DataAsync("SendDirectMessage", new { clientId, topic = stage.Topic("t"), confirmation = true });
        await hub.JavaScript.RefusedAsync("ResourceNotFoundException", 404, "SendDirectMessage", new { clientId = "nobody", topic = "t" }, "iot-data");
        await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "SendDirectMessage", new { clientId, topic = "a/#" }, "iot-data");
        var after = await MetricsAsync();

        foreach (var name in new[]
        {
            "fairlead_direct_messages_total{result=\"success\"}", "fairlead_direct_messages_total{result=\"not_connected\"}",
            "fairlead_direct_messages_total{result=\"client_error\"}", "fairlead_direct_message_ack_seconds_count",
        })
        {
            (after[name] - before[name]).ShouldBeGreaterThanOrEqualTo(1, name);
        }

        async Task<Dictionary<string, double>> MetricsAsync()
        {
            using var answer = await hub.GetAsync("/metrics");
            return (await answer.TextAsync()).Split('\n').Where(line => line.Length > 0 && line[0] != '#')
                .ToDictionary(line => line[..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    // Ends with what it gives back.
    private async Task<Func<Task>> TraceAsync(string clientId, string level)
    {
        await hub.JavaScript.IotAsync("SetV2LoggingOptions", new { roleArn = "arn:aws:iam::123456789012:role/logs", defaultLogLevel = "ERROR" });
        await hub.JavaScript.IotAsync("SetV2LoggingLevel", new { logTarget = new { targetType = "CLIENT_ID", targetName = clientId }, logLevel = level });
        return () => hub.JavaScript.IotAsync("DeleteV2LoggingLevel", new { targetType = "CLIENT_ID", targetName = clientId });
    }
}
