using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Client;

public sealed class Connect_Tests : IAsyncDisposable
{
    private readonly ScriptedServer _server = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task CONNECT_carries_all_settings()
    {
        var client = _server.Create(_server.Options with
        {
            UserName = "u",
            Password = "p"u8.ToArray(),
            KeepAlive = TimeSpan.FromSeconds(5),
            CleanStart = false,
            Will = new WillMessage { Topic = "w", Payload = "x"u8.ToArray(), QoS = QualityOfService.AtLeastOnce, Retain = true },
        });
        var connected = client.ConnectAsync(Cancel);
        await _server.AcceptAsync(expectedConnect: "10 26 0004 4D515454 05 EC 0005 0B 21 0100 27 01000000 22 0020 0001 63 00 0001 77 0001 78 0001 75 0001 70");
        (await connected).ReasonCode.ShouldBe(ReasonCode.Success);
    }

    [Fact]
    public async Task Version_3_1_1_has_no_properties()
    {
        var client = _server.Create(_server.Options with { Version = ProtocolVersion.V311 });
        var connected = client.ConnectAsync(Cancel);
        await _server.AcceptAsync("20 02 00 00", "10 0D 0004 4D515454 04 02 0000 0001 63");
        await connected;
    }

    [Theory]
    [InlineData(ProtocolVersion.V5, "20 03 00 86 00", ReasonCode.BadUserNameOrPassword)]
    [InlineData(ProtocolVersion.V5, "20 03 00 87 00", ReasonCode.NotAuthorized)]
    [InlineData(ProtocolVersion.V5, "20 03 00 9F 00", ReasonCode.ConnectionRateExceeded)]
    [InlineData(ProtocolVersion.V311, "20 02 00 01", ReasonCode.UnsupportedProtocolVersion)]
    [InlineData(ProtocolVersion.V311, "20 02 00 02", ReasonCode.ClientIdentifierNotValid)]
    [InlineData(ProtocolVersion.V311, "20 02 00 03", ReasonCode.ServerUnavailable)]
    [InlineData(ProtocolVersion.V311, "20 02 00 04", ReasonCode.BadUserNameOrPassword)]
    [InlineData(ProtocolVersion.V311, "20 02 00 05", ReasonCode.NotAuthorized)]
    [InlineData(ProtocolVersion.V5, "20 02 00 01", ReasonCode.UnsupportedProtocolVersion)]
    public async Task A_refusal_carries_its_Reason_Code(ProtocolVersion version, string connAck, ReasonCode code)
    {
        var error = await FailAsync(_server.Options with { Version = version }, connAck);
        error.Failure.ShouldBe(MqttFailure.Refused);
        error.ReasonCode.ShouldBe(code);
        error.FromServer.ShouldBeTrue();
        error.Message.ShouldStartWith("cannot connect to mqtt://localhost:1883: ");
    }

    [Fact]
    public async Task A_refusal_names_the_servers_reason_and_the_other_server()
    {
        var error = await FailAsync(_server.Options, "20 0F 00 9C 0C 1C 0001 78 1F 0005 6675 6C6C 2E");
        error.Message.ShouldBe(
            "cannot connect to mqtt://localhost:1883: the server asks to use another one for now (0x9C): full; use x. "
            + "Connect to the server it names.");
    }

    [Fact]
    public async Task An_answer_that_is_not_MQTT_is_told()
    {
        var error = await FailAsync(_server.Options, "48 54 54 50 2F 31 2E 31 20 34 30 30");
        error.Failure.ShouldBe(MqttFailure.Protocol);
        error.Why.ShouldBe("it answered in HTTP");
        (await FailAsync(_server.Options, "15 03 03 00 02 02 0A")).Why.ShouldBe("it answered in TLS");
        (await FailAsync(_server.Options, "53 53 48 2D 32")).Message.ShouldContain("it sent bytes that are not MQTT");
    }

    [Fact]
    public async Task A_server_that_closes_instead_of_answering_is_told()
    {
        var client = _server.Create(_server.Options);
        var connected = client.ConnectAsync(Cancel);
        await _server.AcceptAsync("");
        _server.Cut();
        var error = await Should.ThrowAsync<MqttException>(connected);
        error.Failure.ShouldBe(MqttFailure.Closed);
        error.Message.ShouldBe(
            "cannot connect to mqtt://localhost:1883: the server closed the connection after CONNECT without an answer. "
            + "Check that the port matches the URL (a TLS port needs mqtts://), whether a client certificate is needed, and the server's log.");
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up_after_the_timeout()
    {
        var time = new ManualTimeProvider();
        var client = _server.Create(_server.Options with { Time = time, ConnectTimeout = TimeSpan.FromSeconds(7) });
        var connected = client.ConnectAsync(Cancel);
        await _server.AcceptAsync("");
        time.Advance(TimeSpan.FromSeconds(6.9));
        connected.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(0.1));
        var error = await Should.ThrowAsync<MqttException>(connected);
        error.Failure.ShouldBe(MqttFailure.Timeout);
        error.Why.ShouldBe("the server accepted the connection but did not answer CONNECT within 7 s");
    }

