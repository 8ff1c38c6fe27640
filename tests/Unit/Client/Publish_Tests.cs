using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Client;

public sealed class Publish_Tests : IAsyncDisposable
{
    private readonly ScriptedServer _server = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task QoS_0_is_done_when_it_is_on_its_way()
    {
        var client = await _server.ConnectAsync();
        await client.PublishAsync("a/b", "hi"u8.ToArray(), cancellationToken: Cancel);
        await _server.ExpectAsync("30 08 00 03 612F62 00 6869");
    }

    [Fact]
    public async Task QoS_1_is_done_with_PUBACK()
    {
        var client = await _server.ConnectAsync();
        var publish = client.PublishAsync("a", "x"u8.ToArray(), QualityOfService.AtLeastOnce, cancellationToken: Cancel);
        await _server.ExpectAsync("32 07 00 01 61 00 01 00 78");
        publish.IsCompleted.ShouldBeFalse();
        await _server.SendAsync("40 03 00 01 10");
        (await publish).ShouldBe(new PublishResult(ReasonCode.NoMatchingSubscribers, null, 1));
    }

    [Fact]
    public async Task QoS_2_is_done_with_PUBCOMP()
    {
        var client = await _server.ConnectAsync();
        var publish = client.PublishAsync("a", "x"u8.ToArray(), QualityOfService.ExactlyOnce, cancellationToken: Cancel);
        await _server.ExpectAsync("34 07 00 01 61 00 01 00 78");
        await _server.SendAsync("50 02 00 01");
        await _server.ExpectAsync("62 02 00 01");
        publish.IsCompleted.ShouldBeFalse();
        await _server.SendAsync("70 02 00 01");
        (await publish).PacketId.ShouldBe((ushort)1);
    }

    [Theory]
    [InlineData(QualityOfService.AtLeastOnce, "40 0B 00 01 87 07 1F 00 04 6E6F7065")]
    [InlineData(QualityOfService.ExactlyOnce, "50 0B 00 01 87 07 1F 00 04 6E6F7065")]
    public async Task A_refusal_is_an_error_with_the_reason(QualityOfService qos, string answer)
    {
        var client = await _server.ConnectAsync();
        var publish = client.PublishAsync("a", "x"u8.ToArray(), qos, cancellationToken: Cancel);
        await _server.ReadAsync();
        await _server.SendAsync(answer);
        var error = await Should.ThrowAsync<MqttException>(publish.AsTask());
        error.ReasonCode.ShouldBe(ReasonCode.NotAuthorized);
        error.Failure.ShouldBe(MqttFailure.Refused);
        error.Message.ShouldBe(
            "cannot publish to a: not authorized (0x87): nope. Ask for the right, or connect with another user, certificate or Client Identifier.");
        client.PendingPublications.ShouldBe(0);
    }

    [Fact]
    public async Task No_more_are_sent_than_the_servers_Receive_Maximum()
    {
        var client = await _server.ConnectAsync(connAck: "20 06 00 00 03 21 00 02");
        var publishes = Enumerable.Range(0, 4)
            .Select(_ => client.PublishAsync("a", default, QualityOfService.AtLeastOnce, cancellationToken: Cancel).AsTask())
            .ToArray();
        await client.PublishAsync("mark", default, cancellationToken: Cancel);
        await _server.ExpectAsync("32 06 00 01 61 00 01 00");
        await _server.ExpectAsync("32 06 00 01 61 00 02 00");
        await _server.ExpectAsync("30 07 00 04 6D61726B 00");
        await _server.SendAsync("40 02 00 02");
        await _server.ExpectAsync("32 06 00 01 61 00 03 00");
        await _server.SendAsync("40 02 00 01 40 02 00 03");
        await _server.ExpectAsync("32 06 00 01 61 00 04 00");
        await _server.SendAsync("40 02 00 04");
        await Task.WhenAll(publishes);
    }

