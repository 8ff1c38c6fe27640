using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;
using Fairlead.Unit.Client;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Amqp;

public sealed class Opening_Tests
{
    [Theory]
    [InlineData("414d515002010000")]
    [InlineData("414d515000000901")]
    [InlineData("474554202f204854")]
    public async Task Azure_20_A_wrong_header_is_answered_with_ours_and_the_end(string header)
    {
        await using var peer = RawPeer.Connect(new Listener());
        await peer.SendAsync(Convert.FromHexString(header));
        (await peer.ReadHeaderAsync()).ShouldBeAmqp();
        await peer.ExpectEndAsync();
    }

    [Fact]
    public async Task Azure_19_Bytes_one_at_a_time_and_all_at_once_have_the_same_effect()
    {
        using var writer = new AmqpWriter();
        writer.WriteRaw(ProtocolHeader.Amqp);
        RawPeer.Frame(writer, 0, () => PerformativeWriter.Write(writer, new Open { ContainerId = "raw" }));
        RawPeer.Frame(writer, 3, () => PerformativeWriter.Write(writer, new Begin { IncomingWindow = 10, OutgoingWindow = 10 }));
        RawPeer.Frame(writer, 3, () => PerformativeWriter.Write(writer, new Attach { Name = "a", Handle = 5, Target = new Target { Address = "/a" }, InitialDeliveryCount = 0 }));
        RawPeer.Frame(writer, 3, () => PerformativeWriter.Write(writer, new Close(null)));
        byte[] bytes = writer.Written.ToArray();
        var atOnce = await ConverseAsync([bytes]);
        var oneByOne = await ConverseAsync([.. bytes.Select(one => new[] { one })]);
        oneByOne.ShouldBe(atOnce);
        atOnce.Select(frame => frame[..2]).ShouldBe(["10", "11", "12", "13", "18"]);
    }