    [Fact]
    public async Task A_challenge_by_AUTH_is_told()
    {
        var error = await FailAsync(_server.Options with { AuthenticationMethod = "m" }, "F0 06 18 04 15 0001 6D");
        error.ReasonCode.ShouldBe(ReasonCode.BadAuthenticationMethod);
    }

    [Fact]
    public async Task The_first_connect_can_be_tried_again_and_again()
    {
        var time = new ManualTimeProvider();
        var reconnect = new ReconnectOptions { RetryFirstConnect = true };
        _server.IsDown = true;
        var client = _server.Create(_server.Options with { Time = time, Reconnect = reconnect });
        var connected = client.ConnectAsync(Cancel);
        time.Advance(await time.WhenTimerAsync(due => due < TimeSpan.FromSeconds(1)));
        var second = await time.WhenTimerAsync(due => due < TimeSpan.FromSeconds(2));
        _server.IsDown = false;
        time.Advance(second);
        await _server.AcceptAsync();
        await connected;
        _server.Attempts.ShouldBe(3);
    }

    [Fact]
    public async Task Connecting_twice_is_refused()
    {
        var client = await _server.ConnectAsync();
        (await Should.ThrowAsync<MqttException>(client.ConnectAsync(Cancel))).Failure.ShouldBe(MqttFailure.Invalid);
    }

    [Fact]
    public async Task After_a_failure_the_client_can_connect_again()
    {
        var client = await _server.ConnectAsync();
        var receive = client.ReceiveAsync(Cancel);
        _server.Cut();
        await Should.ThrowAsync<MqttException>(receive.AsTask());
        client.State.ShouldBe(ConnectionState.Disconnected);
        var connected = client.ConnectAsync(Cancel);
        await _server.AcceptAsync();
        await connected;
        await _server.SendAsync("30 04 0001 61 00");
        (await client.ReceiveAsync(Cancel)).Topic.ShouldBe("a");
    }

    [Fact]
    public async Task DISCONNECT_is_the_last_packet_and_ends_what_waits()
    {
        var client = await _server.ConnectAsync();
        var receive = client.ReceiveAllAsync(Cancel).GetAsyncEnumerator(Cancel);
        var next = receive.MoveNextAsync();
        var publish = client.PublishAsync("a", default, QualityOfService.AtLeastOnce, cancellationToken: Cancel);
        await _server.ReadAsync();
        var disconnect = client.DisconnectAsync(new DisconnectPacket { ReasonCode = ReasonCode.DisconnectWithWill });
        await _server.ExpectAsync("E0 01 04");
        _server.Cut();
        await disconnect;
        (await next).ShouldBeFalse();
        (await Should.ThrowAsync<MqttException>(publish.AsTask())).Failure.ShouldBe(MqttFailure.NotConnected);
        client.State.ShouldBe(ConnectionState.Closed);
    }

    [Fact]
    public async Task Nothing_follows_DISCONNECT()
    {
        var client = await _server.ConnectAsync(_server.Options with { Acknowledge = AcknowledgeMode.Manual });
        var publish = client.PublishAsync("a", default, QualityOfService.ExactlyOnce, cancellationToken: Cancel);
        await _server.ReadAsync();
        await _server.SendAsync("34 06 0001 61 0001 00");
        var message = await client.ReceiveAsync(Cancel);
        var disconnect = client.DisconnectAsync();
        await _server.ExpectAsync("E0 00");
        message.Acknowledge();
        await _server.SendAsync("50 02 0001 62 02 0001 34 06 0001 61 0002 00 32 06 0001 61 0003 00");
        (await Should.ThrowAsync<MqttException>(client.PublishAsync("a", default, cancellationToken: Cancel).AsTask())).Failure.ShouldBe(MqttFailure.NotConnected);
        await _server.ExpectEndAsync();
        _server.Cut();
        await disconnect;
        (await Should.ThrowAsync<MqttException>(publish.AsTask())).Failure.ShouldBe(MqttFailure.NotConnected);
        (await Should.ThrowAsync<MqttException>(client.SubscribeAsync("a", cancellationToken: Cancel))).Failure.ShouldBe(MqttFailure.NotConnected);
    }

    [Fact]
    public async Task What_the_server_says_against_it_at_the_last_moment_is_told()
    {
        var client = await _server.ConnectAsync();
        MqttException? protest = null;
        client.StateChanged += change => protest = change.Error;
        var disconnect = client.DisconnectAsync();
        await _server.ExpectAsync("E0 00");
        await _server.SendAsync("E0 02 87 00");
        _server.Cut();
        await disconnect;
        protest!.ReasonCode.ShouldBe(ReasonCode.NotAuthorized);
    }

