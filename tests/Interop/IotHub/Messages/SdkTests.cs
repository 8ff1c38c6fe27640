using System.Text;
using System.Text.Json.Nodes;

namespace Fairlead.Interop.IotHub.Messages;

/// <summary>The device SDK's whole flow over MQTT and HTTP, and methods by the service SDK (lines 57, 63, 66).</summary>
public sealed class SdkTests(AzureHub hub) : IClassFixture<AzureHub>
{
    [Theory]
    [InlineData("Mqtt")]
    [InlineData("MqttWs")]
    public async Task Azure_57_The_whole_flow_of_a_device_over_MQTT(string transport)
    {
        var device = await hub.CreateDeviceAsync();
        var sdk = hub.StartSdk();
        await sdk.OpenAsync("d", device, transport);
        await sdk.AskAsync("send", "d", new { body = Base64("""{"t":20}"""), messageId = "1", contentType = "application/json", contentEncoding = "utf-8", properties = new { alert = "true" } });

        await sdk.AskAsync("receive", "d", new { settle = "complete" });
        await hub.SendToDeviceAsync(device.Id, "hello", ("iothub-messageid", "m1"), ("iothub-app-k", "v"), ("iothub-ack", "full"));
        var message = await sdk.EventAsync("d", "message");
        Text(message["body"]).ShouldBe("hello");
        message["messageId"]!.GetValue<string>().ShouldBe("m1");
        message["properties"]!["k"]!.GetValue<string>().ShouldBe("v");

        await sdk.AskAsync("method", "d", new { name = "reboot", status = 200, answer = new { ok = true } });
        var answer = await sdk.AskAsync("invoke", "service", new { connectionString = hub.Service, deviceId = device.Id, call = new { methodName = "reboot", payload = new { x = 1 } } });
        answer["result"]!.ToJsonString().ShouldBe("""{"status":200,"payload":{"ok":true}}""");
        (await sdk.EventAsync("d", "method"))["payload"]!.ToJsonString().ShouldBe("""{"x":1}""");

        var twin = await sdk.AskAsync("twin", "d");
        twin["twin"]!["desired"]!["$version"]!.GetValue<int>().ShouldBe(1);
        await sdk.AskAsync("desired", "d");
        await sdk.EventAsync("d", "desired");
        await sdk.AskAsync("patchTwin", "service", new { connectionString = hub.Service, deviceId = device.Id, patch = new { properties = new { desired = new { speed = 2 } } } });
        (await sdk.EventAsync("d", "desired"))["patch"]!["speed"]!.GetValue<int>().ShouldBe(2);
        await sdk.AskAsync("report", "d", new { patch = new { speed = 2 } });
        await sdk.AskAsync("close", "d");
    }

    [Fact]
    public async Task Azure_63_The_whole_flow_of_a_device_over_HTTP()
    {
        var device = await hub.CreateDeviceAsync();
        var sdk = hub.StartSdk();
        await sdk.OpenAsync("d", device, "Http");
        await sdk.AskAsync("send", "d", new { body = Base64("one"), messageId = "1", properties = new { k = "v" } });
        await sdk.AskAsync("batch", "d", new { messages = new[] { new { body = Base64("two") }, new { body = Base64("three") } } });
        await hub.SendToDeviceAsync(device.Id, "m1", ("iothub-messageid", "m1"));
        await hub.SendToDeviceAsync(device.Id, "m2", ("iothub-messageid", "m2"));
        await sdk.AskAsync("receive", "d");
        var first = await sdk.EventAsync("d", "message");
        var second = await sdk.EventAsync("d", "message");
        new[] { Text(first["body"]), Text(second["body"]) }.ShouldBe(["m1", "m2"]);
        await sdk.AskAsync("settle", "d", new { how = "abandon", number = first["number"]!.GetValue<int>() });
        var again = await sdk.EventAsync("d", "message");
        Text(again["body"]).ShouldBe("m1");
        await sdk.AskAsync("settle", "d", new { how = "complete", number = again["number"]!.GetValue<int>() });
        await sdk.AskAsync("settle", "d", new { how = "reject", number = second["number"]!.GetValue<int>() });
        (await sdk.RefusedAsync("settle", "d", new { how = "complete", number = second["number"]!.GetValue<int>() })).ShouldContain("DeviceMessageLockLostError");
        await sdk.AskAsync("close", "d");
    }

    [Fact]
    public async Task Azure_66_The_service_SDK_gets_the_errors_of_methods_as_its_own_types()
    {
        var device = await hub.CreateDeviceAsync();
        var sdk = hub.StartSdk();
        var call = new { methodName = "m", payload = (object?)null, responseTimeoutInSeconds = 5, connectTimeoutInSeconds = 0 };
        (await sdk.RefusedAsync("invoke", "service", new { connectionString = hub.Service, deviceId = device.Id, call })).ShouldContain("DeviceNotFoundError");
        (await sdk.RefusedAsync("invoke", "service", new { connectionString = hub.Service, deviceId = "nobody", call })).ShouldContain("DeviceNotFoundError");
        await sdk.OpenAsync("d", device, "Mqtt");
        await sdk.AskAsync("method", "d", new { name = "m" });
        (await sdk.RefusedAsync("invoke", "service", new { connectionString = hub.Service, deviceId = device.Id, call })).ShouldContain("Timed out waiting for the response from device");
    }

    [Fact]
    public async Task Azure_66_A_device_that_connects_within_the_connect_timeout_is_called()
    {
        var device = await hub.CreateDeviceAsync();
        var sdk = hub.StartSdk();
        var call = new { methodName = "late", payload = 1, connectTimeoutInSeconds = 60 };
        var pending = sdk.AskAsync("invoke", "service", new { connectionString = hub.Service, deviceId = device.Id, call });
        await sdk.OpenAsync("d", device, "Mqtt");
        await sdk.AskAsync("method", "d", new { name = "late", status = 207, answer = "x" });
        (await pending)["result"]!.ToJsonString().ShouldBe("""{"status":207,"payload":"x"}""");
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Text(JsonNode? base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64!.GetValue<string>()));
}
