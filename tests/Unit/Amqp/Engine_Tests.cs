using System.Security.Cryptography;
using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Amqp;

public sealed class Engine_Tests
{
    [Fact]
    public async Task A_client_opens_sends_and_closes()
    {
        var listener = new Listener();
        await using (var pair = await Pair.OpenAsync(listener))
        {
            pair.Server.RemoteOpen!.HostName.ShouldBe("hub.test");
            pair.Client.RemoteOpen!.ContainerId.ShouldBe("server");
            var session = await pair.Client.BeginAsync(TestContext.Current.CancellationToken);
            var sender = await session.AttachSenderAsync(Pair.To("/a"), cancellationToken: TestContext.Current.CancellationToken);
            (await sender.SendAsync(new byte[] { 1, 2, 3 }, cancellationToken: TestContext.Current.CancellationToken)).Kind.ShouldBe(DeliveryStateKind.Accepted);
            listener.Payloads.ShouldHaveSingleItem().ShouldBe([1, 2, 3]);
            await sender.DetachAsync();
            await session.EndAsync();
        }

        (await listener.ClosedWith.Task).ShouldBeNull();
    }

    [Fact]
    public async Task A_server_sends_and_hears_the_outcome()
    {
        var listener = new Listener();
        var receiving = new Listener { Verdict = _ => DeliveryState.Released };
        await using var pair = await Pair.OpenAsync(listener);
        var session = await pair.Client.BeginAsync(TestContext.Current.CancellationToken);
        await session.AttachReceiverAsync(Pair.From("/a"), receiving, cancellationToken: TestContext.Current.CancellationToken);
        var sender = Listener.Take(listener.Senders);
        Listener.Take(listener.Credits);
        byte[] tag = RandomNumberGenerator.GetBytes(16);
        sender.TrySend([9, 8], tag, token: "mine").ShouldBe(SendResult.Sent);
        var outcome = Listener.Take(listener.Outcomes);
        outcome.Token.ShouldBe("mine");
        outcome.State.Kind.ShouldBe(DeliveryStateKind.Released);
        outcome.Settled.ShouldBeTrue();
        var delivery = Listener.Take(receiving.Deliveries);
        delivery.Tag.ShouldBe(tag);
        delivery.Payload.ShouldBe([9, 8]);
    }

    [Theory]
    [InlineData(512u)]
    [InlineData(4096u)]
    [InlineData(65536u)]
    public async Task Azure_21_Large_messages_go_both_ways_in_small_frames(uint frame)
    {
        var listener = new Listener();
        var receiving = new Listener();
        await using var pair = await Pair.OpenAsync(
            listener, Pair.ClientOptions with { MaxFrameSize = frame }, Pair.ServerOptions with { MaxFrameSize = frame }, room: 16 * 1024);
        var session = await pair.Client.BeginAsync(TestContext.Current.CancellationToken);
        var sender = await session.AttachSenderAsync(Pair.To("/a"), cancellationToken: TestContext.Current.CancellationToken);
        await session.AttachReceiverAsync(Pair.From("/b"), receiving, cancellationToken: TestContext.Current.CancellationToken);
        var back = Listener.Take(listener.Senders);
        foreach (int size in (int[])[60_000, 250_000, 0, 1])
        {
            byte[] payload = RandomNumberGenerator.GetBytes(size);
            (await sender.SendAsync(payload, cancellationToken: TestContext.Current.CancellationToken)).Kind.ShouldBe(DeliveryStateKind.Accepted);
            listener.Payloads.TryDequeue(out byte[]? received).ShouldBeTrue();
            received.ShouldBe(payload);
            (await back.SendAsync(payload, cancellationToken: TestContext.Current.CancellationToken)).Kind.ShouldBe(DeliveryStateKind.Accepted);
            Listener.Take(receiving.Deliveries).Payload.ShouldBe(payload);
        }
    }

    [Theory]
    [InlineData(1u, 1u)]
    [InlineData(1u, 100u)]
    [InlineData(3u, 2u)]
    [InlineData(5000u, 1u)]
    public async Task Azure_22_Small_windows_and_small_credit_keep_order_and_never_stall(uint window, uint credit)
    {
        var listener = new Listener { Reply = new AttachReply { CreditWindow = credit } };
        var receiving = new Listener();
        await using var pair = await Pair.OpenAsync(
            listener, Pair.ClientOptions with { SessionWindow = window, MaxFrameSize = 512 }, Pair.ServerOptions with { SessionWindow = window, MaxFrameSize = 512 });
        var session = await pair.Client.BeginAsync(TestContext.Current.CancellationToken);
        var sender = await session.AttachSenderAsync(Pair.To("/a"), cancellationToken: TestContext.Current.CancellationToken);
        await session.AttachReceiverAsync(Pair.From("/b", credit), receiving, cancellationToken: TestContext.Current.CancellationToken);
        var back = Listener.Take(listener.Senders);
        var sends = new List<Task>();
        for (int i = 0; i < 1000; i++)
        {
            byte[] payload = new byte[i % 7 == 0 ? 1500 : 10];
            BitConverter.TryWriteBytes(payload, i);
            sends.Add(sender.SendAsync(payload, cancellationToken: TestContext.Current.CancellationToken).AsTask());
            sends.Add(back.SendAsync(payload, cancellationToken: TestContext.Current.CancellationToken).AsTask());
        }

        await Task.WhenAll(sends).WaitAsync(Listener.Patience, TestContext.Current.CancellationToken);
        listener.Payloads.Select(payload => BitConverter.ToInt32(payload)).ShouldBe(Enumerable.Range(0, 1000));
        receiving.Payloads.Select(payload => BitConverter.ToInt32(payload)).ShouldBe(Enumerable.Range(0, 1000));
    }

    [Fact]
    public async Task Azure_24_Numbers_wrap_without_a_stall()
    {
        var listener = new Listener { Reply = new AttachReply { CreditWindow = 10, InitialDeliveryCount = uint.MaxValue - 5 } };
        var receiving = new Listener();
        var options = Pair.ClientOptions with { FirstDeliveryId = uint.MaxValue - 20, FirstTransferId = uint.MaxValue - 30, SessionWindow = 8 };
        await using var pair = await Pair.OpenAsync(listener, options, options with { ContainerId = "server" });
        var session = await pair.Client.BeginAsync(TestContext.Current.CancellationToken);
        var sender = await session.AttachSenderAsync(Pair.To("/a") with { InitialDeliveryCount = uint.MaxValue - 7 }, cancellationToken: TestContext.Current.CancellationToken);
        await session.AttachReceiverAsync(Pair.From("/b", 10), receiving, cancellationToken: TestContext.Current.CancellationToken);
        var back = Listener.Take(listener.Senders);
        var sends = new List<Task<DeliveryState>>();
        for (int i = 0; i < 200; i++)
        {
            sends.Add(sender.SendAsync(new byte[] { (byte)i }, cancellationToken: TestContext.Current.CancellationToken).AsTask());
            sends.Add(back.SendAsync(new byte[] { (byte)i }, cancellationToken: TestContext.Current.CancellationToken).AsTask());
        }

        (await Task.WhenAll(sends).WaitAsync(Listener.Patience, TestContext.Current.CancellationToken)).ShouldAllBe(state => state.Kind == DeliveryStateKind.Accepted);
        receiving.Payloads.Select(payload => (int)payload[0]).ShouldBe(Enumerable.Range(0, 200));
    }
}
