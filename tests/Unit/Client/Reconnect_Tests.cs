using Fairlead.Client.Mqtt;
using Fairlead.Client.Mqtt.Sessions;
using Fairlead.Protocols.Mqtt;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Client;

public sealed class Reconnect_Tests : IAsyncDisposable
{
    private readonly ScriptedServer _server = new();
    private readonly ManualTimeProvider _time = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private MqttClientOptions Options => _server.Options with
    {
        Reconnect = new ReconnectOptions(),
        Time = _time,
        Random = new Random(1),
        SessionExpiryInterval = 100,
    };

    [Fact]
    public void Delays_start_under_a_second_grow_with_jitter_and_stay_under_their_limit()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var delay = new ReconnectDelay(new ReconnectOptions(), new Random(seed));
            var delays = Enumerable.Range(0, 2000).Select(_ => delay.Next().TotalSeconds).ToList();
            delays[0].ShouldBeInRange(0.25, 0.5);
            delays[1].ShouldBeInRange(0.5, 1);
            delays[4].ShouldBeInRange(4, 8);
            delays.Skip(6).ShouldAllBe(d => d >= 15 && d <= 30);
            delays.Distinct().Count().ShouldBeGreaterThan(1900);
            delay.IsExhausted.ShouldBeFalse();
        }
    }

    [Fact]
    public async Task What_is_in_flight_is_sent_again_in_order_with_DUP_and_the_same_identifiers()
    {
        var client = await _server.ConnectAsync(Options);
        var publishes = new List<Task<PublishResult>>();
        foreach (var (topic, qos) in new[] { ("a", 1), ("b", 2), ("c", 2), ("d", 1) })
            publishes.Add(client.PublishAsync(topic, default, (QualityOfService)qos, cancellationToken: Cancel).AsTask());
        await _server.ExpectAsync("32 06 00 01 61 00 01 00");
        await _server.ExpectAsync("34 06 00 01 62 00 02 00");
        await _server.ExpectAsync("34 06 00 01 63 00 03 00");
        await _server.ExpectAsync("32 06 00 01 64 00 04 00");
        await _server.SendAsync("50 02 00 02");
        await _server.ExpectAsync("62 02 00 02");
        await CutAndComeBackAsync(ScriptedServer.ConnAckSessionPresent);
        await _server.ExpectAsync("3A 06 00 01 61 00 01 00");
        await _server.ExpectAsync("62 02 00 02");
        await _server.ExpectAsync("3C 06 00 01 63 00 03 00");
        await _server.ExpectAsync("3A 06 00 01 64 00 04 00");
        await _server.SendAsync("40 02 00 01 40 02 00 04 70 02 00 02 50 02 00 03");
        await _server.ExpectAsync("62 02 00 03");
        await _server.SendAsync("70 02 00 03");
        (await Task.WhenAll(publishes)).Select(result => result.PacketId).ShouldBe([(ushort)1, (ushort)2, (ushort)3, (ushort)4]);
    }

    [Fact]
    public async Task When_the_server_lost_the_session_publications_are_new_and_subscriptions_come_first()
    {
        var client = await _server.ConnectAsync(Options);
        var subscribe = client.SubscribeAsync("s/#", QualityOfService.AtLeastOnce, Cancel);
        await _server.ExpectAsync("82 09 00 01 00 00 03 732F23 01");
        await _server.SendAsync("90 04 00 01 00 01");
        await subscribe;
        var first = client.PublishAsync("a", default, QualityOfService.AtLeastOnce, cancellationToken: Cancel);
        var second = client.PublishAsync("b", default, QualityOfService.ExactlyOnce, cancellationToken: Cancel);
        await _server.ReadAsync();
        await _server.ReadAsync();
        await _server.SendAsync("50 02 00 03");
        await _server.ExpectAsync("62 02 00 03");
        await CutAndComeBackAsync(ScriptedServer.ConnAck);
        await _server.ExpectAsync("82 09 00 04 00 00 03 732F23 01");
        await _server.ExpectAsync("32 06 00 01 61 00 05 00");
        (await second).PacketId.ShouldBe((ushort)3, "the server had it: PUBREC came");
        await _server.SendAsync("90 04 00 04 00 01 40 02 00 05");
        (await first).PacketId.ShouldBe((ushort)5);
    }

    [Fact]
    public async Task A_subscription_that_is_refused_the_second_time_is_told()
    {
        var told = new TaskCompletionSource<MqttException>();
        var client = await _server.ConnectAsync(Options);
        client.StateChanged += change =>
        {
            if (change is { State: ConnectionState.Connected, Error: { } error })
                told.TrySetResult(error);
        };
        var subscribe = client.SubscribeAsync("s", QualityOfService.AtMostOnce, Cancel);
        await _server.ReadAsync();
        await _server.SendAsync("90 04 00 01 00 00");
        await subscribe;
        await CutAndComeBackAsync(ScriptedServer.ConnAck);
        await _server.ReadAsync();
        await _server.SendAsync("90 04 00 02 00 87");
        (await told.Task).Message.ShouldStartWith("cannot subscribe to s: not authorized (0x87)");
    }

    [Fact]
    public async Task Attempts_go_on_with_growing_delays_until_the_server_is_back()
    {
        var changes = new List<ConnectionStateChange>();
        var client = await _server.ConnectAsync(Options);
        client.StateChanged += changes.Add;
        _server.IsDown = true;
        _server.Cut();
        double bound = 0.5;
        for (int attempt = 1; attempt <= 10; attempt++)
        {
            double now = bound;
            var delay = await _time.WhenTimerAsync(due => due.TotalSeconds >= now / 2 && due.TotalSeconds <= now);
            if (attempt == 10)
                _server.IsDown = false;
            _time.Advance(delay);
            bound = Math.Min(bound * 2, 30);
        }

        await _server.AcceptAsync(ScriptedServer.ConnAckSessionPresent);
        var publish = client.PublishAsync("a", default, QualityOfService.AtLeastOnce, cancellationToken: Cancel);
        await _server.ExpectAsync("32 06 00 01 61 00 01 00");
        await _server.SendAsync("40 02 00 01");
        await publish;
        _server.Attempts.ShouldBe(11);
        changes.Select(change => change.State).ShouldBe(
            [.. Enumerable.Repeat(ConnectionState.Reconnecting, 10), ConnectionState.Connected]);
        changes.Take(10).Select(change => change.Attempt).ShouldBe(Enumerable.Range(1, 10));
        changes[0].Error!.Failure.ShouldBe(MqttFailure.Closed);
        changes[1].Error!.Message.ShouldBe("cannot connect to mqtt://localhost:1883: down. Check the address and the network.");
        changes[10].SessionPresent.ShouldBeTrue();
    }

    [Fact]
    public async Task It_gives_up_when_told_after_how_many_attempts()
    {
        var client = await _server.ConnectAsync(Options with { Reconnect = new ReconnectOptions { MaximumAttempts = 2 } });
        var publish = client.PublishAsync("a", default, QualityOfService.AtLeastOnce, cancellationToken: Cancel);
        var receive = client.ReceiveAsync(Cancel);
        _server.IsDown = true;
        _server.Cut();
        for (int attempt = 0; attempt < 2; attempt++)
            _time.Advance(await _time.WhenTimerAsync(due => due < TimeSpan.FromSeconds(2)));
        (await Should.ThrowAsync<MqttException>(publish.AsTask())).Failure.ShouldBe(MqttFailure.Unreachable);
        (await Should.ThrowAsync<MqttException>(receive.AsTask())).Failure.ShouldBe(MqttFailure.Unreachable);
        client.State.ShouldBe(ConnectionState.Disconnected);
    }

    [Fact]
    public async Task It_stays_away_after_the_session_was_taken_over()
    {
        var client = await _server.ConnectAsync(Options);
        var receive = client.ReceiveAsync(Cancel);
        await _server.SendAsync("E0 02 8E 00");
        var error = await Should.ThrowAsync<MqttException>(receive.AsTask());
        error.ReasonCode.ShouldBe(ReasonCode.SessionTakenOver);
        error.Message.ShouldBe(
            "mqtt://localhost:1883 ended the connection: another connection took over this Client Identifier (0x8E). "
            + "Give each client a Client Identifier of its own.");
        _server.Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task A_reconnect_resumes_although_the_first_connect_started_clean()
    {
        var client = _server.Create(Options);
        var connected = client.ConnectAsync(Cancel);
        await _server.AcceptAsync(expectedConnect: "10 1E 0004 4D515454 05 02 0000 10 11 00000064 21 0100 27 01000000 22 0020 0001 63");
        await connected;
        _server.Cut();
        _time.Advance(await _time.WhenTimerAsync(due => due < TimeSpan.FromSeconds(1)));
        await _server.AcceptAsync(expectedConnect: "10 1E 0004 4D515454 05 00 0000 10 11 00000064 21 0100 27 01000000 22 0020 0001 63");
    }

    [Fact]
    public async Task An_assigned_Client_Identifier_is_used_again()
    {
        var client = await _server.ConnectAsync(Options with { ClientId = "" }, "20 08 00 00 05 12 00 02 7A 39");
        client.ClientId.ShouldBe("z9");
        _server.Cut();
        _time.Advance(await _time.WhenTimerAsync(due => due < TimeSpan.FromSeconds(1)));
        await _server.AcceptAsync(expectedConnect: "10 1F 0004 4D515454 05 00 0000 10 11 00000064 21 0100 27 01000000 22 0020 0002 7A39");
    }

    private async Task CutAndComeBackAsync(string connAck)
    {
        _server.Cut();
        _time.Advance(await _time.WhenTimerAsync(due => due < TimeSpan.FromSeconds(1)));
        await _server.AcceptAsync(connAck);
    }
}
