using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Amqp;

public sealed class Transfers_Tests
{
    private static readonly Attach Sending = new() { Name = "s", Handle = 0, Target = new Target { Address = "/a" }, InitialDeliveryCount = 0 };

    private static readonly Attach Receiving = new() { Name = "r", Handle = 1, IsReceiver = true, Source = new Source { Address = "/a" } };

    [Fact]
    public async Task Azure_23_A_drained_sender_gives_its_credit_back_and_an_echo_is_answered()
    {
        var listener = new Listener { OnCreditDo = sender => sender.TrySend([7], settled: true) };
        await using var peer = await RawPeer.OpenAsync(listener);
        await peer.AttachAsync(Receiving);
        await peer.ExpectAsync(Descriptor.Attach);
        await peer.FlowAsync(Credit(10, drain: true));
        await peer.ExpectAsync(Descriptor.Transfer); // credit may be used first
        var flow = await ReadFlowAsync(peer, handle: 0);
        (flow.LinkCredit, flow.DeliveryCount, flow.Drain).ShouldBe((0u, 10u, true));
        await peer.FlowAsync(Credit(0) with { NextIncomingId = 1, DeliveryCount = 10, Echo = true });
        flow = await ReadFlowAsync(peer, handle: 0);
        (flow.LinkCredit, flow.DeliveryCount).ShouldBe((0u, 10u));
        await peer.FlowAsync(new Flow { NextIncomingId = 1, IncomingWindow = 100, Echo = true });
        (await ReadFlowAsync(peer, handle: null)).NextIncomingId.ShouldBe(0u);
    }

    [Fact]
    public async Task Azure_23_A_receiver_drains_and_hears_the_end_of_it()
    {
        var listener = new Listener();
        var receiving = new Listener();
        await using var pair = await Pair.OpenAsync(listener);
        var session = await pair.Client.BeginAsync(TestContext.Current.CancellationToken);
        var receiver = await session.AttachReceiverAsync(Pair.From("/a", window: 0), receiving, cancellationToken: TestContext.Current.CancellationToken);
        var sender = Listener.Take(listener.Senders);
        receiver.AddCredit(5);
        Listener.Take(listener.Credits);
        sender.TrySend([1]).ShouldBe(SendResult.Sent);
        Listener.Take(receiving.Deliveries);
        receiver.Drain();
        Listener.Take(receiving.Drained).ShouldBeSameAs(receiver);
        (receiver.Credit, sender.Credit).ShouldBe((0u, 0u));
        sender.TrySend([2]).ShouldBe(SendResult.NoCredit);
        receiver.AddCredit(1);
        SpinWait.SpinUntil(() => sender.TrySend([2]) == SendResult.Sent, Listener.Patience).ShouldBeTrue();
        Listener.Take(receiving.Deliveries).Payload.ShouldBe([2]);
    }

    [Fact]
    public async Task Azure_31_Frames_of_two_links_interleave_and_an_aborted_delivery_is_forgotten()
    {
        var listener = new Listener();
        await using var peer = await RawPeer.OpenAsync(listener);
        await peer.AttachAsync(Sending);
        await peer.ExpectAsync(Descriptor.Attach);
        await peer.AttachAsync(Sending with { Name = "t", Handle = 2 });
        await peer.ExpectAsync(Descriptor.Attach);
        await peer.TransferAsync(0, 0, [1, 2], more: true, format: 0x80013700);
        await peer.TransferAsync(2, 1, [9], more: true);
        await peer.TransferAsync(0, null, [3], more: true);
        await peer.TransferAsync(2, null, [], aborted: true);
        await peer.TransferAsync(0, 0, [4]);
        await peer.TransferAsync(2, 2, [8]);
        var first = (await peer.ExpectAsync(Descriptor.Disposition)).Disposition;
        (first.First, first.Settled, first.State.Kind, first.IsReceiver).ShouldBe((0u, true, DeliveryStateKind.Accepted, true));
        (await peer.ExpectAsync(Descriptor.Disposition)).Disposition.First.ShouldBe(2u);
        var whole = Listener.Take(listener.Deliveries);
        (whole.Format, Convert.ToHexString(whole.Payload)).ShouldBe((0x80013700, "01020304"));
        Listener.Take(listener.Deliveries).Payload.ShouldBe([8]);
        peer.Server.AssemblyBytes.ShouldBe(0);
    }

