using System.Text;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Client;

public sealed class Receive_Tests : IAsyncDisposable
{
    private readonly ScriptedServer _server = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private MqttClientOptions Manual => _server.Options with { Acknowledge = AcknowledgeMode.Manual };

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_message_arrives_whole_even_when_its_bytes_come_one_by_one()
    {
        var client = await _server.ConnectAsync();
        foreach (string octet in "33 10 00 03 612F62 00 07 06 03 0003 747874 6869".Replace(" ", "", StringComparison.Ordinal).Chunk(2).Select(c => new string(c)))
            await _server.SendAsync(octet);
        var message = await client.ReceiveAsync(Cancel);
        message.Topic.ShouldBe("a/b");
        message.QoS.ShouldBe(QualityOfService.AtLeastOnce);
        message.Retain.ShouldBeTrue();
        message.PacketId.ShouldBe((ushort)7);
        message.Properties.ContentType.ShouldBe("txt");
        Encoding.UTF8.GetString(message.Payload.Span).ShouldBe("hi");
        await _server.ExpectAsync("40 02 00 07");
    }

    [Fact]
    public async Task Acknowledgments_leave_in_the_order_of_the_messages()
    {
        var client = await _server.ConnectAsync(Manual);
        await _server.SendAsync("32 06 0001 61 0001 00 34 06 0001 62 0002 00 32 06 0001 63 0003 00");
        var first = await client.ReceiveAsync(Cancel);
        var second = await client.ReceiveAsync(Cancel);
        var third = await client.ReceiveAsync(Cancel);
        third.Acknowledge();
        second.Acknowledge();
        await client.PublishAsync("mark", default, cancellationToken: Cancel);
        await _server.ExpectAsync("30 07 0004 6D61726B 00");
        first.Acknowledge();
        await _server.ExpectAsync("40 02 0001");
        await _server.ExpectAsync("50 02 0002");
        await _server.ExpectAsync("40 02 0003");
        await _server.SendAsync("62 02 0002");
        await _server.ExpectAsync("70 02 0002");
    }

    [Fact]
    public async Task A_message_can_be_refused()
    {
        var client = await _server.ConnectAsync(Manual);
        await _server.SendAsync("32 06 0001 61 0001 00");
        var message = await client.ReceiveAsync(Cancel);
        message.Acknowledge(ReasonCode.ImplementationSpecificError);
        message.Acknowledge();
        await _server.ExpectAsync("40 03 0001 83");
    }

    [Fact]
    public async Task A_repeated_QoS_2_message_is_delivered_once_also_across_connections()
    {
        var time = new ManualTimeProvider();
        var client = await _server.ConnectAsync(Manual with { Reconnect = new ReconnectOptions(), SessionExpiryInterval = 60, Time = time });
        await _server.SendAsync("34 06 0001 61 0001 00 34 06 0001 62 0002 00");
        (await client.ReceiveAsync(Cancel)).Acknowledge();
        await _server.ExpectAsync("50 02 0001");
        var second = await client.ReceiveAsync(Cancel);
        _server.Cut();
        time.Advance(await time.WhenTimerAsync(due => due < TimeSpan.FromSeconds(1)));
        await _server.AcceptAsync(ScriptedServer.ConnAckSessionPresent);
        await _server.SendAsync("3C 06 0001 61 0001 00 3C 06 0001 62 0002 00 30 04 0001 7A 00");
        await _server.ExpectAsync("50 02 0001");
        second.Acknowledge();
        await _server.ExpectAsync("50 02 0002");
        (await client.ReceiveAsync(Cancel)).Topic.ShouldBe("z");
        await _server.SendAsync("62 02 0001 62 02 0002 34 06 0001 61 0001 00");
        await _server.ExpectAsync("70 02 0001");
        await _server.ExpectAsync("70 02 0002");
        (await client.ReceiveAsync(Cancel)).Topic.ShouldBe("a", "after PUBREL the identifier means a new message");
    }

