using System.Text;
using System.Text.Json;
using Fairlead.Interop.Drivers;
using Fairlead.Shared;

namespace Fairlead.Interop.Aws.DataPlane;

/// <summary>SendDirectMessage through the AWS SDK for JavaScript, to clients of other makers.</summary>
public sealed class DirectMessageTests(AwsHub hub) : IClassFixture<AwsHub>
{
    private static readonly Peer[] Receivers =
        [new(Foreign.Paho, 4), new(Foreign.Paho, 5), new(Foreign.MqttJs, 4), new(Foreign.MqttJs, 5), new(Foreign.AwsSdk, 4), new(Foreign.AwsSdk, 5)];

    public static TheoryData<Peer> EveryReceiver => new(Receivers);

    [Theory]
    [MemberData(nameof(EveryReceiver))]
    public async Task Messaging_63_an_unsubscribed_receiver_gets_QoS_0_without_a_confirmation(Peer peer)
    {
        await using var stage = new Stage(hub.Hub);
        var client = await stage.ConnectAsync(peer, new ConnectSettings { ClientId = stage.ClientId("d") });

        var answer = await hub.JavaScript.DataAsync("SendDirectMessage", Call(stage, "cmd", "hello"));

        answer.GetProperty("message").GetString().ShouldBe("OK");
        Guid.TryParse(answer.GetProperty("traceId").GetString(), out _).ShouldBeTrue();
        var delivery = await client.NextAsync();
        (delivery.Topic, delivery.Text, delivery.QoS, delivery.Retain, delivery.Dup).ShouldBe((stage.Topic("cmd"), "hello", 0, false, false));
    }

