using System.Text;
using System.Text.Json.Nodes;

namespace Fairlead.Interop.Azure;

/// <summary>Cloud-to-device messages, methods and twins over raw links, in the shapes of the SDK for C# and of a multiplexing gateway.</summary>
public sealed class AmqpDeviceTests(AzureHub stage) : IClassFixture<AzureHub>
{
    [Fact]
    public async Task Azure_47_The_tag_is_the_lock_and_annotations_are_there()
    {
        var peer = await DeviceAsync("tags", "c2d", credit: 10);
        await peer.SendAsync("send", new { to = To("tags"), message_id = "m", body = new { data = "eA==" }, application_properties = new Dictionary<string, object> { ["k"] = "v", ["iothub-ack"] = "full" } });
        var message = await peer.ReceiveAsync("c2d");
        message["tag"]!.GetValue<string>().Length.ShouldBe(32);
        message["settled"]!.GetValue<bool>().ShouldBeFalse();
        message["to"]!.GetValue<string>().ShouldBe(To("tags"));
        var annotations = message["annotations"]!;
        new Guid(Convert.FromHexString(message["tag"]!.GetValue<string>())).ToString().ShouldBe(annotations["x-opt-lock-token"]!.GetValue<string>());
        annotations["iothub-deliverycount"]!.GetValue<int>().ShouldBe(0);
        annotations["iothub-enqueuedtime"]!.GetValue<long>().ShouldBeGreaterThan(0);
        annotations["x-opt-sequence-number"].ShouldNotBeNull();
        message["application"]!["k"]!.GetValue<string>().ShouldBe("v");
        message["application"]!["iothub-ack"]!.GetValue<string>().ShouldBe("full");
        await peer.CloseAsync();
    }

    [Fact]
    public async Task Azure_48_An_outcome_that_is_not_settled_is_settled_by_the_hub_with_a_state()
    {
        var peer = await DeviceAsync("second", "c2d", credit: 10, attach: new { rcv_settle_mode = 1 });
        await peer.SendAsync("send", new { to = To("second"), body = new { data = "eA==" } });
        await peer.SettleAsync(await peer.ReceiveAsync("c2d"), "accepted", settled: false);
        (await peer.NextAsync("settled"))["outcome"]!.GetValue<string>().ShouldBe("accepted");
        await peer.CloseAsync();
    }

    [Fact]
    public async Task Azure_49_A_released_message_comes_again_with_its_count_and_a_rejected_one_does_not()
    {
        var peer = await DeviceAsync("again", "c2d", credit: 10);
        await peer.SendAsync("send", new { to = To("again"), message_id = "1", body = new { data = "eA==" } });
        await peer.SettleAsync(await peer.ReceiveAsync("c2d"), "released");
        var second = await peer.ReceiveAsync("c2d");
        second["annotations"]!["iothub-deliverycount"]!.GetValue<int>().ShouldBe(1);
        await peer.SettleAsync(second, "rejected");
        await peer.SendAsync("send", new { to = To("again"), message_id = "2", body = new { data = "eA==" } });
        (await peer.ReceiveAsync("c2d"))["messageId"]!.GetValue<string>().ShouldBe("2");
        await peer.CloseAsync();
    }