    [Fact]
    public async Task A_QoS_1_message_of_a_lost_connection_comes_again_and_the_old_one_acknowledges_nothing()
    {
        var time = new ManualTimeProvider();
        var client = await _server.ConnectAsync(Manual with { Reconnect = new ReconnectOptions(), Time = time });
        await _server.SendAsync("32 06 0001 61 0001 00");
        var old = await client.ReceiveAsync(Cancel);
        _server.Cut();
        time.Advance(await time.WhenTimerAsync(due => due < TimeSpan.FromSeconds(1)));
        await _server.AcceptAsync(ScriptedServer.ConnAckSessionPresent);
        await _server.SendAsync("3A 06 0001 61 0001 00");
        var again = await client.ReceiveAsync(Cancel);
        again.Dup.ShouldBeTrue();
        old.Acknowledge();
        await client.PublishAsync("m", default, cancellationToken: Cancel);
        await _server.ExpectAsync("30 04 0001 6D 00");
        again.Acknowledge();
        await _server.ExpectAsync("40 02 0001");
    }

    [Fact]
    public async Task PUBREL_for_an_unknown_identifier_is_answered()
    {
        await _server.ConnectAsync();
        await _server.SendAsync("62 02 0009");
        await _server.ExpectAsync("70 03 0009 92");
    }

    [Fact]
    public async Task Topic_aliases_stand_for_the_last_topic_given()
    {
        var client = await _server.ConnectAsync();
        await _server.SendAsync("30 07 0001 61 03 23 0002 30 06 0000 03 23 0002 30 07 0001 62 03 23 0002 30 06 0000 03 23 0002");
        var topics = new List<string>();
        for (int i = 0; i < 4; i++)
            topics.Add((await client.ReceiveAsync(Cancel)).Topic);
        topics.ShouldBe(["a", "a", "b", "b"]);
    }

    [Theory]
    [InlineData("30 06 0000 03 23 0002", "94", "it sent Topic Alias 2")]
    [InlineData("30 07 0001 61 03 23 0021", "94", "it sent Topic Alias 33")]
    [InlineData("F0 00", "82", "it sent AUTH that a server must not send now")]
    [InlineData("20 03 00 00 00", "82", "it sent CONNACK that a server must not send now")]
    [InlineData("90 04 00 09 00 00", "82", "it sent SUBACK that answers no request")]
    public async Task A_server_that_breaks_the_standard_is_told_why(string bytes, string code, string why)
    {
        var client = await _server.ConnectAsync();
        var receive = client.ReceiveAsync(Cancel);
        await _server.SendAsync(bytes);
        await _server.ExpectAsync($"E0 01 {code}");
        await _server.ExpectEndAsync();
        var error = await Should.ThrowAsync<MqttException>(receive.AsTask());
        error.Failure.ShouldBe(MqttFailure.Protocol);
        error.Why.ShouldBe(why);
        error.ReasonCode.ShouldBe((ReasonCode)Convert.ToByte(code, 16));
    }

    [Theory]
    [InlineData("FF FF FF FF FF", ReasonCode.MalformedPacket)]
    [InlineData("00 00", ReasonCode.MalformedPacket)]
    [InlineData("30 FF FF FF 7F", ReasonCode.PacketTooLarge)]
    [InlineData("36 06 0001 61 0001 00", ReasonCode.MalformedPacket)]
    [InlineData("30 06 0003 612B62 00", ReasonCode.TopicNameInvalid)]
    [InlineData("48 54 54 50 2F 31 2E 31", ReasonCode.MalformedPacket)]
    public async Task Garbage_is_a_clean_error(string bytes, ReasonCode code)
    {
        var client = await _server.ConnectAsync();
        var receive = client.ReceiveAsync(Cancel);
        await _server.SendAsync(bytes);
        var error = await Should.ThrowAsync<MqttException>(receive.AsTask());
        error.Failure.ShouldBe(MqttFailure.Protocol);
        error.ReasonCode.ShouldBe(code);
        error.Message.ShouldStartWith("closed the connection to mqtt://localhost:1883: it sent bytes that are not MQTT: ");
        client.State.ShouldBe(ConnectionState.Disconnected);
    }

