using System.Text;
using System.Text.Json.Nodes;

namespace Fairlead.Interop.Azure;

/// <summary>Services over AMQP: sending, feedback, readers of events.</summary>
public sealed class AmqpServiceTests(AzureHub stage) : IClassFixture<AzureHub>
{
    [Fact]
    public async Task Azure_50_67_Feedback_tells_what_became_of_messages()
    {
        var connection = await stage.DeviceAsync("told");
        await stage.Driver.DoAsync("service", "told-service", new { connectionString = await stage.PolicyAsync("iothubowner", withPort: true) });
        await stage.Driver.DoAsync("feedback", "told-service");
        await stage.Driver.DoAsync("files", "told-service");
        await stage.Driver.DoAsync("open", "told", new { connectionString = connection });
        await stage.Driver.DoAsync("listen", "told");
        await stage.Driver.DoAsync("serviceSend", "told-service", new { device = "told", payload = "eA==", messageId = "good", ack = "full" });
        await stage.Driver.NextAsync("told", "message");
        await stage.Driver.DoAsync("settle", "told", new { index = 0, how = "complete" });
        await stage.Driver.DoAsync("serviceSend", "told-service", new { device = "told", payload = "eA==", messageId = "bad", ack = "full" });
        await stage.Driver.NextAsync("told", "message");
        await stage.Driver.DoAsync("settle", "told", new { index = 1, how = "reject" });

        // Nobody receives for this one: it ends by itself (line 50).
        await stage.CreateAsync("told-late");
        await stage.Driver.DoAsync("serviceSend", "told-service", new { device = "told-late", payload = "eA==", messageId = "late", ack = "negative", expiry = DateTimeOffset.UtcNow.AddSeconds(2).ToUnixTimeMilliseconds() });

        var records = new Dictionary<string, string>();
        while (records.Count < 3)
        {
            var body = (await stage.Driver.NextAsync("told-service", "feedback"))["body"]!.GetValue<string>();
            foreach (var record in JsonNode.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(body)))!.AsArray())
            {
                record!["deviceId"]!.GetValue<string>().ShouldStartWith("told");
                records[record["originalMessageId"]!.GetValue<string>()] = record["statusCode"]!.GetValue<string>();
            }
        }

        records.ShouldBe(new Dictionary<string, string> { ["good"] = "Success", ["bad"] = "Rejected", ["late"] = "Expired" }, ignoreOrder: true);
        await stage.Driver.DoAsync("close", "told");
        await stage.Driver.DoAsync("serviceClose", "told-service");
    }

    [Fact]
    public async Task Azure_68_A_reader_with_a_higher_epoch_drives_out_the_older_one()
    {
        const string Address = "hub1/ConsumerGroups/epochs/Partitions/1";
        var peer = await RawPeer.ConnectAsOwnerAsync(stage, "epochs");
        await peer.AttachAsync("none", "receiver", Address, credit: 1);
        await peer.AttachAsync("one", "receiver", Address, credit: 1, properties: Epoch(1));
        (await peer.DetachedAsync("none")).ShouldBe("amqp:link:stolen");
        await peer.AttachAsync("three", "receiver", Address, credit: 1, properties: Epoch(3));
        (await peer.DetachedAsync("one")).ShouldBe("amqp:link:stolen");
        await peer.AttachAsync("two", "receiver", Address, credit: 1, properties: Epoch(2));
        (await peer.DetachedAsync("two")).ShouldBe("amqp:link:stolen");
        await peer.AttachAsync("late", "receiver", Address, credit: 1);
        (await peer.DetachedAsync("late")).ShouldBe("amqp:link:stolen");
        (await peer.RefusedAsync("beyond", "receiver", "hub1/ConsumerGroups/epochs/Partitions/4")).ShouldBe("amqp:not-found");
        await peer.CloseAsync();
    }

    [Fact]
    public async Task Azure_68_Readers_start_where_their_filter_says_and_hear_of_what_comes()
    {
        await stage.CreateAsync("filters");
        var peer = await RawPeer.ConnectAsOwnerAsync(stage, "filters");
        await peer.AttachAsync("events", "sender", "/devices/filters/messages/events");
        for (var partition = 0; partition < 4; partition++)
            await peer.AttachAsync($"p{partition}", "receiver", $"hub1/ConsumerGroups/f/Partitions/{partition}", credit: 100, filter: "amqp.annotation.x-opt-offset > '@latest'", autosettle: false);
        // What comes from now on is heard of at once.
        string? own = null;
        JsonObject? first = null;
        while (own is null)
        {
            await peer.SendAsync("events", new { message_id = "live", body = new { data = "eA==" } });
            first = await peer.NextAsync("raw");
            if (first["annotations"]!["iothub-connection-device-id"]!.GetValue<string>() == "filters") own = first["link"]!.GetValue<string>();
        }

        var sequence = first!["annotations"]!["x-opt-sequence-number"]!.GetValue<long>();
        await peer.SendAsync("events", new { message_id = "next", body = new { data = "eA==" } });
        await peer.AttachAsync("behind", "receiver", $"hub1/ConsumerGroups/g/Partitions/{own[1..]}", credit: 1, filter: $"amqp.annotation.x-opt-sequence-number > '{sequence}'", autosettle: false);
        JsonObject found;
        do found = await peer.NextAsync("raw");
        while (found["link"]!.GetValue<string>() != "behind");
        found["annotations"]!["x-opt-sequence-number"]!.GetValue<long>().ShouldBe(sequence + 1);
        found["annotations"]!["x-opt-offset"]!.GetValue<string>().ShouldBe($"{sequence + 1}");
        found["settled"]!.GetValue<bool>().ShouldBeTrue();
        await peer.CloseAsync();
    }

    private static Dictionary<string, object> Epoch(long epoch) => new() { ["com.microsoft:epoch"] = new { @long = epoch } };
}