    [Fact]
    public async Task A_full_queue_rejects_when_told_so()
    {
        var options = _server.Options with { PublishQueueLimit = 1, PublishQueueFull = PublishQueuePolicy.Reject };
        var client = await _server.ConnectAsync(options);
        var first = client.PublishAsync("a", default, QualityOfService.AtLeastOnce, cancellationToken: Cancel);
        var error = await Should.ThrowAsync<MqttException>(
            client.PublishAsync("a", default, QualityOfService.AtLeastOnce, cancellationToken: Cancel).AsTask());
        error.Failure.ShouldBe(MqttFailure.QueueFull);
        await _server.ReadAsync();
        await _server.SendAsync("40 02 00 01");
        await first;
    }

    [Fact]
    public async Task A_full_queue_makes_the_caller_wait()
    {
        var client = await _server.ConnectAsync(_server.Options with { PublishQueueLimit = 1 });
        var first = client.PublishAsync("a", default, QualityOfService.AtLeastOnce, cancellationToken: Cancel);
        var second = client.PublishAsync("b", default, QualityOfService.AtLeastOnce, cancellationToken: Cancel);
        await _server.ExpectAsync("32 06 00 01 61 00 01 00");
        await _server.SendAsync("40 02 00 01");
        await _server.ExpectAsync("32 06 00 01 62 00 02 00");
        await _server.SendAsync("40 02 00 02");
        await first;
        await second;
    }

    [Fact]
    public async Task Properties_travel_in_version_5_only()
    {
        var packet = new PublishPacket
        {
            Topic = "a",
            Properties = new PublishProperties { ContentType = "t", MessageExpiryInterval = 7, UserProperties = [new UserProperty("k", "v")] },
        };
        var client = await _server.ConnectAsync();
        await client.PublishAsync(packet, Cancel);
        byte[] sent = await _server.ReadAsync();
        var header = Header(sent);
        PacketReader.TryReadPublish(header, sent.AsSpan(header.HeaderLength), ProtocolVersion.V5, out var read, out _).ShouldBeTrue();
        read!.Properties.ContentType.ShouldBe("t");
        read.Properties.MessageExpiryInterval.ShouldBe(7u);
        read.Properties.UserProperties.ShouldBe([new UserProperty("k", "v")]);

        var old = await _server.ConnectAsync(_server.Options with { Version = ProtocolVersion.V311 }, "20 02 00 00");
        await old.PublishAsync(packet, Cancel);
        await _server.ExpectAsync("30 03 00 01 61");
    }

    [Theory]
    [InlineData("", ReasonCode.TopicNameInvalid)]
    [InlineData("a/+", ReasonCode.TopicNameInvalid)]
    [InlineData("a/#", ReasonCode.TopicNameInvalid)]
    public async Task A_bad_topic_is_not_sent(string topic, ReasonCode code)
    {
        var client = await _server.ConnectAsync();
        var error = await Should.ThrowAsync<MqttException>(client.PublishAsync(topic, default, cancellationToken: Cancel).AsTask());
        error.Failure.ShouldBe(MqttFailure.Invalid);
        error.ReasonCode.ShouldBe(code);
    }

    [Theory]
    [InlineData("20 05 00 00 02 24 00", 1, false, 0, ReasonCode.QoSNotSupported)]
    [InlineData("20 05 00 00 02 25 00", 0, true, 0, ReasonCode.RetainNotSupported)]
    [InlineData("20 08 00 00 05 27 00 00 00 14", 0, false, 20, ReasonCode.PacketTooLarge)]
    public async Task What_the_server_announced_to_refuse_is_not_sent(string connAck, byte qos, bool retain, int size, ReasonCode code)
    {
        var client = await _server.ConnectAsync(connAck: connAck);
        var error = await Should.ThrowAsync<MqttException>(
            client.PublishAsync("a", new byte[size], (QualityOfService)qos, retain, Cancel).AsTask());
        error.Failure.ShouldBe(MqttFailure.Refused);
        error.ReasonCode.ShouldBe(code);
    }

    [Fact]
    public async Task Without_a_connection_QoS_0_fails_at_once()
    {
        var client = _server.Create(_server.Options);
        var error = await Should.ThrowAsync<MqttException>(client.PublishAsync("a", default, cancellationToken: Cancel).AsTask());
        error.Failure.ShouldBe(MqttFailure.NotConnected);
    }

    private static FrameHeader Header(byte[] packet)
    {
        FrameReader.TryRead(packet, int.MaxValue, out var header, out _).ShouldBe(DecodeStatus.Complete);
        return header;
    }
}
