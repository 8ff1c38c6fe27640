using System.Text;
using System.Text.Json;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.DataPlane;

/// <summary>Publish and retained messages over HTTP, with SDKs on one side and MQTT clients on the other.</summary>
public sealed class PublishTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Fact]
    public async Task Messaging_52_publish_through_SDKs_answers_200_with_message_and_trace_id()
    {
        await using var stage = new Stage(hub.Hub);
        var subscriber = await stage.ConnectAsync(new Peer(Foreign.Paho, 4));
        await subscriber.SubscribeAsync(stage.Topic("#"), 1);
        foreach (var api in new[] { hub.Boto3, hub.JavaScript })
        {
            var answer = await api.SendAsync("iot-data", "Publish", new { topic = stage.Topic("a"), qos = 1, payload = DataPlaneStage.Bytes("one") });
            (answer.Error, answer.Status).ShouldBe((null, 200));
            Guid.TryParse(answer.RequestId, out _).ShouldBeTrue();
            var delivery = await subscriber.NextAsync();
            (delivery.Topic, delivery.Text, delivery.QoS, delivery.Retain).ShouldBe((stage.Topic("a"), "one", 1, false));
        }

        using var plain = await PostAsync($"/topics/{stage.Topic("a")}", "two");
        using var body = JsonDocument.Parse(await plain.TextAsync());
        body.RootElement.GetProperty("message").GetString().ShouldBe("OK");
        body.RootElement.GetProperty("traceId").GetString().ShouldBe(plain.Headers.GetValues("x-amzn-RequestId").Single());
        (await subscriber.NextAsync()).QoS.ShouldBe(0);
    }

    [Fact]
    public async Task Messaging_52_publish_through_the_command_line_of_AWS()
    {
        await using var stage = new Stage(hub.Hub);
        var subscriber = await stage.ConnectAsync(new Peer(Foreign.MqttJs, 5));
        await subscriber.SubscribeAsync(stage.Topic("#"), 1);

        // From a file: versions 1 and 2 of the tool read the argument itself as different things.
        using var identities = new Identities(hub);
        var payload = identities.FileOf("hello");
        var result = await AwsCommandLine.RunAsync(hub.Login, "iot-data", "publish", "--topic", stage.Topic("a/b"), "--qos", "1", "--payload", "fileb://" + payload);

        result.ShouldBe((0, ""));
        var delivery = await subscriber.NextAsync();
        (delivery.Topic, delivery.Text).ShouldBe((stage.Topic("a/b"), "hello"));
    }

    [Fact]
    public async Task Messaging_53_the_path_may_be_encoded_or_not_and_a_leading_slash_stays()
    {
        await using var stage = new Stage(hub.Hub);
        var subscriber = await stage.ConnectAsync(new Peer(Foreign.Paho, 4));
        await subscriber.SubscribeAsync(stage.Topic("#"), 0);
        await subscriber.SubscribeAsync("/" + stage.Topic("#"), 0);
        var raw = stage.Topic("a/b");
        foreach (var (path, topic) in new[]
        {
            (raw, raw), (Uri.EscapeDataString(raw), raw), ("/" + raw, "/" + raw), ("%2F" + raw, "/" + raw), (raw + "//c", raw + "//c"),
            (raw + "%20%C3%A4", raw + " ä"), (raw + "/%2525", raw + "/%25"),
        })
        {
            using var answer = await PostAsync($"/topics/{path}?qos=0", "x");
            ((int)answer.StatusCode).ShouldBe(200, path);
            (await subscriber.NextAsync()).Topic.ShouldBe(topic);
        }

        foreach (var api in new[] { hub.Boto3, hub.JavaScript })
        {
            await api.DataAsync("Publish", new { topic = "/" + raw, payload = DataPlaneStage.Bytes("x") });
            (await subscriber.NextAsync()).Topic.ShouldBe("/" + raw);
        }
    }

    [Theory]
    [InlineData(Foreign.Paho)]
    [InlineData(Foreign.MqttJs)]
    [InlineData(Foreign.AwsSdk)]
    public async Task Messaging_54_properties_reach_a_version_5_subscriber(Foreign library)
    {
        await using var stage = new Stage(hub.Hub);
        var subscriber = await stage.ConnectAsync(new Peer(library, 5));
        await subscriber.SubscribeAsync(stage.Topic("#"), 1);
        var retaining = stage.Topic("kept");

        await hub.JavaScript.DataAsync("Publish", new
        {
            topic = retaining,
            qos = 1,
            retain = true,
            payload = DataPlaneStage.Bytes("{}"),
            contentType = "application/json",
            responseTopic = "answers/1",
            messageExpiry = 1000,
            payloadFormatIndicator = "UTF8_DATA",
            correlationData = "AQL/",
            userProperties = """[{"a":"1"},{"a":"2"},{"b":"x"}]""",
        });

        var delivery = await subscriber.NextAsync();
        delivery.QoS.ShouldBe(1);
        var seen = delivery.Properties;
        (seen.ContentType, seen.ResponseTopic, seen.PayloadFormat, seen.MessageExpiry).ShouldBe(("application/json", "answers/1", 1, 1000u));
        seen.CorrelationData.ShouldBe([1, 2, 255]);
        seen.UserProperties!.Select(pair => string.Join('=', pair)).ShouldBe(["a=1", "a=2", "b=x"]);

        var late = await stage.ConnectAsync(new Peer(library, 5));
        await late.SubscribeAsync(retaining, 1);
        (await late.NextAsync()).Retain.ShouldBeTrue();
    }

    [Fact]
    public async Task Messaging_55_user_properties_may_be_encoded_twice()
    {
        await using var stage = new Stage(hub.Hub);
        var subscriber = await stage.ConnectAsync(new Peer(Foreign.Paho, 5));
        await subscriber.SubscribeAsync(stage.Topic("#"), 0);
        const string Array = """[{"deviceName":"alpha"},{"x":"1","y":"2"}]""";
        var once = Convert.ToBase64String(Encoding.UTF8.GetBytes(Array));
        var twice = Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Array)));
        foreach (var header in new[] { once, twice })
        {
            using var answer = await PostAsync($"/topics/{stage.Topic("a")}", "x", ("x-amz-mqtt5-user-properties", header));
            ((int)answer.StatusCode).ShouldBe(200);
            (await subscriber.NextAsync()).Properties.UserProperties!.Select(pair => string.Join('=', pair)).ShouldBe(["deviceName=alpha", "x=1", "y=2"]);
        }

        // boto3 makes the one of a list and the other of a text.
        foreach (var given in new object[] { Array, JsonSerializer.Deserialize<JsonElement>(Array) })
        {
            await hub.Boto3.DataAsync("Publish", new { topic = stage.Topic("a"), payload = DataPlaneStage.Bytes("x"), userProperties = given });
            (await subscriber.NextAsync()).Properties.UserProperties!.Select(pair => pair[0]).ShouldBe(["deviceName", "x", "y"]);
        }
    }

    [Fact]
    public async Task Messaging_83_what_is_malformed_is_refused_with_a_typed_error()
    {
        await using var stage = new Stage(hub.Hub);
        var topic = stage.Topic("a");
        foreach (var parameters in new object[]
        {
            new { topic = stage.Topic("+") }, new { topic = stage.Topic("#") }, new { topic = "$SYS/x" },
            new { topic, qos = 2 }, new { topic, responseTopic = "a/#" }, new { topic, contentType = new string('x', 257) },
            new { topic, userProperties = "no json" }, new { topic, userProperties = """{"a":"b"}""" }, new { topic, userProperties = """[{"a":1}]""" },
            new { topic, correlationData = "%" },
        })
        {
            var error = await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "Publish", parameters, "iot-data");
            error.Typed.ShouldBe("InvalidRequestException");
        }

        foreach (var query in new[] { "qos=x", "retain=maybe", "messageExpiry=-1", "messageExpiry=x" })
        {
            using var answer = await PostAsync($"/topics/{topic}?{query}", "x");
            ((int)answer.StatusCode).ShouldBe(400, query);
            answer.Headers.GetValues("x-amzn-ErrorType").ShouldBe(["InvalidRequestException"]);
        }

        using var wrongVerb = await hub.GetAsync($"/topics/{topic}");
        ((int)wrongVerb.StatusCode).ShouldBe(405);
        wrongVerb.Headers.GetValues("x-amzn-ErrorType").ShouldBe(["MethodNotAllowedException"]);
    }

    [Fact]
    public async Task Messaging_75_payloads_above_128_KiB_are_refused()
    {
        await using var stage = new Stage(hub.Hub);
        var most = new byte[128 * 1024];
        await hub.Boto3.DataAsync("Publish", new { topic = stage.Topic("a"), payload = new { base64 = Convert.ToBase64String(most) } });
        await hub.JavaScript.RefusedAsync(
            "RequestEntityTooLargeException", 413, "Publish",
            new { topic = stage.Topic("a"), payload = new { base64 = Convert.ToBase64String(new byte[most.Length + 1]) } }, "iot-data");
    }

    [Fact]
    public async Task Messaging_57_retained_messages_are_read_listed_and_deleted()
    {
        await using var stage = new Stage(hub.Hub);
        foreach (var api in new[] { hub.Boto3, hub.JavaScript })
        {
            var prefix = stage.Topic(api == hub.Boto3 ? "boto" : "js");
            for (var i = 0; i < 5; i++)
                await api.DataAsync("Publish", new { topic = $"{prefix}/{i}", qos = 1, retain = true, payload = DataPlaneStage.Bytes($"value {i}") });

            var one = await api.DataAsync("GetRetainedMessage", new { topic = $"{prefix}/3" });
            one.GetProperty("topic").GetString().ShouldBe($"{prefix}/3");
            DataPlaneStage.Text(one.GetProperty("payload")).ShouldBe("value 3");
            one.GetProperty("qos").GetInt32().ShouldBe(1);
            one.GetProperty("lastModifiedTime").GetInt64().ShouldBeGreaterThan(1_600_000_000_000);
            one.TryGetProperty("userProperties", out _).ShouldBeFalse();

            var topics = await ListAsync(api, 2);
            topics.Where(topic => topic.StartsWith(prefix, StringComparison.Ordinal)).ShouldBe([.. Enumerable.Range(0, 5).Select(i => $"{prefix}/{i}")]);
            topics.ShouldBeUnique();

            await api.DataAsync("Publish", new { topic = $"{prefix}/3", retain = true });
            await api.RefusedAsync("ResourceNotFoundException", 404, "GetRetainedMessage", new { topic = $"{prefix}/3" }, "iot-data");
            await api.RefusedAsync("InvalidRequestException", 400, "ListRetainedMessages", new { nextToken = "no token of ours!" }, "iot-data");
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("201")]
    [InlineData("x")]
    public async Task Messaging_57_a_page_has_1_to_200_entries(string size)
    {
        using var answer = await hub.GetAsync($"/retainedMessage?maxResults={size}");
        ((int)answer.StatusCode).ShouldBe(400);
        answer.Headers.GetValues("x-amzn-ErrorType").ShouldBe(["InvalidRequestException"]);
    }

    [Fact]
    public async Task Messaging_57_a_retained_message_shows_its_user_properties_and_what_MQTT_clients_retained()
    {
        await using var stage = new Stage(hub.Hub);
        var publisher = await stage.ConnectAsync(new Peer(Foreign.Paho, 5));
        await publisher.PublishAsync(
            stage.Topic("a"), "kept", 1, retain: true, new MessageProperties { UserProperties = [["n", "1"], ["n", "2"]], ContentType = "text/plain" });

        var one = await hub.JavaScript.DataAsync("GetRetainedMessage", new { topic = stage.Topic("a") });

        DataPlaneStage.Text(one.GetProperty("payload")).ShouldBe("kept");
        DataPlaneStage.Text(one.GetProperty("userProperties")).ShouldBe("""[{"n":"1"},{"n":"2"}]""");
        var listed = (await hub.JavaScript.DataAsync("ListRetainedMessages")).GetProperty("retainedTopics").EnumerateArray()
            .Single(entry => entry.GetProperty("topic").GetString() == stage.Topic("a"));
        listed.GetProperty("payloadSize").GetInt32().ShouldBe(4);
    }

    private static async Task<IReadOnlyList<string>> ListAsync(AwsApi api, int size)
    {
        var topics = new List<string>();
        string? token = null;
        do
        {
            var page = await api.DataAsync("ListRetainedMessages", token is null ? new { maxResults = size } : new { maxResults = size, nextToken = token });
            var entries = page.GetProperty("retainedTopics").EnumerateArray().Select(entry => entry.GetProperty("topic").GetString()!).ToList();
            entries.Count.ShouldBeLessThanOrEqualTo(size);
            topics.AddRange(entries);
            token = page.TryGetProperty("nextToken", out var next) ? next.GetString() : null;
        }
        while (token is not null);
        return topics;
    }

    private async Task<HttpResponseMessage> PostAsync(string target, string body, (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(hub.Hub.Http.OriginalString.TrimEnd('/') + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Content = new StringContent(body);
        if (header is { } given) request.Headers.TryAddWithoutValidation(given.Name, given.Value);
        return await hub.Administrator.SendAsync(request);
    }
}