    [Fact]
    public async Task Random_bytes_never_do_more_than_end_the_connection()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            await using var server = new ScriptedServer();
            var client = await server.ConnectAsync();
            byte[] bytes = new byte[64];
            new Random(seed).NextBytes(bytes);
            var all = Task.Run(
                async () =>
                {
                    await foreach (var message in client.ReceiveAllAsync(Cancel))
                        _ = message.Properties;
                },
                Cancel);
            await server.SendAsync(Convert.ToHexString(bytes));
            server.Cut();
            await Should.ThrowAsync<MqttException>(all);
        }
    }

    [Fact]
    public async Task A_server_that_exceeds_Receive_Maximum_is_told_so()
    {
        var client = await _server.ConnectAsync(Manual with { ReceiveMaximum = 2 });
        await _server.SendAsync("32 06 0001 61 0001 00 32 06 0001 61 0002 00");
        (await client.ReceiveAsync(Cancel)).Acknowledge();
        await _server.ExpectAsync("40 02 0001");
        await _server.SendAsync("32 06 0001 61 0003 00 32 06 0001 61 0004 00");
        await _server.ExpectAsync("E0 01 93");
        await _server.ExpectEndAsync();
    }

    [Fact]
    public async Task A_packet_over_the_limit_ends_the_connection_before_its_body_came()
    {
        var client = await _server.ConnectAsync(_server.Options with { MaximumPacketSize = 100 });
        var receive = client.ReceiveAsync(Cancel);
        await _server.SendAsync("30 63");
        await _server.ExpectAsync("E0 01 95");
        (await Should.ThrowAsync<MqttException>(receive.AsTask())).ReasonCode.ShouldBe(ReasonCode.PacketTooLarge);
    }

    [Theory]
    [InlineData(ReceiveQueuePolicy.DropOldest, "b c")]
    [InlineData(ReceiveQueuePolicy.DropNewest, "a b")]
    public async Task A_full_receive_queue_drops_and_counts(ReceiveQueuePolicy policy, string kept)
    {
        var client = await _server.ConnectAsync(_server.Options with { ReceiveQueueLimit = 2, ReceiveQueueFull = policy });
        await _server.SendAsync("30 04 0001 61 00 30 04 0001 62 00 30 04 0001 63 00 62 02 0001");
        await _server.ReadAsync();
        client.DroppedMessages.ShouldBe(1);
        client.WaitingMessages.ShouldBe(2);
        string topics = $"{(await client.ReceiveAsync(Cancel)).Topic} {(await client.ReceiveAsync(Cancel)).Topic}";
        topics.ShouldBe(kept);
    }

    [Fact]
    public async Task A_full_receive_queue_can_stop_the_reading()
    {
        var client = await _server.ConnectAsync(_server.Options with { ReceiveQueueLimit = 2, ReceiveQueueFull = ReceiveQueuePolicy.Wait });
        await _server.SendAsync("30 04 0001 61 00 30 04 0001 62 00 30 04 0001 63 00 62 02 0001");
        var topics = new List<string>();
        for (int i = 0; i < 3; i++)
            topics.Add((await client.ReceiveAsync(Cancel)).Topic);
        topics.ShouldBe(["a", "b", "c"]);
        await _server.ExpectAsync("70 03 0001 92");
        client.DroppedMessages.ShouldBe(0);
    }

    [Fact]
    public async Task QoS_1_messages_are_never_dropped()
    {
        var client = await _server.ConnectAsync(Manual with { ReceiveQueueLimit = 1, ReceiveQueueFull = ReceiveQueuePolicy.DropNewest });
        await _server.SendAsync("32 06 0001 61 0001 00 32 06 0001 62 0002 00 32 06 0001 63 0003 00");
        for (int i = 1; i <= 3; i++)
            (await client.ReceiveAsync(Cancel)).PacketId.ShouldBe((ushort)i);
        client.DroppedMessages.ShouldBe(0);
    }

    [Fact]
    public async Task A_message_whose_handling_failed_is_not_acknowledged()
    {
        var client = await _server.ConnectAsync();
        await _server.SendAsync("32 06 0001 61 0001 00 32 06 0001 62 0002 00");
        var loop = async () =>
        {
            await foreach (var message in client.ReceiveAllAsync(Cancel))
            {
                if (message.Topic == "b")
                    throw new InvalidOperationException("handling failed");
            }
        };
        await Should.ThrowAsync<InvalidOperationException>(loop);
        await _server.ExpectAsync("40 02 0001");
        await client.PublishAsync("m", default, cancellationToken: Cancel);
        await _server.ExpectAsync("30 04 0001 6D 00");
    }
}
