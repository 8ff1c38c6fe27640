using System.Text;
using System.Text.Json.Nodes;

namespace Fairlead.Interop.Azure.Messages;

/// <summary>The SDKs' whole flow over MQTT, with the service SDK on the other side (lines 57, 61, 66, 67).</summary>
public sealed class MqttFlowTests(AzureHub hub) : IClassFixture<AzureHub>
{
    private static int _last;

    [Theory]
    [InlineData("mqtt")]
    [InlineData("mqttws")]
    public async Task Azure_57_The_whole_flow_of_a_device_over_MQTT(string transport)
    {
        var (id, client, service) = Names();
        await OpenAsync(client, id, transport);
        await hub.Driver.DoAsync("service", service, new { connectionString = await hub.PolicyAsync("iothubowner"), transport = "amqpws" });
        await hub.Driver.DoAsync("send", client, new { payload = Base64("""{"t":20}"""), messageId = "1", contentType = "application/json", contentEncoding = "utf-8", properties = new { alert = "true" } });
        await hub.Driver.DoAsync("sendMany", client, new { count = 50 });

        await hub.Driver.DoAsync("listen", client, new { settle = "complete" });
        await hub.Driver.DoAsync("serviceSend", service, new { device = id, payload = Base64("hello"), messageId = "m1", ack = "full", properties = new { k = "v" } });
        var message = await hub.Driver.NextAsync(client, "message");
        Text(message["payload"]).ShouldBe("hello");
        message["messageId"]!.GetValue<string>().ShouldBe("m1");
        message["to"]!.GetValue<string>().ShouldBe($"/devices/{id}/messages/devicebound");
        message["properties"]!["k"]!.GetValue<string>().ShouldBe("v");

        // The SDK does not say when the device has subscribed: the call waits for it.
        await hub.Driver.DoAsync("method", client, new { name = "reboot", status = 201 });
        var answer = await hub.Driver.DoAsync("invoke", service, new { device = id, name = "reboot", payload = new { x = 1 }, connectTimeout = 30 });
        answer["result"]!.GetValue<string>().ShouldBe("""{"status":201,"payload":{"echo":{"x":1}}}""");

        var twin = JsonNode.Parse((await hub.Driver.DoAsync("twinGet", client))["twin"]!.GetValue<string>())!;
        twin["desired"]!["$version"]!.GetValue<int>().ShouldBe(1);
        await hub.Driver.DoAsync("twinDesired", client);
        await hub.Driver.NextAsync(client, "desired");
        await hub.Driver.DoAsync("updateTwin", service, new { device = id, patch = new { properties = new { desired = new { speed = 2 } } } });
        JsonNode.Parse((await hub.Driver.NextAsync(client, "desired"))["delta"]!.GetValue<string>())!["speed"]!.GetValue<int>().ShouldBe(2);
        await hub.Driver.DoAsync("twinReport", client, new { patch = new { speed = 2 } });
        await hub.Driver.DoAsync("close", client);
    }

    [Fact]
    public async Task Azure_57_A_device_is_Connected_while_it_is_and_the_AWS_operation_sees_it_too()
    {
        var (id, client, _) = Names();
        await OpenAsync(client, id, "mqtt");
        (await StateAsync(id)).ShouldBe("Connected");
        var connection = JsonNode.Parse(await hub.Administrator.GetStringAsync($"/v1/clients/{id}", TestContext.Current.CancellationToken))!;
        connection.ToJsonString().ShouldContain(id);
        await hub.Driver.DoAsync("close", client);
        (await StateAsync(id)).ShouldBe("Disconnected");
    }

    [Fact]
    public async Task Azure_66_Methods_of_devices_over_MQTT_end_as_the_checklist_says()
    {
        var (id, client, service) = Names();
        await hub.CreateAsync(id);
        await hub.Driver.DoAsync("service", service, new { connectionString = await hub.PolicyAsync("iothubowner"), transport = "amqpws" });
        // A 404 that is not about the device itself has no class in the SDK for Node.
        (await hub.Driver.FailAsync("invoke", service, new { device = id, name = "m" })).ShouldBe("Error: Not found");
        (await hub.Driver.FailAsync("invoke", service, new { device = "nobody", name = "m" })).ShouldStartWith("DeviceNotFoundError");

        var pending = hub.Driver.DoAsync("invoke", service, new { device = id, name = "late", payload = 1, connectTimeout = 30 });
        await OpenAsync(client, id, "mqtt", create: false);
        await hub.Driver.DoAsync("method", client, new { name = "late" });
        (await pending)["result"]!.GetValue<string>().ShouldBe("""{"status":200,"payload":{"echo":1}}""");

        await hub.Driver.DoAsync("method", client, new { name = "silent", silent = true });
        (await hub.Driver.FailAsync("invoke", service, new { device = id, name = "silent", responseTimeout = 5 })).ShouldStartWith("GatewayTimeoutError");
        (await hub.Driver.FailAsync("invoke", service, new { device = id, name = "late", payload = new string('x', 128 * 1024) })).ShouldContain("131072");
    }

    [Fact]
    public async Task Azure_67_Completing_over_MQTT_gives_the_sender_its_feedback()
    {
        var (id, client, service) = Names();
        await OpenAsync(client, id, "mqtt");
        await hub.Driver.DoAsync("service", service, new { connectionString = await hub.PolicyAsync("service", withPort: true) });
        await hub.Driver.DoAsync("feedback", service);
        await hub.Driver.DoAsync("listen", client, new { settle = "complete" });
        await hub.Driver.DoAsync("serviceSend", service, new { device = id, payload = Base64("x"), messageId = "the-one", ack = "full" });
        await hub.Driver.NextAsync(client, "message");
        JsonNode? record = null;
        while (record is null)
        {
            var batch = await hub.Driver.NextAsync(service, "feedback");
            record = JsonNode.Parse(Text(batch["body"]))!.AsArray().FirstOrDefault(one => one!["deviceId"]!.GetValue<string>() == id);
        }

        record["originalMessageId"]!.GetValue<string>().ShouldBe("the-one");
        record["statusCode"]!.GetValue<string>().ShouldBe("Success");
        await hub.Driver.DoAsync("close", client);
        await hub.Driver.DoAsync("serviceClose", service);
    }

    private async Task OpenAsync(string client, string id, string transport, bool create = true)
    {
        var identity = create ? await hub.CreateAsync(id) : JsonNode.Parse(await (await hub.ServiceAsync(HttpMethod.Get, $"/devices/{id}")).Content.ReadAsStringAsync())!;
        var host = transport == "mqtt" ? $"{hub.Address}:{hub.Hub.Listener("mqtts").Port}" : hub.Address;
        await hub.Driver.DoAsync("open", client, new { transport, connectionString = $"HostName={host};DeviceId={id};SharedAccessKey={AzureHub.KeyOf(identity)}" });
    }

    private async Task<string> StateAsync(string id)
    {
        using var answer = await hub.ServiceAsync(HttpMethod.Get, $"/devices/{id}");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["connectionState"]!.GetValue<string>();
    }

    private static (string Id, string Client, string Service) Names()
    {
        var number = Interlocked.Increment(ref _last);
        return ($"mqtt-{number}", $"device-{number}", $"service-{number}");
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Text(JsonNode? base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64!.GetValue<string>()));
}
