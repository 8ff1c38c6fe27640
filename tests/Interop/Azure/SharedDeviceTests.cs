using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Interop.Aws;
using Fairlead.Shared;

namespace Fairlead.Interop.Azure;

/// <summary>One device that uses the package for Azure IoT Hub, and an application that uses the SDK for AWS IoT (spec section 6.3).</summary>
public sealed class SharedDeviceTests(AzureHub stage) : IClassFixture<AzureHub>
{
    [Theory]
    [InlineData("amqp", null)]
    [InlineData("mqtt", "mqtts")]
    public async Task Azure_74_A_device_of_the_one_and_an_application_of_the_other_work_as_if_they_were_of_one(string transport, string? listener)
    {
        var id = $"shared-{transport}";
        await using var aws = await AwsAsync();
        var connection = (await stage.DeviceAsync(id, withPort: listener is null)).Replace($"={stage.Address};", listener is null ? $"={stage.Address};" : $"={stage.Address}:{stage.Hub.Listener(listener).Port};", StringComparison.Ordinal);
        await stage.Driver.DoAsync("open", id, new { connectionString = connection, transport });
        await stage.Driver.DoAsync("listen", id, new { settle = "complete" });
        await stage.Driver.DoAsync("twinDesired", id);
        await stage.Driver.NextAsync(id, "desired"); // the state at the start comes at once

        // What the application desires of the shadow, the device is told by its twin; what the device reports stands in the shadow.
        await aws.DataAsync("UpdateThingShadow", new { thingName = id, payload = new { base64 = Base64("""{"state":{"desired":{"colour":"red"}}}""") } });
        JsonNode.Parse((await stage.Driver.NextAsync(id, "desired"))["delta"]!.GetValue<string>())!["colour"]!.GetValue<string>().ShouldBe("red");
        await stage.Driver.DoAsync("twinReport", id, new { patch = new { colour = "red" } });
        var shadow = JsonNode.Parse(Convert.FromBase64String((await aws.DataAsync("GetThingShadow", new { thingName = id })).GetProperty("payload").GetProperty("base64").GetString()!))!;
        shadow["state"]!["reported"]!["colour"]!.GetValue<string>().ShouldBe("red");
        shadow["state"]!.AsObject().ContainsKey("delta").ShouldBeFalse();

        // A direct message to its client id is a cloud-to-device message; confirmed, because the device completes it.
        using var sent = await stage.Administrator.PostAsync($"/connections/{id}/messages?topic=alarm/1&confirmation=true&timeout=15", new StringContent("now"), TestContext.Current.CancellationToken);
        sent.IsSuccessStatusCode.ShouldBeTrue(await sent.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var message = await stage.Driver.NextAsync(id, "message");
        message["payload"]!.GetValue<string>().ShouldBe(Base64("now"));
        message["properties"]!["topic"]!.GetValue<string>().ShouldBe("alarm/1");

        // What the device sends goes through a rule that the application made.
        await aws.IotAsync("CreateTopicRule", new
        {
            ruleName = $"hot_{transport}",
            topicRulePayload = new
            {
                sql = $"SELECT t, topic(2) AS device FROM 'devices/{id}/messages/events/#' WHERE t > 20",
                actions = new[] { new { republish = new { topic = $"alarms/{id}", roleArn = "arn:aws:iam::123456789012:role/rules" } } },
            },
        });
        await using var watcher = await RawMqttClient.OpenAsync(stage.Hub.Mqtt);
        await watcher.SendAsync(RawPackets.Connect(4, $"watches-{id}"));
        await watcher.ReadAsync();
        await watcher.SendAsync(RawPackets.Subscribe(4, 1, $"alarms/{id}"));
        await watcher.ReadAsync();
        foreach (var t in (int[])[19, 21]) await stage.Driver.DoAsync("send", id, new { payload = Base64($"{{\"t\":{t}}}"), contentType = "application/json" });
        RawPublish.Read(4, await watcher.ReadAsync()).Text.ShouldBe($"{{\"t\":21,\"device\":\"{id}\"}}");
        await stage.Driver.DoAsync("close", id);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private async Task<AwsApi> AwsAsync()
    {
        using var list = JsonDocument.Parse(await stage.Administrator.GetStringAsync("/v1/keys", TestContext.Current.CancellationToken));
        var id = list.RootElement.GetProperty("keys")[0].GetProperty("id").GetString()!;
        using var key = JsonDocument.Parse(await stage.Administrator.GetStringAsync($"/v1/keys/{id}", TestContext.Current.CancellationToken));
        return AwsApi.Start(AwsTool.Boto3, new AwsLogin($"https://{stage.Address}", id, key.RootElement.GetProperty("secret").GetString()!) { Ca = stage.Ca });
    }
}