    [Theory]
    [InlineData(10_000u)]
    [InlineData(30_000u)]
    public async Task Azure_25_Heartbeats_come_before_half_of_the_peers_time_is_over(uint idle)
    {
        var clock = new ManualTimeProvider();
        await using var peer = await RawPeer.OpenAsync(
            new Listener(), Pair.ServerOptions with { Time = clock, IdleTimeout = TimeSpan.Zero }, new Open { ContainerId = "raw", IdleTimeout = idle });
        for (int i = 0; i < 3; i++)
        {
            var step = await clock.WhenTimerAsync(due => due <= TimeSpan.FromMilliseconds(idle / 2.0)).WaitAsync(Listener.Patience, TestContext.Current.CancellationToken);
            clock.Advance(step);
            (await peer.ReadAsync(heartbeats: true))!.Body.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Azure_25_A_peer_that_is_silent_for_twice_our_time_is_given_up()
    {
        var clock = new ManualTimeProvider();
        await using var peer = await RawPeer.OpenAsync(
            new Listener(), Pair.ServerOptions with { Time = clock, IdleTimeout = TimeSpan.FromSeconds(10), CourtesyHeartbeat = TimeSpan.Zero });
        for (int i = 0; i < 4; i++)
        {
            await clock.WhenTimerAsync(due => due <= TimeSpan.FromSeconds(5)).WaitAsync(Listener.Patience, TestContext.Current.CancellationToken);
            clock.Advance(TimeSpan.FromSeconds(5));
        }

        (await peer.ExpectAsync(Descriptor.Close)).CloseError!.Condition.ShouldBe(AmqpCondition.ResourceLimitExceeded);
    }

    [Fact]
    public async Task Azure_25_An_idle_time_below_5_s_is_refused()
    {
        await using var peer = RawPeer.Connect(new Listener());
        await peer.SendAsync(writer =>
        {
            writer.WriteRaw(ProtocolHeader.Amqp);
            RawPeer.Frame(writer, 0, () => PerformativeWriter.Write(writer, new Open { ContainerId = "raw", IdleTimeout = 4000 }));
        });
        (await peer.ReadHeaderAsync()).ShouldBeAmqp();
        await peer.ExpectAsync(Descriptor.Open);
        (await peer.ExpectAsync(Descriptor.Close)).CloseError!.Condition.ShouldBe(AmqpCondition.NotAllowed);
        await peer.ExpectEndAsync();
    }

    [Fact]
    public async Task A_host_refuses_by_open_and_close()
    {
        await using var peer = RawPeer.Connect(new Listener { OpenVerdict = open => new AmqpError(AmqpCondition.NotFound, $"no host {open.HostName}") });
        await peer.SendAsync(writer =>
        {
            writer.WriteRaw(ProtocolHeader.Amqp);
            RawPeer.Frame(writer, 0, () => PerformativeWriter.Write(writer, new Open { ContainerId = "raw", HostName = "other" }));
        });
        await peer.ReadHeaderAsync();
        await peer.ExpectAsync(Descriptor.Open);
        (await peer.ExpectAsync(Descriptor.Close)).CloseError.ShouldBe(new AmqpError(AmqpCondition.NotFound, "no host other"));
        await peer.ExpectEndAsync();
    }

    [Theory]
    [InlineData(SaslMechanism.Anonymous)]
    [InlineData(SaslMechanism.External)]
    [InlineData(SaslMechanism.MsSbCbs)]
    [InlineData(SaslMechanism.Plain)]
    public async Task Azure_30_Every_mechanism_lets_in_and_the_host_sees_what_was_sent(string mechanism)
    {
        SaslRequest? seen = null;
        var listener = new Listener
        {
            Sasl = request =>
            {
                seen = request;
                return SaslOutcome.Ok;
            },
        };
        var credential = mechanism == SaslMechanism.Plain ? SaslCredential.Plain("dev1@sas.hub", "token") : new SaslCredential(mechanism, null);
        await using var pair = await Pair.OpenAsync(
            listener, Pair.ClientOptions with { Credential = credential },
            Pair.ServerOptions with { RequireSasl = true, SaslMechanisms = ["ANONYMOUS", "MSSBCBS", "PLAIN", "EXTERNAL"] });
        seen!.Mechanism.ShouldBe(mechanism);
        seen.TryGetPlain(out string name, out string password).ShouldBe(mechanism == SaslMechanism.Plain);
        if (mechanism == SaslMechanism.Plain) (name, password).ShouldBe(("dev1@sas.hub", "token"));
        await (await pair.Client.BeginAsync(TestContext.Current.CancellationToken)).EndAsync();
    }

    [Fact]
    public async Task Azure_30_A_refused_credential_a_mechanism_not_offered_and_SASL_left_out_are_told()
    {
        var denying = new Listener { Sasl = _ => SaslOutcome.Auth };
        (await Should.ThrowAsync<AmqpException>(() => Pair.OpenAsync(denying, Pair.ClientOptions with { Credential = SaslCredential.Plain("u", "p") })))
            .Error.Condition.ShouldBe(AmqpCondition.UnauthorizedAccess);
        (await Should.ThrowAsync<AmqpException>(() => Pair.OpenAsync(client: Pair.ClientOptions with { Credential = SaslCredential.External })))
            .Error.Condition.ShouldBe(AmqpCondition.NotAllowed);
        (await Should.ThrowAsync<AmqpException>(() => Pair.OpenAsync(server: Pair.ServerOptions with { RequireSasl = true })))
            .Error.Condition.ShouldBe(AmqpCondition.NotAllowed);
    }

    [Fact]
    public async Task A_peer_that_never_opens_is_given_up()
    {
        var clock = new ManualTimeProvider();
        await using var peer = RawPeer.Connect(new Listener(), Pair.ServerOptions with { Time = clock });
        clock.Advance(await clock.WhenTimerAsync(due => due == TimeSpan.FromSeconds(30)).WaitAsync(Listener.Patience, TestContext.Current.CancellationToken));
        (await peer.Server.Closed.WaitAsync(Listener.Patience, TestContext.Current.CancellationToken))!.Condition.ShouldBe(AmqpCondition.ConnectionForced);
    }

    private static async Task<List<string>> ConverseAsync(byte[][] pieces)
    {
        await using var peer = RawPeer.Connect(new Listener());
        foreach (var piece in pieces) await peer.SendAsync(piece);
        (await peer.ReadHeaderAsync()).ShouldBeAmqp();
        var frames = new List<string>();
        while (await peer.ReadAsync() is { } frame) frames.Add($"{frame.Descriptor:x} {frame.Channel} {Convert.ToHexString(frame.Body)}");
        return frames;
    }
}