    [Fact]
    public async Task Settled_transfers_get_no_disposition_and_settlement_may_come_later()
    {
        var listener = new Listener { Verdict = _ => null };
        await using var peer = await RawPeer.OpenAsync(listener);
        await peer.AttachAsync(Sending);
        await peer.ExpectAsync(Descriptor.Attach);
        await peer.TransferAsync(0, 0, [1], settled: true);
        await peer.TransferAsync(0, 1, [2]);
        await peer.TransferAsync(0, 2, [3]);
        Listener.Take(listener.Deliveries).Settled.ShouldBeTrue();
        Listener.Take(listener.Deliveries);
        Listener.Take(listener.Deliveries);
        var receiver = Listener.Take(listener.Receivers);
        receiver.Unsettled.ShouldBe(2);
        receiver.Settle(2, DeliveryState.Rejected(new AmqpError(AmqpCondition.MessageSizeExceeded, "too large")));
        receiver.Settle(1, DeliveryState.Released);
        receiver.Settle(1, DeliveryState.Accepted); // it has an end already
        var rejected = (await peer.ExpectAsync(Descriptor.Disposition)).Disposition;
        (rejected.First, rejected.State.Error!.Condition).ShouldBe((2u, AmqpCondition.MessageSizeExceeded));
        (await peer.ExpectAsync(Descriptor.Disposition)).Disposition.State.Kind.ShouldBe(DeliveryStateKind.Released);
        receiver.Unsettled.ShouldBe(0);
    }

    [Fact]
    public async Task A_receiver_that_settles_second_is_answered_with_the_state_that_counts()
    {
        var listener = new Listener();
        await using var peer = await RawPeer.OpenAsync(listener);
        await peer.AttachAsync(Receiving with { ReceiverSettleMode = ReceiverSettleMode.Second });
        (await peer.ExpectAsync(Descriptor.Attach)).Attach.ReceiverSettleMode.ShouldBe(ReceiverSettleMode.Second);
        await peer.FlowAsync(Credit(10));
        var sender = Listener.Take(listener.Senders);
        Listener.Take(listener.Credits);
        sender.TrySend([1], tag: new byte[16]).ShouldBe(SendResult.Sent);
        (await peer.ExpectAsync(Descriptor.Transfer)).Transfer.Tag.Length.ShouldBe(16);
        await peer.DispositionAsync(new Disposition { IsReceiver = true, State = DeliveryState.Accepted });
        await peer.DispositionAsync(new Disposition { IsReceiver = true, State = DeliveryState.Accepted });
        var outcome = Listener.Take(listener.Outcomes);
        outcome.Settled.ShouldBeFalse();
        listener.Outcomes.ShouldBeEmpty(); // told once
        sender.Settle(outcome.DeliveryId, DeliveryState.Rejected(new AmqpError("com.microsoft:message-lock-lost")));
        var answer = (await peer.ExpectAsync(Descriptor.Disposition)).Disposition;
        (answer.IsReceiver, answer.Settled, answer.State.Error!.Condition).ShouldBe((false, true, "com.microsoft:message-lock-lost"));
        sender.Unsettled.ShouldBe(0);
    }

    [Fact]
    public async Task Settling_second_works_between_our_own_ends()
    {
        var listener = new Listener();
        var receiving = new Listener();
        await using var pair = await Pair.OpenAsync(listener);
        var session = await pair.Client.BeginAsync(TestContext.Current.CancellationToken);
        var receiver = await session.AttachReceiverAsync(Pair.From("/a") with { ReceiverSettleMode = ReceiverSettleMode.Second }, receiving, cancellationToken: TestContext.Current.CancellationToken);
        var sender = Listener.Take(listener.Senders);
        (await sender.SendAsync(new byte[1], cancellationToken: TestContext.Current.CancellationToken)).Kind.ShouldBe(DeliveryStateKind.Accepted);
        Listener.Take(receiving.Settlements).State.Kind.ShouldBe(DeliveryStateKind.Accepted);
        receiver.Unsettled.ShouldBe(0);
    }

