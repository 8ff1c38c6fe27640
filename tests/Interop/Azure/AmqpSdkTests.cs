using System.Text;
using System.Text.Json.Nodes;

namespace Fairlead.Interop.Azure;

/// <summary>The device SDK for Node over AMQP: the whole of section 8.3, over TCP and over WebSocket.</summary>
public sealed class AmqpSdkTests(AzureHub stage) : IClassFixture<AzureHub>
{
    [Theory]
    [InlineData("amqp")]
    [InlineData("amqpws")]
    public async Task Azure_34_The_device_SDK_goes_through_everything_it_offers(string transport)
    {
        var id = $"all-{transport}";
        var service = $"service-{transport}";
        var connection = await stage.DeviceAsync(id, withPort: transport == "amqp");
        await stage.Driver.DoAsync("open", id, new { connectionString = connection, transport });
        await stage.Driver.DoAsync("send", id, new { payload = Base64("{\"t\":20}"), properties = new { alert = "true" }, contentType = "application/json", messageId = "m1" });

        await stage.Driver.DoAsync("listen", id);
        await stage.Driver.DoAsync("method", id, new { name = "reboot", status = 200 });
        var twin = JsonNode.Parse((await stage.Driver.DoAsync("twinGet", id))["twin"]!.GetValue<string>())!;
        twin["desired"]!["$version"]!.GetValue<long>().ShouldBe(1);
        await stage.Driver.DoAsync("twinDesired", id);
        await stage.Driver.NextAsync(id, "desired"); // the state at the start comes at once
        await stage.Driver.DoAsync("service", service, new { connectionString = await stage.PolicyAsync("iothubowner", withPort: false), transport = "amqpws" });
        await stage.Driver.DoAsync("updateTwin", service, new { device = id, patch = new { properties = new { desired = new { fan = 7 } } } });
        JsonNode.Parse((await stage.Driver.NextAsync(id, "desired"))["delta"]!.GetValue<string>())!["fan"]!.GetValue<int>().ShouldBe(7);
        await stage.Driver.DoAsync("twinReport", id, new { patch = new { fan = 7 } });

        var result = JsonNode.Parse((await stage.Driver.DoAsync("invoke", service, new { device = id, name = "reboot", payload = new { x = 1 }, connectTimeout = 30 }))["result"]!.GetValue<string>())!;
        result["status"]!.GetValue<int>().ShouldBe(200);
        result["payload"]!["echo"]!["x"]!.GetValue<int>().ShouldBe(1);

        await stage.Driver.DoAsync("serviceSend", service, new { device = id, payload = Base64("hello"), messageId = "c1", properties = new { k = "v" } });
        var message = await stage.Driver.NextAsync(id, "message");
        message["payload"]!.GetValue<string>().ShouldBe(Base64("hello"));
        message["messageId"]!.GetValue<string>().ShouldBe("c1");
        message["properties"]!["k"]!.GetValue<string>().ShouldBe("v");
        await stage.Driver.DoAsync("settle", id, new { index = 0, how = "complete" });
        await stage.Driver.DoAsync("close", id);
        await stage.Driver.DoAsync("serviceClose", service);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