    [Theory]
    [MemberData(nameof(EveryReceiver))]
    public async Task Messaging_64_a_confirmation_is_QoS_1_and_answers_after_the_PUBACK(Peer peer)
    {
        await using var stage = new Stage(hub.Hub);
        var client = await stage.ConnectAsync(peer, new ConnectSettings { ClientId = stage.ClientId("d") });

        var answer = await hub.JavaScript.SendAsync("iot-data", "SendDirectMessage", Call(stage, "cmd", "hello", confirmation: true));

        answer.Error.ShouldBeNull();
        answer.Result!.Value.GetProperty("traceId").GetString().ShouldBe(answer.RequestId);
        var delivery = await client.NextAsync();
        (delivery.Text, delivery.QoS).ShouldBe(("hello", 1));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Messaging_64_no_answer_comes_before_the_PUBACK(int level)
    {
        await using var stage = new Stage(hub.Hub);
        await using var receiver = await ConnectRawAsync(level, stage.ClientId("d"));

        var call = hub.JavaScript.DataAsync("SendDirectMessage", Call(stage, "cmd", "hello", confirmation: true, timeout: 15));
        var publish = RawPublish.Read(level, await receiver.ReadAsync());
        publish.QoS.ShouldBe(1);
        // Another call with another client shows that the hub had its time and did not answer.
        await hub.JavaScript.RefusedAsync("ResourceNotFoundException", 404, "SendDirectMessage", Call(stage, "cmd", "x", client: "nobody"), "iot-data");
        call.IsCompleted.ShouldBeFalse();
        await receiver.SendAsync(RawPackets.Ack(RawType.PubAck, publish.Id));

        (await call).GetProperty("message").GetString().ShouldBe("OK");
    }

    [Fact]
    public async Task Messaging_64_many_confirmations_are_in_flight_for_one_client_and_each_PUBACK_answers_its_own()
    {
        await using var stage = new Stage(hub.Hub);
        await using var receiver = await ConnectRawAsync(5, stage.ClientId("d"));
        var calls = Enumerable.Range(0, 20)
            .Select(i => hub.JavaScript.DataAsync("SendDirectMessage", Call(stage, $"cmd/{i}", "x", confirmation: true, timeout: 15))).ToList();
        var packets = new List<RawPublish>();
        while (packets.Count < calls.Count) packets.Add(RawPublish.Read(5, await receiver.ReadAsync()));
        packets.Select(packet => packet.Id).ShouldBeUnique();

        foreach (var packet in Enumerable.Reverse(packets))
        {
            await receiver.SendAsync(RawPackets.Ack(RawType.PubAck, packet.Id));
            await calls[int.Parse(packet.Topic.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture)];
        }
    }

    [Fact]
    public async Task Messaging_65_66_without_a_PUBACK_the_answer_is_504_after_the_timeout_and_the_usual_one_is_five_seconds()
    {
        await using var stage = new Stage(hub.Hub);
        await using var receiver = await ConnectRawAsync(4, stage.ClientId("d"));

        // What ends in which order tells the usual timeout without a clock.
        var four = TimedOutAsync(4);
        var usual = TimedOutAsync(null);
        var six = TimedOutAsync(6);

        (await Task.WhenAny(four, usual, six)).ShouldBe(four);
        (await Task.WhenAny(usual, six)).ShouldBe(usual);
        (await six).Typed.ShouldBe("GatewayTimeoutException");

        Task<AwsError> TimedOutAsync(int? timeout) => hub.JavaScript.RefusedAsync(
            "GatewayTimeoutException", 504, "SendDirectMessage", Call(stage, "cmd", "x", confirmation: true, timeout: timeout), "iot-data");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("16")]
    [InlineData("-1")]
    [InlineData("abc")]
    [InlineData("1.5")]
    [InlineData("")]
    public async Task Messaging_66_a_timeout_that_is_none_is_refused_with_a_confirmation_and_ignored_without(string timeout)
    {
        await using var stage = new Stage(hub.Hub);
        var client = await stage.ConnectAsync(new Peer(Foreign.Paho, 4), new ConnectSettings { ClientId = stage.ClientId("d") });

        var refused = await PostAsync(stage, $"topic={stage.Topic("t")}&confirmation=true&timeout={timeout}");
        var served = await PostAsync(stage, $"topic={stage.Topic("t")}&confirmation=false&timeout={timeout}");

        await ShouldBeAsync(refused, 400, "InvalidRequestException", "timeout");
        ((int)served.StatusCode).ShouldBe(200);
        (await client.NextAsync()).Text.ShouldBe("body");
    }

    [Fact]
    public async Task Messaging_67_a_confirmation_that_is_none_is_refused()
    {
        await using var stage = new Stage(hub.Hub);
        await ShouldBeAsync(await PostAsync(stage, $"topic={stage.Topic("t")}&confirmation=maybe"), 400, "InvalidRequestException", "confirmation");
    }

    [Fact]
    public async Task Messaging_68_client_ids_are_checked_and_decoded_once()
    {
        await using var stage = new Stage(hub.Hub);
        foreach (var wrong in new[] { "$x", new string('x', 129) })
        {
            await hub.JavaScript.RefusedAsync(
                "InvalidRequestException", 400, "SendDirectMessage", new { clientId = wrong, topic = stage.Topic("t"), payload = Bytes("x") }, "iot-data");
        }

        foreach (var odd in new[] { stage.ClientId("a b"), stage.ClientId("a/b"), stage.ClientId("gerät-π"), stage.ClientId("100%25"), stage.ClientId("") + new string('x', 100) })
        {
            var client = await stage.ConnectAsync(new Peer(Foreign.MqttJs, 5), new ConnectSettings { ClientId = odd });
            await hub.JavaScript.DataAsync("SendDirectMessage", new { clientId = odd, topic = stage.Topic("t"), confirmation = true, payload = Bytes(odd) });
            (await client.NextAsync()).Text.ShouldBe(odd);
        }
    }

    [Fact]
    public async Task Messaging_69_topics_are_checked()
    {
        await using var stage = new Stage(hub.Hub);
        foreach (var wrong in new[] { "", "$aws/things/x", "$SYS/x", "a/+", "a/#", "1/2/3/4/5/6/7/8/9", new string('x', 257), new string('ä', 129) })
        {
            var error = await hub.JavaScript.RefusedAsync(
                "InvalidRequestException", 400, "SendDirectMessage", new { clientId = stage.ClientId("d"), topic = wrong, payload = Bytes("x") }, "iot-data");
            error.Message.ShouldNotBeNull().ShouldContain("topic", Case.Insensitive);
        }

        await ShouldBeAsync(await PostAsync(stage, ""), 400, "InvalidRequestException", "topic");
        var client = await stage.ConnectAsync(new Peer(Foreign.Paho, 4), new ConnectSettings { ClientId = stage.ClientId("d") });
        foreach (var good in new[] { "1/2/3/4/5/6/7/8", new string('x', 256), "/leading", "with space/ü" })
        {
            await hub.JavaScript.DataAsync("SendDirectMessage", new { clientId = stage.ClientId("d"), topic = good, confirmation = true, payload = Bytes("x") });
            (await client.NextAsync()).Topic.ShouldBe(good);
        }
    }

    [Fact]
    public async Task Messaging_73_74_targets_that_are_not_connected_answer_404_and_nothing_waits_for_them()
    {
        await using var stage = new Stage(hub.Hub);
        var settings = new ConnectSettings { ClientId = stage.ClientId("d"), Clean = false };
        var client = await stage.ConnectAsync(new Peer(Foreign.Paho, 4), settings);
        await client.SubscribeAsync(stage.Topic("#"), 1);
        await client.DisconnectAsync();

        var stored = await hub.JavaScript.RefusedAsync("ResourceNotFoundException", 404, "SendDirectMessage", Call(stage, "cmd", "lost", confirmation: true), "iot-data");
        var unknown = await hub.JavaScript.RefusedAsync("ResourceNotFoundException", 404, "SendDirectMessage", Call(stage, "cmd", "lost", client: "nobody"), "iot-data");
        var gone = await stage.ConnectAsync(new Peer(Foreign.Paho, 4), new ConnectSettings { ClientId = stage.ClientId("clean") });
        await gone.DisconnectAsync();
        var left = await hub.JavaScript.RefusedAsync("ResourceNotFoundException", 404, "SendDirectMessage", Call(stage, "cmd", "lost", client: "clean"), "iot-data");

        stored.Message.ShouldBe("The target client ID is not connected, but it has an active persistent session");
        unknown.Message.ShouldNotBe(stored.Message);
        left.Message.ShouldBe(unknown.Message);
        var back = await stage.ConnectAsync(new Peer(Foreign.Paho, 4), settings);
        back.Connected.SessionPresent.ShouldBeTrue();
        await hub.JavaScript.DataAsync("SendDirectMessage", Call(stage, "cmd", "second", confirmation: true));
        (await back.NextAsync()).Text.ShouldBe("second");
    }

    [Fact]
    public async Task Messaging_75_payloads_of_128_KiB_arrive_and_larger_ones_are_refused()
    {
        await using var stage = new Stage(hub.Hub);
        var client = await stage.ConnectAsync(new Peer(Foreign.MqttJs, 5), new ConnectSettings { ClientId = stage.ClientId("d") });
        var most = new byte[128 * 1024];

        await hub.JavaScript.DataAsync("SendDirectMessage", Call(stage, "cmd", most, confirmation: true));
        (await client.NextAsync()).Payload.Length.ShouldBe(most.Length);
        await hub.JavaScript.RefusedAsync("RequestEntityTooLargeException", 413, "SendDirectMessage", Call(stage, "cmd", new byte[most.Length + 1]), "iot-data");
        await hub.JavaScript.RefusedAsync("RequestEntityTooLargeException", 413, "SendDirectMessage", Call(stage, "cmd", new byte[1024 * 1024]), "iot-data");
        // An empty one is one too.
        await hub.JavaScript.DataAsync("SendDirectMessage", Call(stage, "cmd", [], confirmation: true));
        (await client.NextAsync()).Payload.ShouldBeEmpty();
    }

    [Fact]
    public async Task Messaging_75_a_message_above_the_receivers_Maximum_Packet_Size_is_refused()
    {
        await using var stage = new Stage(hub.Hub);
        await using var receiver = await RawMqttClient.OpenAsync(hub.Hub.Mqtt);
        await receiver.SendAsync(RawPackets.Connect(5, stage.ClientId("d"), properties: new RawProperties().Add(RawProperties.MaximumPacketSize, 600L)));
        (await receiver.ReadAsync()).Type.ShouldBe((int)RawType.ConnAck);

        await hub.JavaScript.RefusedAsync(
            "RequestEntityTooLargeException", 413, "SendDirectMessage", Call(stage, "cmd", new byte[600], confirmation: true), "iot-data");
        await hub.JavaScript.RefusedAsync("RequestEntityTooLargeException", 413, "SendDirectMessage", Call(stage, "cmd", new byte[600]), "iot-data");
        await hub.JavaScript.DataAsync("SendDirectMessage", Call(stage, "cmd", "small"));
        RawPublish.Read(5, await receiver.ReadAsync()).Text.ShouldBe("small");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public async Task Messaging_76_a_receiver_whose_Receive_Maximum_is_used_up_answers_429_until_it_acknowledges(int window)
    {
        await using var stage = new Stage(hub.Hub);
        await using var receiver = await RawMqttClient.OpenAsync(hub.Hub.Mqtt);
        await receiver.SendAsync(RawPackets.Connect(5, stage.ClientId("d"), properties: new RawProperties().Add(RawProperties.ReceiveMaximum, (long)window)));
        (await receiver.ReadAsync()).Type.ShouldBe((int)RawType.ConnAck);
        var calls = new List<Task<JsonElement>>();
        var packets = new List<RawPublish>();
        for (var i = 0; i < window; i++)
        {
            calls.Add(hub.JavaScript.DataAsync("SendDirectMessage", Call(stage, "cmd", "x", confirmation: true, timeout: 15)));
            packets.Add(RawPublish.Read(5, await receiver.ReadAsync()));
        }

        var error = await hub.JavaScript.RefusedAsync("ThrottlingException", 429, "SendDirectMessage", Call(stage, "cmd", "x", confirmation: true), "iot-data");
        error.Message.ShouldNotBeNull().ShouldContain("acknowledged");
        foreach (var packet in packets) await receiver.SendAsync(RawPackets.Ack(RawType.PubAck, packet.Id));
        await Task.WhenAll(calls);
        var after = hub.JavaScript.DataAsync("SendDirectMessage", Call(stage, "cmd", "after", confirmation: true, timeout: 15));
        await receiver.SendAsync(RawPackets.Ack(RawType.PubAck, RawPublish.Read(5, await receiver.ReadAsync()).Id));
        await after;
    }

    [Fact]
    public async Task Messaging_77_78_nobody_else_gets_it_a_subscribed_receiver_gets_it_once_and_nothing_is_retained()
    {
        await using var stage = new Stage(hub.Hub);
        var receiver = await stage.ConnectAsync(new Peer(Foreign.Paho, 5), new ConnectSettings { ClientId = stage.ClientId("d") });
        var other = await stage.ConnectAsync(new Peer(Foreign.MqttJs, 4));
        (await receiver.SubscribeAsync(stage.Topic("cmd"), 1)).ShouldBe(1);
        await other.SubscribeAsync(stage.Topic("#"), 1);

        await hub.JavaScript.DataAsync("SendDirectMessage", Call(stage, "cmd", "direct", confirmation: true));
        await other.PublishAsync(stage.Topic("cmd"), "published", 1);

        (await receiver.NextAsync(2)).Select(delivery => delivery.Text).ShouldBe(["direct", "published"]);
        (await other.NextAsync()).Text.ShouldBe("published");
        await hub.JavaScript.RefusedAsync("ResourceNotFoundException", 404, "GetRetainedMessage", new { topic = stage.Topic("cmd") }, "iot-data");
    }

    [Theory]
    [MemberData(nameof(EveryReceiver))]
    public async Task Messaging_79_version_5_receivers_see_the_properties_and_others_the_plain_payload(Peer peer)
    {
        await using var stage = new Stage(hub.Hub);
        var client = await stage.ConnectAsync(peer, new ConnectSettings { ClientId = stage.ClientId("d"), TopicAliasMaximum = peer.Five ? 8 : null });

        await hub.JavaScript.DataAsync("SendDirectMessage", new
        {
            clientId = stage.ClientId("d"),
            topic = stage.Topic("cmd"),
            confirmation = true,
            payload = Bytes("{}"),
            contentType = "application/json",
            responseTopic = "answers/1",
            payloadFormatIndicator = "UTF8_DATA",
            correlationData = "AQL/",
            userProperties = """[{"deviceName":"alpha"},{"deviceName":"beta"},{"n":"45"}]""",
        });

        var delivery = await client.NextAsync();
        delivery.Text.ShouldBe("{}");
        if (!peer.Five) return;
        delivery.Properties.ContentType.ShouldBe("application/json");
        delivery.Properties.ResponseTopic.ShouldBe("answers/1");
        delivery.Properties.CorrelationData.ShouldBe([1, 2, 255]);
        delivery.Properties.PayloadFormat.ShouldBe(1);
        delivery.Properties.UserProperties!.Select(pair => string.Join('=', pair)).ShouldBe(["deviceName=alpha", "deviceName=beta", "n=45"]);
    }

    [Theory]
    [InlineData("x-amz-mqtt5-user-properties", "no base64!")]
    [InlineData("x-amz-mqtt5-user-properties", "bm8ganNvbg==")]
    [InlineData("x-amz-mqtt5-user-properties", "eyJhIjoiYiJ9")]
    [InlineData("x-amz-mqtt5-payload-format-indicator", "TEXT")]
    [InlineData("x-amz-mqtt5-correlation-data", "%%%")]
    public async Task Messaging_83_malformed_headers_are_refused(string header, string value)
    {
        await using var stage = new Stage(hub.Hub);
        await ShouldBeAsync(await PostAsync(stage, $"topic={stage.Topic("t")}", (header, value)), 400, "InvalidRequestException", header);
        await ShouldBeAsync(await PostAsync(stage, $"topic={stage.Topic("t")}&responseTopic=a%2F%23"), 400, "InvalidRequestException", "responseTopic");
        await ShouldBeAsync(
            await PostAsync(stage, $"topic={stage.Topic("t")}&contentType={new string('x', 257)}"), 400, "InvalidRequestException", "contentType");
    }

    [Fact]
    public async Task Messaging_80_a_late_PUBACK_does_no_harm_and_a_reconnect_does_not_deliver_again()
    {
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("d");
        RawPublish publish;
        await using (var receiver = await ConnectRawAsync(4, clientId, clean: false))
        {
            var late = hub.JavaScript.RefusedAsync(
                "GatewayTimeoutException", 504, "SendDirectMessage", Call(stage, "cmd", "late", confirmation: true, timeout: 1), "iot-data");
            publish = RawPublish.Read(4, await receiver.ReadAsync());
            await late;
            await receiver.SendAsync(RawPackets.Ack(RawType.PubAck, publish.Id));
            await receiver.SendAsync(RawPackets.PingReq);
            (await receiver.ReadAsync()).Type.ShouldBe((int)RawType.PingResp);

            var lost = hub.JavaScript.RefusedAsync(
                "GatewayTimeoutException", 504, "SendDirectMessage", Call(stage, "cmd", "lost", confirmation: true, timeout: 1), "iot-data");
            _ = await receiver.ReadAsync();
            await lost;
        }

        await using var back = await ConnectRawAsync(4, clientId, clean: false, present: true);
        await back.SendAsync(RawPackets.PingReq);
        (await back.ReadAsync()).Type.ShouldBe((int)RawType.PingResp);
    }

    [Fact]
    public async Task Messaging_80_a_disconnect_while_waiting_answers_at_once()
    {
        await using var stage = new Stage(hub.Hub);
        await using var receiver = await ConnectRawAsync(5, stage.ClientId("d"));
        var call = hub.JavaScript.RefusedAsync(
            "GatewayTimeoutException", 504, "SendDirectMessage", Call(stage, "cmd", "x", confirmation: true, timeout: 15), "iot-data");
        _ = await receiver.ReadAsync();

        receiver.Close();

        (await call).Message.ShouldNotBeNull().ShouldContain("disconnected");
    }

    [Fact]
    public async Task Messaging_64_a_negative_PUBACK_confirms_too()
    {
        await using var stage = new Stage(hub.Hub);
        await using var receiver = await ConnectRawAsync(5, stage.ClientId("d"));
        var call = hub.JavaScript.DataAsync("SendDirectMessage", Call(stage, "cmd", "x", confirmation: true, timeout: 15));

        await receiver.SendAsync(RawPackets.Ack(RawType.PubAck, RawPublish.Read(5, await receiver.ReadAsync()).Id, 0x99));

        await call;
    }

    private async Task<RawMqttClient> ConnectRawAsync(int level, string clientId, bool clean = true, bool present = false)
    {
        var client = await RawMqttClient.OpenAsync(hub.Hub.Mqtt);
        await client.SendAsync(RawPackets.Connect(level, clientId, clean));
        var answer = await client.ReadAsync();
        answer.Type.ShouldBe((int)RawType.ConnAck);
        (answer.Body[0], answer.Body[1]).ShouldBe(((byte)(present ? 1 : 0), (byte)0));
        return client;
    }

    private static object Bytes(string text) => new { base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) };

    private static object Call(Stage stage, string topic, string payload, bool? confirmation = null, int? timeout = null, string client = "d") =>
        Call(stage, topic, Encoding.UTF8.GetBytes(payload), confirmation, timeout, client);

    private static Dictionary<string, object> Call(Stage stage, string topic, byte[] payload, bool? confirmation = null, int? timeout = null, string client = "d")
    {
        var call = new Dictionary<string, object>
        {
            ["clientId"] = stage.ClientId(client),
            ["topic"] = stage.Topic(topic),
            ["payload"] = new { base64 = Convert.ToBase64String(payload) },
        };
        if (confirmation is { } confirm) call["confirmation"] = confirm;
        if (timeout is { } seconds) call["timeout"] = seconds;
        return call;
    }

    // What SDKs do not let out of the house.
    private async Task<HttpResponseMessage> PostAsync(Stage stage, string query, (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/connections/{Uri.EscapeDataString(stage.ClientId("d"))}/messages?{query}", UriKind.Relative));
        request.Content = new StringContent("body");
        if (header is { } given) request.Headers.TryAddWithoutValidation(given.Name, given.Value);
        return await hub.Administrator.SendAsync(request);
    }

    private static async Task ShouldBeAsync(HttpResponseMessage answer, int status, string type, string word)
    {
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Headers.GetValues("x-amzn-ErrorType").ShouldBe([type]);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        body.RootElement.GetProperty("message").GetString().ShouldNotBeNull().ShouldContain(word, Case.Insensitive);
        body.RootElement.GetProperty("traceId").GetString().ShouldBe(answer.Headers.GetValues("x-amzn-RequestId").Single());
        answer.Dispose();
    }
}
