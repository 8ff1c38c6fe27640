using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Interop.Azure;

namespace Fairlead.Interop.Gateway;

/// <summary>The gateway in front of our own hub over TLS, with services that use the packages for Azure IoT Hub (spec sections 4, 6 and 9.2).</summary>
public sealed class OwnHubTests(AzureHub stage) : IClassFixture<AzureHub>
{
    [Theory]
    [InlineData("amqps")]
    [InlineData("wss")]
    public async Task Azure_13_Messages_of_every_route_are_read_by_the_package_for_event_hubs(string scheme)
    {
        string device = $"gw-{scheme}", token = await TokenAsync(device);
        await using var gateway = await StartAsync(scheme, byPolicy: false);
        using var sample = await gateway.PostAsync($"/api/{device}", """{"t":21}""", token);
        Assert.Equal(HttpStatusCode.OK, sample.StatusCode);
        using var image = new ByteArrayContent([1, 2, 3]) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } };
        using var raw = await gateway.SendAsync(HttpMethod.Post, $"/api/{device}/messages/events", image, token, ("iothub-app-colour", "red"), ("iothub-messageid", "m1"));
        Assert.Equal(HttpStatusCode.NoContent, raw.StatusCode);
        using var batch = await gateway.PostAsync($"/api/{device}/messages/events/batch", """[1,{"body":{"a":2},"properties":{"k":"v","iothub-messageid":"m2"}},3]""", token);
        Assert.Equal(HttpStatusCode.OK, batch.StatusCode);

        var events = await EventsAsync(device, 5);
        Assert.Equal(["""{"t":21}""", "\u0001\u0002\u0003", "1", """{"a":2}""", "3"], events.Select(static item => Text(item["body"])));
        Assert.Equal(("application/json", null), ((string?)events[0]["contentType"], (string?)events[0]["messageId"]));
        Assert.Equal(("image/png", "m1", "red"), ((string?)events[1]["contentType"], (string?)events[1]["messageId"], (string?)events[1]["properties"]!["colour"]));
        Assert.Equal(("m2", "v"), ((string?)events[3]["messageId"], (string?)events[3]["properties"]!["k"]));
        Assert.Equal("""{"scope":"device","type":"sas","issuer":"iothub"}""", (string?)events[0]["system"]!["iothub-connection-auth-method"]);
    }

    [Fact]
    public async Task Azure_76_Messages_of_a_service_are_polled_and_streamed_and_it_hears_what_became_of_them()
    {
        await stage.CreateAsync("gw-c2d");
        await using var gateway = await StartAsync("amqps", byPolicy: true);
        await OpenServiceAsync("gw-c2d-service");
        await stage.Driver.DoAsync("feedback", "gw-c2d-service");

        // Nobody takes messages yet: the hub keeps them, and counts no delivery.
        await SendAsync("good");
        using var polled = await gateway.SendAsync(HttpMethod.Get, "/api/gw-c2d/messages/devicebound?wait=30");
        Assert.Equal(("good", "red", "0"), (polled.Headers.GetValues("iothub-messageid").Single(), polled.Headers.GetValues("iothub-app-colour").Single(), polled.Headers.GetValues("iothub-deliverycount").Single()));
        Assert.Equal("x", await polled.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var completed = await gateway.SendAsync(HttpMethod.Delete, $"/api/gw-c2d/messages/devicebound/{polled.Headers.ETag!.Tag.Trim('"')}");
        Assert.Equal(HttpStatusCode.NoContent, completed.StatusCode);
        using var again = await gateway.SendAsync(HttpMethod.Delete, $"/api/gw-c2d/messages/devicebound/{polled.Headers.ETag!.Tag.Trim('"')}");
        Assert.Equal(HttpStatusCode.PreconditionFailed, again.StatusCode);

        using var stream = await gateway.OpenStreamAsync("/api/gw-c2d/stream?kinds=messages");
        await SendAsync("bad");
        var pushed = await stream.NextAsync("message");
        using var abandoned = await gateway.SendAsync(HttpMethod.Post, $"/api/gw-c2d/messages/devicebound/{pushed.GetProperty("lock").GetString()}/abandon");
        Assert.Equal(HttpStatusCode.NoContent, abandoned.StatusCode);
        pushed = await stream.NextAsync("message");
        Assert.Equal(("bad", 1), (pushed.GetProperty("messageId").GetString(), pushed.GetProperty("deliveryCount").GetInt32()));
        using var rejected = await gateway.SendAsync(HttpMethod.Delete, $"/api/gw-c2d/messages/devicebound/{pushed.GetProperty("lock").GetString()}?reject");
        Assert.Equal(HttpStatusCode.NoContent, rejected.StatusCode);

        Dictionary<string, string> records = [];
        while (records.Count < 2)
        {
            foreach (var record in JsonNode.Parse(Text((await stage.Driver.NextAsync("gw-c2d-service", "feedback"))["body"]))!.AsArray())
                records[(string)record!["originalMessageId"]!] = (string)record["statusCode"]!;
        }

        Assert.Equal(("Success", "Rejected"), (records["good"], records["bad"]));
        await stage.Driver.DoAsync("serviceClose", "gw-c2d-service");

        Task SendAsync(string id) => stage.Driver.DoAsync("serviceSend", "gw-c2d-service", new { device = "gw-c2d", payload = "eA==", messageId = id, ack = "full", properties = new { colour = "red" } });
    }

    [Fact]
    public async Task Azure_82_The_hub_counts_links_and_what_is_not_settled_of_each_connection_of_a_gateway()
    {
        await stage.CreateAsync("gw-counted1");
        await stage.CreateAsync("gw-counted2");
        await using var gateway = await StartAsync("amqps", byPolicy: true);
        using var alone = await gateway.PostAsync("/api/gw-counted1", "1");
        using var second = await gateway.PostAsync("/api/gw-counted2", "1");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (alone.StatusCode, second.StatusCode));
        var connections = JsonNode.Parse(await stage.Administrator.GetStringAsync("/v1/amqp/connections", TestContext.Current.CancellationToken))!["connections"]!.AsArray();
        var own = connections.Last(static one => (int)one!["devices"]! == 2)!;
        string page = await stage.Administrator.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains($"fairlead_gateway_links{{connection=\"{own["number"]}\"}} {own["links"]}\n", page, StringComparison.Ordinal);
        Assert.Contains($"fairlead_gateway_unsettled{{connection=\"{own["number"]}\"}} 0\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Azure_66_A_method_whose_stream_breaks_is_answered_at_once()
    {
        await stage.CreateAsync("gw-gone");
        await using var gateway = await StartAsync("amqps", byPolicy: true);
        Task<HttpResponseMessage> asked;
        using (var stream = await gateway.OpenStreamAsync("/api/gw-gone/stream?kinds=methods"))
        {
            asked = stage.ServiceAsync(HttpMethod.Post, "/twins/gw-gone/methods", """{"methodName":"reboot","connectTimeoutInSeconds":60,"responseTimeoutInSeconds":300}""");
            await stream.NextAsync("method");
        }

        using var answer = await asked.WaitAsync(RheaHub.Patience, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.NotFound, "DeviceConnectionClosedRemotely"), (answer.StatusCode, answer.Headers.GetValues("iothub-errorcode").Single()));
    }

    [Fact]
    public async Task Azure_66_Methods_of_a_service_are_answered_over_a_stream_and_over_a_long_poll()
    {
        await stage.CreateAsync("gw-method");
        await using var gateway = await StartAsync("amqps", byPolicy: true);
        await OpenServiceAsync("gw-method-service");
        // Telemetry alone attaches no link for methods: callers are told at once.
        using var sent = await gateway.PostAsync("/api/gw-method", "1");
        using var none = await stage.ServiceAsync(HttpMethod.Post, "/twins/gw-method/methods", """{"methodName":"reboot","responseTimeoutInSeconds":10}""");
        Assert.Equal((HttpStatusCode.NotFound, "DeviceNotOnline"), (none.StatusCode, none.Headers.GetValues("iothub-errorcode").Single()));

        using (var stream = await gateway.OpenStreamAsync("/api/gw-method/stream?kinds=methods"))
        {
            var asked = InvokeAsync("""{"in":5}""");
            var call = await stream.NextAsync("method");
            Assert.Equal(("reboot", 5), (call.GetProperty("name").GetString(), call.GetProperty("payload").GetProperty("in").GetInt32()));
            await AnswerAsync(call.GetProperty("rid").GetString()!, """{"status":207,"payload":{"out":6}}""");
            var result = await asked;
            Assert.Equal((207, 6), ((int)result["status"]!, (int)result["payload"]!["out"]!));
        }

        // Before the end of the stream is noticed, calls would still go to it.
        using var deadline = new CancellationTokenSource(RheaHub.Patience);
        while (!(await gateway.Http.GetStringAsync("/metrics", deadline.Token)).Contains("gateway_streams 0\n", StringComparison.Ordinal))
        {
        }

        var waiting = gateway.SendAsync(HttpMethod.Get, "/api/gw-method/methods?wait=60");
        var again = InvokeAsync("null");
        using var polled = await waiting;
        var told = JsonElement.Parse(await polled.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await AnswerAsync(told.GetProperty("rid").GetString()!, """{"status":200,"payload":null}""");
        Assert.Equal(200, (int)(await again)["status"]!);
        await stage.Driver.DoAsync("serviceClose", "gw-method-service");

        async Task<JsonNode> InvokeAsync(string payload) => JsonNode.Parse((string)(await stage.Driver.DoAsync(
            "invoke", "gw-method-service", new { device = "gw-method", name = "reboot", payload = JsonNode.Parse(payload), connectTimeout = 20, responseTimeout = 30 }))["result"]!)!;

        async Task AnswerAsync(string rid, string json)
        {
            using var answered = await gateway.PostAsync($"/api/gw-method/methods/{rid}/response", json);
            Assert.Equal(HttpStatusCode.NoContent, answered.StatusCode);
        }
    }

    [Fact]
    public async Task Azure_74_The_twin_is_read_and_reported_and_what_a_service_desires_is_streamed()
    {
        await stage.CreateAsync("gw-twin");
        await using var gateway = await StartAsync("amqps", byPolicy: true);
        await OpenServiceAsync("gw-twin-service");
        using var read = await gateway.SendAsync(HttpMethod.Get, "/api/gw-twin/twin");
        var twin = JsonElement.Parse(await read.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var version = twin.GetProperty("reported").GetProperty("$version").GetInt64();
        using var reported = await PatchAsync("""{"fan":{"speed":3}}""", version);
        Assert.Equal((HttpStatusCode.OK, $"\"{version + 1}\""), (reported.StatusCode, reported.Headers.ETag!.Tag));
        using var stale = await PatchAsync("""{"fan":null}""", version);
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);

        using var stream = await gateway.OpenStreamAsync("/api/gw-twin/stream?kinds=desired");
        // The stream is open before its link is attached and listens: changes are made until one has come.
        var pushed = stream.NextAsync("desired");
        JsonNode? changed = null;
        for (int speed = 1; !pushed.IsCompleted; speed++)
            changed = JsonNode.Parse((string)(await stage.Driver.DoAsync("updateTwin", "gw-twin-service", new { device = "gw-twin", patch = new { properties = new { desired = new { speed } } } }))["twin"]!);
        var desired = (await pushed).GetProperty("desired");
        Assert.InRange(desired.GetProperty("speed").GetInt32(), 1, (int)changed!["properties"]!["desired"]!["speed"]!);
        Assert.Equal(3, (int)changed["properties"]!["reported"]!["fan"]!["speed"]!);
        await stage.Driver.DoAsync("serviceClose", "gw-twin-service");

        Task<HttpResponseMessage> PatchAsync(string json, long guard) =>
            gateway.SendAsync(HttpMethod.Patch, "/api/gw-twin/twin/reported", new StringContent(json, Encoding.UTF8, "application/json"), null, ("If-Match", $"\"{guard}\""));
    }

    [Fact]
    public async Task Azure_38_Refusals_of_the_hub_become_their_status()
    {
        await using var gateway = await StartAsync("amqps", byPolicy: false);
        string token = await TokenAsync("gw-refused"), resource = $"{RheaHub.Host}/devices/gw-refused", other = Convert.ToBase64String(new byte[32]);
        using var forged = await gateway.PostAsync("/api/gw-refused", "1", AzureHub.Token(resource, other));
        using var unknown = await gateway.PostAsync("/api/gw-nobody", "1", AzureHub.Token($"{RheaHub.Host}/devices/gw-nobody", other));
        using var good = await gateway.PostAsync("/api/gw-refused", "1", token);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.NotFound, HttpStatusCode.OK), (forged.StatusCode, unknown.StatusCode, good.StatusCode));

        // Deleted while it is connected: its links go, and the next request hears why.
        using (var stream = await gateway.OpenStreamAsync("/api/gw-refused/stream?kinds=messages", token))
        {
            using var deleted = await stage.ServiceAsync(HttpMethod.Delete, "/devices/gw-refused", ifMatch: "\"*\"");
            Assert.Equal("refused", (await stream.NextAsync("end")).GetProperty("reason").GetString());
        }

        using var late = await gateway.PostAsync("/api/gw-refused", "2", token);
        Assert.Equal(HttpStatusCode.NotFound, late.StatusCode);
    }

    private static string Text(JsonNode? base64) => Encoding.UTF8.GetString(Convert.FromBase64String((string)base64!));

    /// <summary>A gateway before the hub of the stage.</summary>
    private async Task<GatewayRun> StartAsync(string scheme, bool byPolicy)
    {
        int port = scheme == "wss" ? 443 : stage.Amqps;
        List<(string, string)> settings = [("HubCaFile", stage.Ca), ("CloudMessagesEnabled", "true"), ("DirectMethodEnabled", "true")];
        if (byPolicy) settings.AddRange([("SharedAccessPolicyKeyEnabled", "true"), ("AccessPolicyName", "device"), ("AccessPolicyKey", await KeyAsync("device"))]);
        return await GatewayRun.StartAsync(new Uri($"{scheme}://{stage.Address}:{port}"), [.. settings]);
    }

    /// <summary>Makes a device. Returns a token of its own.</summary>
    private async Task<string> TokenAsync(string device) => AzureHub.Token($"{RheaHub.Host}/devices/{device}", AzureHub.KeyOf(await stage.CreateAsync(device)));

    private async Task<string> KeyAsync(string policy) =>
        (string)JsonNode.Parse(await stage.Administrator.GetStringAsync($"/v1/iothub/policies/{policy}", TestContext.Current.CancellationToken))!["primaryKey"]!;

    private async Task OpenServiceAsync(string name) =>
        await stage.Driver.DoAsync("service", name, new { connectionString = await stage.PolicyAsync("iothubowner"), transport = "amqpws" });

    private async Task<JsonNode[]> EventsAsync(string device, int count)
    {
        string connection = $"Endpoint=sb://{stage.Address}/;SharedAccessKeyName=service;SharedAccessKey={await KeyAsync("service")};EntityPath=hub1";
        var answer = await stage.Driver.DoAsync("readEvents", "gw-reader", new { connectionString = connection, endpoint = $"sb://{stage.Address}:{stage.Amqps}", count, device });
        return [.. answer["events"]!.AsArray().Select(static item => item!).OrderBy(static item => (long)item["sequence"]!)];
    }
}