    [Fact]
    public async Task Without_a_connection_the_reason_of_its_end_is_told()
    {
        var client = await _server.ConnectAsync();
        var receive = client.ReceiveAsync(Cancel);
        _server.Cut();
        await Should.ThrowAsync<MqttException>(receive.AsTask());
        var error = await Should.ThrowAsync<MqttException>(client.PublishAsync("a", default, cancellationToken: Cancel).AsTask());
        error.Message.ShouldStartWith("cannot publish to a: the connection is gone: the server closed it without saying why.");
    }

    [Fact]
    public void Settings_that_cannot_be_are_told_at_once()
    {
        MqttClientOptions[] wrong =
        [
            new() { ReceiveMaximum = 0 }, new() { MaximumPacketSize = 0 }, new() { KeepAlive = TimeSpan.FromSeconds(65536) }, new() { PublishQueueLimit = 0 },
            new() { Will = new WillMessage { Topic = "a/#" } }, new() { Version = (ProtocolVersion)6 }, new() { Reconnect = new ReconnectOptions { FirstDelay = default } },
        ];
        foreach (var options in wrong)
            Should.Throw<MqttException>(() => new MqttClient(options)).Failure.ShouldBe(MqttFailure.Invalid);
    }

    [Fact]
    public async Task PINGREQ_goes_out_after_nine_tenths_of_the_Keep_Alive_and_silence_ends_the_connection()
    {
        var time = new ManualTimeProvider();
        var client = await _server.ConnectAsync(_server.Options with { Time = time, KeepAlive = TimeSpan.FromSeconds(100) });
        var receive = client.ReceiveAsync(Cancel).AsTask();
        time.Advance(await time.WhenTimerAsync(due => due == TimeSpan.FromSeconds(90)));
        await _server.ExpectAsync("C0 00");
        var answer = await time.WhenTimerAsync(due => due == TimeSpan.FromSeconds(10));
        await _server.SendAsync("D0 00 30 04 0001 61 00");
        (await receive).Topic.ShouldBe("a");
        receive = client.ReceiveAsync(Cancel).AsTask();
        time.Advance(answer);
        time.Advance(await time.WhenTimerAsync(due => due == TimeSpan.FromSeconds(80)));
        await _server.ExpectAsync("C0 00");
        time.Advance(await time.WhenTimerAsync(due => due == TimeSpan.FromSeconds(10)));
        (await Should.ThrowAsync<MqttException>(receive)).Message.ShouldBe(
            "lost the connection to mqtt://localhost:1883: no answer to PINGREQ within 10 s. Check the network and the server's log.");
    }

    [Fact]
    public async Task Server_Keep_Alive_counts_instead()
    {
        var time = new ManualTimeProvider();
        await _server.ConnectAsync(_server.Options with { Time = time, KeepAlive = TimeSpan.FromSeconds(100) }, "20 06 00 00 03 13 0014");
        time.Advance(await time.WhenTimerAsync(due => due == TimeSpan.FromSeconds(18)));
        await _server.ExpectAsync("C0 00");
    }

    [Fact]
    public async Task A_refused_filter_is_an_error_with_all_codes()
    {
        var client = await _server.ConnectAsync();
        var packet = new SubscribePacket { Subscriptions = [new SubscriptionRequest("a", QualityOfService.AtLeastOnce), new SubscriptionRequest("b/#", default)] };
        var subscribe = client.SubscribeAsync(packet, Cancel);
        await _server.ExpectAsync("82 0D 0001 00 0001 61 01 0003 622F23 00");
        await _server.SendAsync("90 05 0001 00 01 87");
        var error = await Should.ThrowAsync<MqttException>(subscribe);
        error.ReasonCodes.ShouldBe([ReasonCode.GrantedQoS1, ReasonCode.NotAuthorized]);
        error.What.ShouldBe("cannot subscribe to b/#");
    }

    [Fact]
    public async Task Unsubscribing_works_in_both_versions()
    {
        var client = await _server.ConnectAsync();
        var unsubscribe = client.UnsubscribeAsync(new UnsubscribePacket { Filters = ["a"] }, Cancel);
        await _server.ExpectAsync("A2 06 0001 00 0001 61");
        await _server.SendAsync("B0 04 0001 00 11");
        (await unsubscribe).ReasonCodes.ShouldBe([ReasonCode.NoSubscriptionExisted]);
        var old = await _server.ConnectAsync(_server.Options with { Version = ProtocolVersion.V311 }, "20 02 00 00");
        unsubscribe = old.UnsubscribeAsync(new UnsubscribePacket { Filters = ["a"] }, Cancel);
        await _server.ExpectAsync("A2 05 0001 0001 61");
        await _server.SendAsync("B0 02 0001");
        (await unsubscribe).ReasonCodes.ShouldBeEmpty();
    }

    private async Task<MqttException> FailAsync(MqttClientOptions options, string connAck)
    {
        var client = _server.Create(options);
        var connected = client.ConnectAsync(Cancel);
        await _server.AcceptAsync(connAck);
        var error = await Should.ThrowAsync<MqttException>(connected);
        client.State.ShouldBe(ConnectionState.Disconnected);
        return error;
    }
}