    [Fact]
    public async Task Azure_50_The_fifty_first_message_is_refused_to_its_sender()
    {
        await stage.CreateAsync("full");
        var peer = await RawPeer.ConnectAsOwnerAsync(stage, "full");
        await peer.AttachAsync("send", "sender", "/messages/devicebound");
        for (var i = 0; i < 50; i++) (await peer.SendAsync("send", new { to = To("full"), body = new { data = "eA==" } })).Outcome.ShouldBe("accepted");
        (await peer.SendAsync("send", new { to = To("full"), body = new { data = "eA==" } })).ShouldBe(("rejected", "amqp:resource-limit-exceeded"));
        (await peer.SendAsync("send", new { to = To("nobody"), body = new { data = "eA==" } })).ShouldBe(("rejected", "amqp:not-found"));
        (await peer.SendAsync("send", new { to = To("full"), body = new { data = Convert.ToBase64String(new byte[70_000]) } })).ShouldBe(("rejected", "amqp:link:message-size-exceeded"));
        (await peer.SendAsync("send", new { body = new { data = "eA==" } })).Outcome.ShouldBe("rejected");
        await peer.CloseAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Azure_51_A_method_is_answered_by_uuid_and_by_its_text(bool asUuid)
    {
        var id = asUuid ? "by-uuid" : "by-text";
        await stage.CreateAsync(id);
        var peer = await RawPeer.ConnectAsOwnerAsync(stage, id);
        await peer.AttachAsync("answers", "sender", $"/devices/{id}/methods/devicebound", attach: new { snd_settle_mode = 1 });
        await peer.AttachAsync("calls", "receiver", $"/devices/{id}/methods/devicebound", credit: 10, attach: new { snd_settle_mode = 1, rcv_settle_mode = 0 });
        var asked = stage.ServiceAsync(HttpMethod.Post, $"/twins/{id}/methods", """{"methodName":"reboot","payload":{"x":1},"responseTimeoutInSeconds":20,"connectTimeoutInSeconds":10}""");
        var call = await peer.ReceiveAsync("calls");
        call["application"]!["IoThub-methodname"]!.GetValue<string>().ShouldBe("reboot");
        Encoding.UTF8.GetString(Convert.FromBase64String(call["body"]!.GetValue<string>())).ShouldBe("""{"x":1}""");
        var correlation = Guid.ParseExact(call["correlationId"]!.GetValue<string>(), "N").ToString();
        await peer.PostAsync("answers", new
        {
            correlation_id = asUuid ? (object)new { uuid = correlation } : correlation,
            application_properties = new Dictionary<string, object> { ["IoThub-status"] = new { @int = 207 } },
            body = new { data = Convert.ToBase64String("""{"ok":true}"""u8) },
        });
        using var answer = await asked;
        var result = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        result["status"]!.GetValue<int>().ShouldBe(207);
        result["payload"]!["ok"]!.GetValue<bool>().ShouldBeTrue();
        await peer.CloseAsync();
    }

    [Fact]
    public async Task Azure_52_53_Twin_requests_are_answered_with_a_status_and_pushes_come_only_between_put_and_delete()
    {
        await stage.CreateAsync("twin");
        var peer = await RawPeer.ConnectAsOwnerAsync(stage, "twin");
        var pair = new Dictionary<string, object> { ["com.microsoft:channel-correlation-id"] = "twin:1" };
        await peer.AttachAsync("ask", "sender", "/devices/twin/twin", attach: new { snd_settle_mode = 1 }, properties: pair);
        await peer.AttachAsync("answer", "receiver", "/devices/twin/twin", credit: 100, attach: new { snd_settle_mode = 1 }, properties: pair);

        var read = await AskAsync(peer, "GET", null, "IA==");
        read.Status.ShouldBe(200);
        read.Body["desired"]!["$version"]!.GetValue<long>().ShouldBe(1);
        var patched = await AskAsync(peer, "PATCH", "/properties/reported", Convert.ToBase64String("""{"t":1}"""u8));
        patched.Status.ShouldBeOneOf(200, 204);
        patched.Raw["annotations"]!["version"]!.GetValue<long>().ShouldBe(2);
        foreach (var (operation, resource, body) in ((string, string?, string)[])[("PATCH", "/properties/reported", "e30x"), ("PATCH", "/nothing", "e30="), ("FLY", null, "")])
        {
            var refused = await AskAsync(peer, operation, resource, body);
            refused.Status.ShouldBeGreaterThanOrEqualTo(400);
            refused.Body["errorCode"].ShouldNotBeNull();
        }

        await DesiredAsync("twin", 1);
        (await AskAsync(peer, "PUT", "/notifications/twin/properties/desired", "")).Status.ShouldBe(200);
        peer.HasReceived.ShouldBeFalse();
        await DesiredAsync("twin", 2);
        var push = await peer.ReceiveAsync("answer");
        push["correlationId"].ShouldBeNull();
        push["annotations"]!["resource"]!.GetValue<string>().ShouldBe("/notifications/twin/properties/desired");
        JsonNode.Parse(Convert.FromBase64String(push["body"]!.GetValue<string>()))!["fan"]!.GetValue<int>().ShouldBe(2);
        (await AskAsync(peer, "DELETE", "/notifications/twin/properties/desired", "")).Status.ShouldBe(200);
        await DesiredAsync("twin", 3);
        (await AskAsync(peer, "GET", null, "")).Body["desired"]!["fan"]!.GetValue<int>().ShouldBe(3);
        await peer.CloseAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Azure_54_Devices_on_one_connection_do_not_mix_and_one_that_is_deleted_takes_its_own_links_alone(bool sessionEach)
    {
        var tag = sessionEach ? "each" : "one";
        await stage.CreateAsync($"x-{tag}");
        await stage.CreateAsync($"y-{tag}");
        var peer = await RawPeer.ConnectAsOwnerAsync(stage, $"mux-{tag}", sessionEach ? "cbs" : null);
        foreach (var device in (string[])["x", "y"])
        {
            var session = sessionEach ? device : null;
            await peer.AttachAsync($"{device}-events", "sender", $"/devices/{device}-{tag}/messages/events", session);
            await peer.AttachAsync($"{device}-c2d", "receiver", $"/devices/{device}-{tag}/messages/devicebound", session, credit: 10);
        }

        await peer.AttachAsync("send", "sender", "/messages/devicebound", sessionEach ? "cbs" : null);
        foreach (var device in (string[])["y", "x"])
        {
            await peer.SendAsync("send", new { to = To($"{device}-{tag}"), message_id = device, body = new { data = "eA==" } });
            (await peer.ReceiveAsync($"{device}-c2d"))["messageId"]!.GetValue<string>().ShouldBe(device);
        }

        using (var deleted = await stage.ServiceAsync(HttpMethod.Delete, $"/devices/x-{tag}", ifMatch: "\"*\"")) deleted.IsSuccessStatusCode.ShouldBeTrue();
        var detached = await stage.Driver.NextAsync(peer.Name, "detached");
        var other = await stage.Driver.NextAsync(peer.Name, "detached");
        new[] { detached, other }.Select(static item => item["link"]!.GetValue<string>()).Order().ShouldBe(["x-c2d", "x-events"]);
        detached["condition"]!.GetValue<string>().ShouldBe("amqp:not-found");
        (await peer.SendAsync("y-events", new { body = new { data = "eA==" } })).Outcome.ShouldBe("accepted");
        await peer.CloseAsync();
    }

    [Fact]
    public async Task Azure_55_A_new_connection_takes_over_all_but_telemetry()
    {
        await stage.CreateAsync("taken");
        var first = await RawPeer.ConnectAsOwnerAsync(stage, "first");
        var second = await RawPeer.ConnectAsOwnerAsync(stage, "second-connection");
        foreach (var peer in (RawPeer[])[first, second])
        {
            await peer.AttachAsync("events", "sender", "/devices/taken/messages/events");
            await peer.AttachAsync("c2d", "receiver", "/devices/taken/messages/devicebound", credit: 10);
            await peer.AttachAsync("calls", "receiver", "/devices/taken/methods/devicebound", credit: 10);
            await peer.AttachAsync("twin", "receiver", "/devices/taken/twin", credit: 10);
        }

        foreach (var _ in Enumerable.Range(0, 3)) (await first.NextAsync("detached"))["condition"]!.GetValue<string>().ShouldBe("amqp:link:stolen");
        foreach (var peer in (RawPeer[])[first, second])
            (await peer.SendAsync("events", new { body = new { data = "eA==" } })).Outcome.ShouldBe("accepted");
        await first.CloseAsync();
        await second.CloseAsync();
    }

    [Fact]
    public async Task Azure_56_A_batch_is_several_messages_settled_once()
    {
        await stage.CreateAsync("batch");
        var peer = await RawPeer.ConnectAsOwnerAsync(stage, "batch");
        await peer.AttachAsync("events", "sender", "/devices/batch/messages/events");
        var messages = Enumerable.Range(0, 3).Select(static i => new { message_id = $"b{i}", body = new { data = "eA==" } });
        (await stage.Driver.DoAsync("rawBatch", "batch", new { link = "events", messages }))["outcome"]!.GetValue<string>().ShouldBe("accepted");
        for (var partition = 0; partition < 4; partition++)
            await peer.AttachAsync($"read{partition}", "receiver", $"/messages/events/ConsumerGroups/$Default/Partitions/{partition}", credit: 1000, autosettle: false);
        var ids = new List<string>();
        while (ids.Count < 3)
        {
            var item = await peer.NextAsync("raw");
            if (item["annotations"]!["iothub-connection-device-id"]!.GetValue<string>() == "batch") ids.Add(item["messageId"]!.GetValue<string>());
        }

        ids.ShouldBe(["b0", "b1", "b2"]);
        await peer.CloseAsync();
    }

    private static string To(string device) => $"/devices/{device}/messages/devicebound";

    private async Task<RawPeer> DeviceAsync(string id, string link, int credit, object? attach = null)
    {
        await stage.CreateAsync(id);
        var peer = await RawPeer.ConnectAsOwnerAsync(stage, id);
        await peer.AttachAsync(link, "receiver", $"/devices/{id}/messages/devicebound", credit: credit, attach: attach);
        await peer.AttachAsync("send", "sender", "/messages/devicebound");
        return peer;
    }

    private static async Task<(int Status, JsonNode Body, JsonObject Raw)> AskAsync(RawPeer peer, string operation, string? resource, string body)
    {
        var correlation = Guid.NewGuid().ToString();
        var annotations = new Dictionary<string, object> { ["operation"] = operation };
        if (resource is not null) annotations["resource"] = resource;
        await peer.PostAsync("ask", new { correlation_id = correlation, message_annotations = annotations, body = new { data = body } });
        var answer = await peer.ReceiveAsync("answer");
        answer["correlationId"]!.GetValue<string>().ShouldBe(correlation);
        var text = Convert.FromBase64String(answer["body"]!.GetValue<string>());
        return (answer["annotations"]!["status"]!.GetValue<int>(), text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!, answer);
    }

    private async Task DesiredAsync(string device, int fan)
    {
        using var answer = await stage.ServiceAsync(HttpMethod.Patch, $"/twins/{device}", "{\"properties\":{\"desired\":{\"fan\":" + fan + "}}}");
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }
}