    [Fact]
    public async Task A_disposition_over_all_numbers_costs_no_more_than_what_is_unsettled()
    {
        var listener = new Listener();
        await using var peer = await RawPeer.OpenAsync(listener);
        await peer.AttachAsync(Receiving);
        await peer.ExpectAsync(Descriptor.Attach);
        await peer.FlowAsync(Credit(100));
        var sender = Listener.Take(listener.Senders);
        Listener.Take(listener.Credits);
        for (int i = 0; i < 50; i++) sender.TrySend([1], token: i).ShouldBe(SendResult.Sent);
        await peer.DispositionAsync(new Disposition { IsReceiver = true, First = 0, Last = uint.MaxValue, Settled = true, State = DeliveryState.Accepted });
        for (int i = 0; i < 50; i++) await peer.ExpectAsync(Descriptor.Transfer);
        Enumerable.Range(0, 50).Select(_ => (int)Listener.Take(listener.Outcomes).Token!).ShouldBe(Enumerable.Range(0, 50));
        await peer.DispositionAsync(new Disposition { First = 0, Last = uint.MaxValue, Settled = true });
        await peer.FlowAsync(new Flow { NextIncomingId = 50, IncomingWindow = 100, Echo = true });
        await ReadFlowAsync(peer, handle: null);
        sender.Unsettled.ShouldBe(0);
    }

    [Fact]
    public async Task Outcomes_that_follow_each_other_share_a_disposition()
    {
        var listener = new Listener();
        await using var peer = await RawPeer.OpenAsync(listener);
        await peer.AttachAsync(Sending);
        await peer.ExpectAsync(Descriptor.Attach);
        await peer.SendAsync(writer =>
        {
            for (uint i = 0; i < 20; i++)
            {
                uint id = i;
                RawPeer.Frame(writer, 7, () => PerformativeWriter.Write(writer, new Transfer { Handle = 0, DeliveryId = id, DeliveryTag = [(byte)id], MessageFormat = 0 }));
            }
        });
        var disposition = (await peer.ExpectAsync(Descriptor.Disposition)).Disposition;
        (disposition.First, disposition.Last).ShouldBe((0u, 19u));
    }

    [Fact]
    public async Task A_peer_that_does_not_read_makes_senders_busy_and_memory_stays_bounded()
    {
        var listener = new Listener();
        await using var pair = await Pair.OpenAsync(listener, server: Pair.ServerOptions with { MaxOutputBytes = 64 * 1024 }, room: 4096);
        var session = await pair.Client.BeginAsync(TestContext.Current.CancellationToken);
        using var gate = new ManualResetEventSlim();
        var receiving = new Listener
        {
            Verdict = _ =>
            {
                gate.Wait();
                return DeliveryState.Accepted;
            },
        };
        await session.AttachReceiverAsync(Pair.From("/a", window: 5000), receiving, cancellationToken: TestContext.Current.CancellationToken);
        var sender = Listener.Take(listener.Senders);
        Listener.Take(listener.Credits);
        int sent = 0;
        while (sender.TrySend(new byte[1000]) == SendResult.Sent) sent++;
        sent.ShouldBeInRange(60, 200);
        pair.Server.Output.Writer.Length.ShouldBeLessThan(70 * 1024);
        int more = 1000;
        listener.OnCreditDo = ready =>
        {
            while (more > 0 && ready.TrySend(new byte[1000]) == SendResult.Sent) more--;
        };
        gate.Set();
        for (int i = 0; i < sent + 1000; i++) Listener.Take(receiving.Deliveries);
    }

    private static Flow Credit(uint credit, bool drain = false) => new()
    {
        NextIncomingId = 0,
        IncomingWindow = 1000,
        OutgoingWindow = 1000,
        Handle = 1,
        DeliveryCount = 0,
        LinkCredit = credit,
        Drain = drain,
    };

    private static async Task<Flow> ReadFlowAsync(RawPeer peer, uint? handle)
    {
        while (true)
        {
            var flow = (await peer.ExpectAsync(Descriptor.Flow)).Flow;
            if (flow.Handle == handle) return flow;
        }
    }
}
