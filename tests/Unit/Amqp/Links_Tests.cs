using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Amqp;

public sealed class Links_Tests
{
    private static readonly Attach Sending = new() { Name = "link", Handle = 42, Target = new Target { Address = "/a" }, InitialDeliveryCount = 0 };

    private static readonly Attach Receiving = new() { Name = "link", Handle = 43, IsReceiver = true, Source = new Source { Address = "/a" } };

    [Fact]
    public async Task Azure_26_Channels_and_handles_of_the_two_sides_differ()
    {
        var listener = new Listener();
        await using var peer = await RawPeer.OpenAsync(listener);
        await peer.AttachAsync(Sending);
        var answer = await peer.ExpectAsync(Descriptor.Attach);
        answer.Channel.ShouldBe((ushort)0);
        answer.Attach.Handle.ShouldBe(0u);
        await peer.SendFrameAsync(9, writer => PerformativeWriter.Write(writer, new Begin { IncomingWindow = 10, OutgoingWindow = 10 }));
        var begin = await peer.ExpectAsync(Descriptor.Begin);
        (begin.Channel, begin.Begin.RemoteChannel).ShouldBe(((ushort)1, (ushort?)9));
        await peer.AttachAsync(Sending with { Handle = 1000 }, channel: 9);
        (await peer.ExpectAsync(Descriptor.Attach)).Channel.ShouldBe((ushort)1);
        await peer.TransferAsync(1000, 0, [1], channel: 9);
        (await peer.ExpectAsync(Descriptor.Disposition)).Channel.ShouldBe((ushort)1);
        await peer.TransferAsync(42, 0, [2]);
        (await peer.ExpectAsync(Descriptor.Disposition)).Channel.ShouldBe((ushort)0);
        listener.Payloads.Select(payload => (int)payload[0]).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Azure_27_One_name_serves_a_sender_and_a_receiver_in_each_of_many_sessions()
    {
        var listener = new Listener();
        await using var pair = await Pair.OpenAsync(listener);
        for (int i = 0; i < 20; i++)
        {
            var session = await pair.Client.BeginAsync(TestContext.Current.CancellationToken);
            var sender = await session.AttachSenderAsync(Pair.To("/a", name: "same"), cancellationToken: TestContext.Current.CancellationToken);
            await session.AttachReceiverAsync(Pair.From("/a", name: "same"), listener, cancellationToken: TestContext.Current.CancellationToken);
            (await sender.SendAsync(new byte[] { (byte)i }, cancellationToken: TestContext.Current.CancellationToken)).Kind.ShouldBe(DeliveryStateKind.Accepted);
        }

        listener.Senders.Count.ShouldBe(20);
        listener.Detached.ShouldBeEmpty();
    }

    [Fact]
    public async Task Azure_28_A_link_of_the_same_name_and_role_takes_the_place_of_the_older_one()
    {
        var listener = new Listener();
        await using var peer = await RawPeer.OpenAsync(listener);
        await peer.AttachAsync(Sending);
        await peer.ExpectAsync(Descriptor.Attach);
        await peer.AttachAsync(Sending with { Handle = 44 });
        var detach = (await peer.ExpectAsync(Descriptor.Detach)).Detach;
        (detach.Handle, detach.Closed, detach.Error!.Condition).ShouldBe((0u, true, AmqpCondition.Stolen));
        (await peer.ExpectAsync(Descriptor.Attach)).Attach.Handle.ShouldBe(1u);
        await peer.TransferAsync(42, 0, [1]); // on its way when the older link went: counted, not delivered
        await peer.SendFrameAsync(7, writer => PerformativeWriter.Write(writer, new Detach(42, true, null)));
        await peer.TransferAsync(44, 1, [2]);
        (await peer.ExpectAsync(Descriptor.Disposition)).Disposition.First.ShouldBe(1u);
        listener.Payloads.ShouldHaveSingleItem().ShouldBe([2]);
        listener.Detached.ShouldHaveSingleItem().Error!.Condition.ShouldBe(AmqpCondition.Stolen);
    }

    [Fact]
    public async Task Azure_29_Detach_end_and_close_are_answered()
    {
        var listener = new Listener();
        await using var peer = await RawPeer.OpenAsync(listener);
        await peer.AttachAsync(Sending);
        await peer.ExpectAsync(Descriptor.Attach);
        var error = new AmqpError(AmqpCondition.InternalError, "mine", new AmqpMap().AddSymbol("k", 5));
        await peer.SendFrameAsync(7, writer => PerformativeWriter.Write(writer, new Detach(42, false, error)));
        var detach = (await peer.ExpectAsync(Descriptor.Detach)).Detach;
        (detach.Handle, detach.Closed, detach.Error).ShouldBe((0u, false, null));
        await peer.SendFrameAsync(7, writer => PerformativeWriter.Write(writer, new End(null)));
        (await peer.ExpectAsync(Descriptor.End)).EndError.ShouldBeNull();
        await peer.SendFrameAsync(0, writer => PerformativeWriter.Write(writer, new Close(null)));
        (await peer.ExpectAsync(Descriptor.Close)).CloseError.ShouldBeNull();
        await peer.ExpectEndAsync();
        listener.Detached.ShouldHaveSingleItem().Error.ShouldBe(error);
        Listener.Take(listener.Ended).Error.ShouldBeNull();
        (await listener.ClosedWith.Task.WaitAsync(Listener.Patience, TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    [Fact]
    public async Task Azure_29_An_unknown_handle_ends_the_session_and_nothing_else()
    {
        var listener = new Listener();
        await using var peer = await RawPeer.OpenAsync(listener);
        await peer.TransferAsync(99, 0, [1]);
        (await peer.ExpectAsync(Descriptor.End)).EndError!.Condition.ShouldBe(AmqpCondition.UnattachedHandle);
        await peer.TransferAsync(99, 1, [1]); // ignored until the peer's end
        await peer.SendFrameAsync(7, writer => PerformativeWriter.Write(writer, new End(null)));
        await peer.SendFrameAsync(7, writer => PerformativeWriter.Write(writer, new Begin { IncomingWindow = 10, OutgoingWindow = 10 }));
        await peer.ExpectAsync(Descriptor.Begin);
    }

    [Fact]
    public async Task A_refused_link_is_answered_without_terminus_and_detached()
    {
        var listener = new Listener
        {
            AttachVerdict = request =>
            {
                request.Refuse(new AmqpError(AmqpCondition.UnauthorizedAccess, "no"));
                return true;
            },
        };
        await using var peer = await RawPeer.OpenAsync(listener);
        await peer.AttachAsync(Sending);
        (await peer.ExpectAsync(Descriptor.Attach)).Attach.Target.ShouldBeNull();
        var detach = (await peer.ExpectAsync(Descriptor.Detach)).Detach;
        (detach.Closed, detach.Error!.Condition).ShouldBe((true, AmqpCondition.UnauthorizedAccess));
        await peer.AttachAsync(Receiving);
        var answer = (await peer.ExpectAsync(Descriptor.Attach)).Attach;
        answer.Source.ShouldBeNull();
        answer.InitialDeliveryCount.ShouldBe(0u);
        await peer.ExpectAsync(Descriptor.Detach);

        await using var pair = await Pair.OpenAsync(listener);
        var session = await pair.Client.BeginAsync(TestContext.Current.CancellationToken);
        (await Should.ThrowAsync<AmqpException>(() => session.AttachSenderAsync(Pair.To("/a")))).Error.Condition.ShouldBe(AmqpCondition.UnauthorizedAccess);
        (await Should.ThrowAsync<AmqpException>(() => session.AttachReceiverAsync(Pair.From("/a"), listener))).Error.Condition.ShouldBe(AmqpCondition.UnauthorizedAccess);
    }

    [Fact]
    public async Task A_link_may_be_accepted_later_and_what_came_meanwhile_counts()
    {
        AttachRequest? request = null;
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var listener = new Listener
        {
            AttachVerdict = wanted =>
            {
                request = wanted;
                asked.TrySetResult();
                return true;
            },
        };
        await using var peer = await RawPeer.OpenAsync(listener);
        await peer.AttachAsync(Receiving);
        await peer.FlowAsync(new Flow { NextIncomingId = 0, IncomingWindow = 10, OutgoingWindow = 10, Handle = 43, DeliveryCount = 0, LinkCredit = 3, Echo = false });
        await peer.FlowAsync(new Flow { NextIncomingId = 0, IncomingWindow = 10, OutgoingWindow = 10, Echo = true });
        await peer.ReadAsync(); // the echo: both flows have been seen
        await asked.Task.WaitAsync(Listener.Patience, TestContext.Current.CancellationToken);
        var sender = request!.AcceptSender(listener);
        sender.Credit.ShouldBe(3u);
        (await peer.ExpectAsync(Descriptor.Attach)).Attach.InitialDeliveryCount.ShouldBe(0u);
        sender.TrySend([1]).ShouldBe(SendResult.Sent);
        (await peer.ExpectAsync(Descriptor.Transfer)).Transfer.Payload.ShouldBe([1]);
    }

    [Fact]
    public async Task A_link_that_went_before_it_was_accepted_comes_detached()
    {
        AttachRequest? request = null;
        var listener = new Listener
        {
            AttachVerdict = wanted =>
            {
                request = wanted;
                return true;
            },
        };
        await using var peer = await RawPeer.OpenAsync(listener);
        await peer.AttachAsync(Sending);
        await peer.SendFrameAsync(7, writer => PerformativeWriter.Write(writer, new Detach(42, true, null)));
        await peer.ExpectAsync(Descriptor.Attach);
        await peer.ExpectAsync(Descriptor.Detach);
        request!.AcceptReceiver(listener).IsAttached.ShouldBeFalse();
        SpinWait.SpinUntil(() => !listener.Detached.IsEmpty, Listener.Patience).ShouldBeTrue();
    }

    [Fact]
    public async Task Giving_up_an_attach_or_a_send_leaves_nothing_behind()
    {
        var listener = new Listener { AttachVerdict = request => request.Attach.Name == "never", Reply = new AttachReply { CreditWindow = 0 } };
        await using var pair = await Pair.OpenAsync(listener);
        var session = await pair.Client.BeginAsync(TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        var attaching = session.AttachSenderAsync(Pair.To("/a", name: "never"), cancellationToken: stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => attaching);

        var sender = await session.AttachSenderAsync(Pair.To("/a"), cancellationToken: TestContext.Current.CancellationToken);
        using var enough = new CancellationTokenSource();
        var given = sender.SendAsync(new byte[] { 1 }, cancellationToken: enough.Token);
        var kept = sender.SendAsync(new byte[] { 2 }, cancellationToken: TestContext.Current.CancellationToken);
        await enough.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await given);
        Listener.Take(listener.Receivers).AddCredit(5);
        (await kept).Kind.ShouldBe(DeliveryStateKind.Accepted);
        listener.Payloads.ShouldHaveSingleItem().ShouldBe([2]);
    }

    [Fact]
    public async Task What_waits_fails_when_link_session_or_connection_go()
    {
        var listener = new Listener { Reply = new AttachReply { CreditWindow = 0 } };
        await using var pair = await Pair.OpenAsync(listener);
        var session = await pair.Client.BeginAsync(TestContext.Current.CancellationToken);
        var first = await session.AttachSenderAsync(Pair.To("/a"), cancellationToken: TestContext.Current.CancellationToken);
        var second = await session.AttachSenderAsync(Pair.To("/b"), cancellationToken: TestContext.Current.CancellationToken);
        var third = await (await pair.Client.BeginAsync(TestContext.Current.CancellationToken)).AttachSenderAsync(Pair.To("/c"), cancellationToken: TestContext.Current.CancellationToken);
        var sends = new[] { first, second, third }.Select(sender => sender.SendAsync(new byte[1]).AsTask()).ToArray();
        Listener.Take(listener.Receivers).Detach(new AmqpError(AmqpCondition.Stolen));
        (await Should.ThrowAsync<AmqpException>(() => sends[0])).Error.Condition.ShouldBe(AmqpCondition.Stolen);
        await session.EndAsync();
        await Should.ThrowAsync<AmqpException>(() => sends[1]);
        pair.Server.Abort(new AmqpError(AmqpCondition.ConnectionForced));
        await Should.ThrowAsync<AmqpException>(() => sends[2]);
        await Should.ThrowAsync<AmqpException>(async () => await third.SendAsync(new byte[1]));
        await pair.Client.Closed;
        await Should.ThrowAsync<AmqpException>(() => pair.Client.BeginAsync());
    }
}
