using System.Text;
using System.Text.Json.Nodes;

namespace Fairlead.Interop.Azure;

/// <summary>What devices send over AMQP, and who reads it.</summary>
public sealed class AmqpTelemetryTests(AzureHub stage) : IClassFixture<AzureHub>
{
    [Fact]
    public async Task Azure_46_Five_thousand_messages_without_waiting_do_not_stall()
    {
        await stage.Driver.DoAsync("open", "many", new { connectionString = await stage.DeviceAsync("many") });
        await stage.Driver.DoAsync("sendMany", "many", new { count = 5000 });
        var events = await ReadAsync("many", 5000);
        events.Select(static item => int.Parse(Text(item["body"]), System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(Enumerable.Range(0, 5000));
        await stage.Driver.DoAsync("close", "many");
    }

    [Fact]
    public async Task Azure_68_A_reader_gets_every_message_with_what_the_hub_adds_and_goes_on_from_an_offset()
    {
        await stage.Driver.DoAsync("open", "reads", new { connectionString = await stage.DeviceAsync("reads") });
        for (var i = 0; i < 10; i++)
        {
            await stage.Driver.DoAsync("send", "reads", new
            {
                payload = Base64($"{{\"n\":{i}}}"),
                properties = new { n = $"{i}" },
                messageId = $"m{i}",
                contentType = "application/json",
                contentEncoding = "utf-8",
            });
        }

        var events = await ReadAsync("reads", 10);
        events.Select(static item => item["messageId"]!.GetValue<string>()).ShouldBe(Enumerable.Range(0, 10).Select(static i => $"m{i}"));
        var first = events[0];
        first["properties"]!["n"]!.GetValue<string>().ShouldBe("0");
        first["contentType"]!.GetValue<string>().ShouldBe("application/json");
        first["key"]!.GetValue<string>().ShouldBe("reads");
        var system = first["system"]!;
        system["iothub-connection-device-id"]!.GetValue<string>().ShouldBe("reads");
        system["iothub-connection-auth-method"]!.GetValue<string>().ShouldBe("""{"scope":"device","type":"sas","issuer":"iothub"}""");
        system["iothub-message-source"]!.GetValue<string>().ShouldBe("Telemetry");
        system["iothub-connection-auth-generation-id"]!.GetValue<string>().ShouldNotBeEmpty();

        var behind = await ReadAsync("reads", 4, new { offset = events[5]["offset"]!.GetValue<string>() });
        behind.Select(static item => item["messageId"]!.GetValue<string>()).ShouldBe(["m6", "m7", "m8", "m9"]);
        var since = await ReadAsync("reads", 10, new { enqueuedOn = events[0]["enqueued"]!.GetValue<long>() - 1 });
        since.Count.ShouldBeGreaterThanOrEqualTo(10);
        await stage.Driver.DoAsync("close", "reads");
    }

    [Fact]
    public async Task Azure_68_Partitions_say_what_they_hold()
    {
        await stage.Driver.DoAsync("open", "holds", new { connectionString = await stage.DeviceAsync("holds") });
        await stage.Driver.DoAsync("send", "holds", new { payload = Base64("1") });
        var answer = await stage.Driver.DoAsync("eventHub", "r", await ReaderAsync());
        answer["hub"]!["name"]!.GetValue<string>().ShouldBe("hub1");
        answer["hub"]!["partitionIds"]!.AsArray().Select(static id => id!.GetValue<string>()).ShouldBe(["0", "1", "2", "3"]);
        var partitions = answer["partitions"]!.AsArray();
        partitions.Count.ShouldBe(4);
        partitions.Sum(static partition => partition!["lastEnqueuedSequenceNumber"]!.GetValue<long>()).ShouldBeGreaterThan(0);
        partitions.Any(static partition => !partition!["isEmpty"]!.GetValue<bool>()).ShouldBeTrue();
        await stage.Driver.DoAsync("close", "holds");
    }

    [Fact]
    public async Task Azure_45_Too_large_a_message_is_rejected_with_its_typed_error_and_the_link_goes_on()
    {
        await stage.Driver.DoAsync("open", "large", new { connectionString = await stage.DeviceAsync("large") });
        (await stage.Driver.FailAsync("send", "large", new { payload = Convert.ToBase64String(new byte[262_145]) })).ShouldStartWith("MessageTooLargeError");
        await stage.Driver.DoAsync("send", "large", new { payload = Convert.ToBase64String(new byte[262_000]) });
        await stage.Driver.DoAsync("close", "large");
    }

    [Fact]
    public async Task Azure_68_What_was_acknowledged_is_read_after_the_hub_was_killed()
    {
        await stage.Driver.DoAsync("open", "killed", new { connectionString = await stage.DeviceAsync("killed") });
        await stage.Driver.DoAsync("sendMany", "killed", new { count = 500 });
        await stage.Hub.KillAsync();
        await stage.Hub.RestartAsync();
        (await ReadAsync("killed", 500)).Count.ShouldBe(500);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Text(JsonNode? base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64!.GetValue<string>()));

    private async Task<Dictionary<string, object>> ReaderAsync()
    {
        var policy = await stage.PolicyAsync("service");
        var key = policy[(policy.IndexOf("SharedAccessKey=", StringComparison.Ordinal) + "SharedAccessKey=".Length)..];
        return new()
        {
            ["connectionString"] = $"Endpoint=sb://{stage.Address}/;SharedAccessKeyName=service;SharedAccessKey={key};EntityPath=hub1",
            ["endpoint"] = $"sb://{stage.Address}:{stage.Amqps}",
        };
    }

    /// <summary>Reads from all partitions until so many events of a device have come, in the order of its partition.</summary>
    private async Task<List<JsonNode>> ReadAsync(string device, int count, object? from = null)
    {
        var arguments = await ReaderAsync();
        arguments["count"] = count;
        arguments["device"] = device;
        if (from is not null) arguments["from"] = from;
        var answer = await stage.Driver.DoAsync("readEvents", "reader", arguments);
        return [.. answer["events"]!.AsArray().Select(static item => item!).OrderBy(static item => item["sequence"]!.GetValue<long>())];
    }
}
