using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Fairlead.Interop.Gateway;

/// <summary>The gateway in front of a hub that is not ours (spec sections 1, 2 and 9).</summary>
public sealed class ForeignHubTests
{
    [Fact]
    public async Task Azure_1_3_4_A_curl_of_the_sample_becomes_a_message_by_token_and_by_policy()
    {
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await GatewayRun.StartAsync(hub.Address, GatewayRun.Policy);
        // As curl -d sends it.
        using var form = new StringContent("""{"t":21}""") { Headers = { ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded") } };
        using var byPolicy = await gateway.SendAsync(HttpMethod.Post, "/api/dev1", form);
        Assert.Equal(HttpStatusCode.OK, byPolicy.StatusCode);
        Assert.Equal("", await byPolicy.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var sent = await hub.WaitAsync("d2c");
        Assert.Equal(("dev1", """{"t":21}""", "application/json", "utf-8"), ((string?)sent["device"], (string?)sent["text"], (string?)sent["contentType"], (string?)sent["contentEncoding"]));
        Assert.Equal(RheaHub.Host, (string?)hub.Events("token")[0]["name"]);
        using var byToken = await gateway.PostAsync("/api/dev2", "2", RheaHub.Token("dev2"));
        Assert.Equal(HttpStatusCode.OK, byToken.StatusCode);
        var token = await hub.WaitAsync("token", told => ((string)told["name"]!).Contains("dev2", StringComparison.Ordinal));
        Assert.Equal((RheaHub.Host + "/devices/dev2", "servicebus.windows.net:sastoken"), ((string?)token["name"], (string?)token["type"]));
        Assert.Equal(RheaHub.Host, (string?)hub.Events("open")[0]["host"]);
    }

    [Fact]
    public async Task Azure_6_The_hub_judges_each_token_of_a_connected_device()
    {
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await GatewayRun.StartAsync(hub.Address);
        using var good = await gateway.PostAsync("/api/dev1", "1", RheaHub.Token("dev1"));
        using var forged = await gateway.PostAsync("/api/dev1", "2", RheaHub.Token("dev1", Convert.ToBase64String(new byte[32])));
        using var unknown = await gateway.PostAsync("/api/unknown", "3", RheaHub.Token("unknown"));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.NotFound), (good.StatusCode, forged.StatusCode, unknown.StatusCode));
        Assert.Single(hub.Events("d2c"));
    }

    [Fact]
    public async Task Azure_8_Two_hundred_first_posts_are_one_token_and_one_link()
    {
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await GatewayRun.StartAsync(hub.Address, ("DeviceQueue", "200"));
        string token = RheaHub.Token("dev1");
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(n => gateway.PostAsync("/api/dev1", $"{n}", token)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Single(hub.Events("token"));
        Assert.Single(hub.Events("attach"));
        Assert.Equal(200, hub.Events("d2c").Length);
    }

    [Fact]
    public async Task Azure_13_14_Bytes_arrive_as_they_were_and_what_is_too_large_is_refused()
    {
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await GatewayRun.StartAsync(hub.Address);
        var body = new byte[200_000];
        new Random(13).NextBytes(body);
        string token = RheaHub.Token("dev1");
        using var image = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } };
        using var sent = await gateway.SendAsync(HttpMethod.Post, "/api/dev1/messages/events", image, token, ("iothub-app-colour", "red"), ("iothub-messageid", "m1"));
        Assert.Equal(HttpStatusCode.NoContent, sent.StatusCode);
        var told = await hub.WaitAsync("d2c");
        Assert.Equal((Convert.ToHexStringLower(SHA256.HashData(body)), "image/png", "m1", "red"), ((string?)told["hash"], (string?)told["contentType"], (string?)told["id"], (string?)told["properties"]!["colour"]));
        using var large = new ByteArrayContent(new byte[300_000]);
        using var refused = await gateway.SendAsync(HttpMethod.Post, "/api/dev1/messages/events", large, token);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        using var next = await gateway.PostAsync("/api/dev1", "1", token);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task What_the_hub_rejects_is_told_with_its_status()
    {
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await GatewayRun.StartAsync(hub.Address, GatewayRun.Policy);
        foreach (string condition in (string[])["com.microsoft:device-container-throttled", "amqp:link:message-size-exceeded", "amqp:resource-limit-exceeded"]) hub.Tell(new { op = "refuse", condition });
        using var throttled = await gateway.PostAsync("/api/dev1", "1");
        using var tooLarge = await gateway.PostAsync("/api/dev1", "2");
        using var quota = await gateway.PostAsync("/api/dev1", "3");
        Assert.Equal((429, 413, 403), ((int)throttled.StatusCode, (int)tooLarge.StatusCode, (int)quota.StatusCode));
        Assert.NotNull(throttled.Headers.RetryAfter);
    }

    [Fact]
    public async Task Azure_76_Messages_wait_at_the_hub_and_are_polled_settled_and_given_back()
    {
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await GatewayRun.StartAsync(hub.Address, GatewayRun.Policy);
        hub.Tell(new { op = "c2d", device = "dev1", id = "m1", body = """{"on":true}""", contentType = "application/json", properties = new { colour = "red" } });
        using var sent = await gateway.PostAsync("/api/dev1", "1");
        hub.Tell(new { op = "waiting", device = "dev1" });
        Assert.Equal(1, (int)(await hub.WaitAsync("waiting"))["count"]!);
        using var first = await gateway.SendAsync(HttpMethod.Get, "/api/dev1/messages/devicebound?wait=30");
        Assert.Equal(("""{"on":true}""", "m1", "red", "0"), (
            await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), first.Headers.GetValues("iothub-messageid").Single(),
            first.Headers.GetValues("iothub-app-colour").Single(), first.Headers.GetValues("iothub-deliverycount").Single()));
        using var abandoned = await gateway.SendAsync(HttpMethod.Post, $"/api/dev1/messages/devicebound/{first.Headers.ETag!.Tag.Trim('"')}/abandon");
        Assert.Equal(HttpStatusCode.NoContent, abandoned.StatusCode);
        using var second = await gateway.SendAsync(HttpMethod.Get, "/api/dev1/messages/devicebound?wait=30");
        Assert.Equal("1", second.Headers.GetValues("iothub-deliverycount").Single());
        using var completed = await gateway.SendAsync(HttpMethod.Delete, $"/api/dev1/messages/devicebound/{second.Headers.ETag!.Tag.Trim('"')}");
        Assert.Equal(HttpStatusCode.NoContent, completed.StatusCode);
        await hub.WaitAsync("settled", told => (string?)told["outcome"] == "accepted");
        Assert.Equal("second", (int)hub.Events("attach").First(told => (string?)told["role"] == "sender")["settle"]! == 1 ? "second" : "first");
    }

    [Fact]
    public async Task Azure_76_A_stream_pushes_and_what_it_holds_goes_back_when_it_dies()
    {
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await GatewayRun.StartAsync(hub.Address, GatewayRun.Policy);
        using (var stream = await gateway.OpenStreamAsync("/api/dev1/stream"))
        {
            hub.Tell(new { op = "c2d", device = "dev1", id = "m1", body = "hello" });
            var message = await stream.NextAsync("message");
            Assert.Equal("hello", message.GetProperty("body").GetString());
        }

        await hub.WaitAsync("settled", told => (string?)told["outcome"] == "released");
        using var again = await gateway.OpenStreamAsync("/api/dev1/stream?ack=auto");
        Assert.Equal(1, (await again.NextAsync("message")).GetProperty("deliveryCount").GetInt32());
        await hub.WaitAsync("settled", told => (string?)told["outcome"] == "accepted");
    }

    [Fact]
    public async Task Methods_reach_a_stream_and_its_answer_the_caller()
    {
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await GatewayRun.StartAsync(hub.Address, GatewayRun.Policy);
        hub.Tell(new { op = "method", device = "dev1", id = "3f1b5c1e-7a2d-4b8e-9c3f-0123456789ab", name = "reboot", body = "null" });
        await hub.WaitAsync("offline");
        using var stream = await gateway.OpenStreamAsync("/api/dev1/stream?kinds=methods");
        await hub.WaitAsync("callable");
        hub.Tell(new { op = "method", device = "dev1", id = "3f1b5c1e-7a2d-4b8e-9c3f-0123456789ab", name = "reboot", body = """{"in":5}""" });
        var call = await stream.NextAsync("method");
        Assert.Equal(("reboot", 5), (call.GetProperty("name").GetString(), call.GetProperty("payload").GetProperty("in").GetInt32()));
        using var answered = await gateway.PostAsync($"/api/dev1/methods/{call.GetProperty("rid").GetString()}/response", """{"status":202,"payload":{"ok":true}}""");
        Assert.Equal(HttpStatusCode.NoContent, answered.StatusCode);
        var answer = await hub.WaitAsync("answer");
        Assert.Equal(("3f1b5c1e-7a2d-4b8e-9c3f-0123456789ab", 202, """{"ok":true}"""), ((string?)answer["id"], (int)answer["status"]!, (string?)answer["body"]));
    }

    [Fact]
    public async Task Twins_are_read_reported_and_their_desired_properties_pushed()
    {
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await GatewayRun.StartAsync(hub.Address, GatewayRun.Policy);
        using var stream = await gateway.OpenStreamAsync("/api/dev1/stream?kinds=desired");
        await hub.WaitAsync("twin", told => (string?)told["operation"] == "PUT");
        hub.Tell(new { op = "desired", device = "dev1", patch = new { interval = 5 } });
        Assert.Equal(5, (await stream.NextAsync("desired")).GetProperty("desired").GetProperty("interval").GetInt32());
        var twin = JsonNode.Parse(await gateway.Http.GetStringAsync("/api/dev1/twin", TestContext.Current.CancellationToken))!;
        Assert.Equal((5, 2), ((int)twin["desired"]!["interval"]!, (int)twin["desired"]!["$version"]!));
        using var patched = await gateway.SendAsync(HttpMethod.Patch, "/api/dev1/twin/reported", new StringContent("""{"interval":5}"""), null, ("If-Match", "\"1\""));
        Assert.Equal("""{"version":2}""", await patched.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var stale = await gateway.SendAsync(HttpMethod.Patch, "/api/dev1/twin/reported", new StringContent("""{"interval":6}"""), null, ("If-Match", "\"1\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);
    }

    [Fact]
    public async Task Azure_81_A_gateway_that_ends_answers_what_is_under_way_and_says_goodbye()
    {
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await GatewayRun.StartAsync(hub.Address, [.. GatewayRun.Policy, ("DeviceQueue", "1000")]);
        using var first = await gateway.PostAsync("/api/dev1", "0");
        using var held = await gateway.SendAsync(HttpMethod.Get, "/api/dev2/messages/devicebound");
        hub.Tell(new { op = "c2d", device = "dev2", id = "m1", body = "1" });
        using var locked = await gateway.SendAsync(HttpMethod.Get, "/api/dev2/messages/devicebound?wait=30");
        var posts = Enumerable.Range(0, 1000).Select(n => gateway.PostAsync($"/api/dev{n % 10}", $"{n}")).ToArray();
        await Task.WhenAny(posts);
        gateway.Signal(15);
        int[] statuses = [.. (await Task.WhenAll(posts.Select(StatusAsync))).Where(status => status != 0)];
        Assert.All(statuses, status => Assert.True(status is 200 or 503, $"status {status}"));
        Assert.Equal(0, await gateway.EndAsync());
        await hub.WaitAsync("settled", told => (string?)told["id"] == "m1" && (string?)told["outcome"] == "released");
        await hub.WaitAsync("connection_close");
        Assert.Empty(hub.Events("disconnected"));
        int accepted = statuses.Count(status => status == 200);
        Assert.True(hub.Events("d2c").Length > accepted, "what was answered with 200 reached the hub");
    }

    // 0: the connection was refused, because the listener had gone already.
    private static async Task<int> StatusAsync(Task<HttpResponseMessage> post)
    {
        try
        {
            using var answer = await post;
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }
}
