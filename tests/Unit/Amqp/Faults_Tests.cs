using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Amqp;

/// <summary>What a peer does wrong ends the link, the session or the connection, whichever is the smallest that can (spec 7.4 rule 13).</summary>
public sealed class Faults_Tests
{
    private static readonly Attach Sending = new() { Name = "s", Handle = 0, Target = new Target { Address = "/a" }, InitialDeliveryCount = 0 };

    [Fact]
    public async Task More_deliveries_than_credit_detach_the_link()
    {
        await using var peer = await AttachedAsync(new Listener { Verdict = _ => null, Reply = new AttachReply { CreditWindow = 2 } });
        for (uint i = 0; i < 3; i++) await peer.TransferAsync(0, i, [1]);
        (await peer.ExpectAsync(Descriptor.Detach)).Detach.Error!.Condition.ShouldBe(AmqpCondition.TransferLimitExceeded);
    }

    [Fact]
    public async Task Deliveries_that_cross_with_credit_taken_back_are_taken_and_no_more_than_those()
    {
        var listener = new Listener { Reply = new AttachReply { CreditWindow = 0 }, Verdict = _ => null };
        await using var peer = await AttachedAsync(listener);
        var receiver = listener.Receivers.Take(TestContext.Current.CancellationToken);
        receiver.SetCredit(2);
        (await peer.ExpectAsync(Descriptor.Flow)).Flow.LinkCredit.ShouldBe(2u);
        receiver.SetCredit(0);
        (await peer.ExpectAsync(Descriptor.Flow)).Flow.LinkCredit.ShouldBe(0u);
        for (uint i = 0; i < 3; i++) await peer.TransferAsync(0, i, [(byte)i]);
        (await peer.ExpectAsync(Descriptor.Detach)).Detach.Error!.Condition.ShouldBe(AmqpCondition.TransferLimitExceeded);
        listener.Payloads.Select(static payload => payload[0]).ShouldBe([0, 1]);
    }

    [Fact]
    public async Task A_message_that_is_too_large_detaches_the_link_and_frees_its_bytes()
    {
        await using var peer = await AttachedAsync(new Listener { Reply = new AttachReply { CreditWindow = 9, MaxMessageSize = 2500 } });
        for (int i = 0; i < 3; i++) await peer.TransferAsync(0, i == 0 ? 0u : null, new byte[1000], more: true);
        (await peer.ExpectAsync(Descriptor.Detach)).Detach.Error!.Condition.ShouldBe(AmqpCondition.MessageSizeExceeded);
        peer.Server.AssemblyBytes.ShouldBe(0);
    }

    [Fact]
    public async Task Unfinished_deliveries_are_bounded_over_all_links()
    {
        await using var peer = await AttachedAsync(new Listener(), Pair.ServerOptions with { MaxAssemblyBytes = 1500 });
        await peer.AttachAsync(Sending with { Name = "t", Handle = 1 });
        await peer.ExpectAsync(Descriptor.Attach);
        await peer.TransferAsync(0, 0, new byte[1000], more: true);
        await peer.TransferAsync(1, 1, new byte[1000], more: true);
        (await peer.ExpectAsync(Descriptor.Detach)).Detach.Error!.Condition.ShouldBe(AmqpCondition.ResourceLimitExceeded);
        await peer.TransferAsync(0, null, new byte[400]);
        await peer.ExpectAsync(Descriptor.Disposition);
    }

    [Fact]
    public async Task More_unsettled_deliveries_than_kept_detach_the_link()
    {
        await using var peer = await AttachedAsync(new Listener { Verdict = _ => null }, Pair.ServerOptions with { MaxUnsettled = 2 });
        for (uint i = 0; i < 3; i++) await peer.TransferAsync(0, i, [1]);
        (await peer.ExpectAsync(Descriptor.Detach)).Detach.Error!.Condition.ShouldBe(AmqpCondition.ResourceLimitExceeded);
    }

    [Fact]
    public async Task More_transfers_than_the_window_end_the_session()
    {
        await using var peer = await AttachedAsync(new Listener(), Pair.ServerOptions with { SessionWindow = 4 });
        await peer.SendAsync(writer =>
        {
            for (uint i = 0; i < 5; i++)
            {
                uint id = i;
                RawPeer.Frame(writer, 7, () => PerformativeWriter.Write(writer, new Transfer { Handle = 0, DeliveryId = id, DeliveryTag = [1], MessageFormat = 0, Settled = true }));
            }
        });
        (await peer.ExpectAsync(Descriptor.End)).EndError!.Condition.ShouldBe(AmqpCondition.WindowViolation);
    }

    [Fact]
    public async Task A_delivery_id_that_is_unsettled_or_missing_ends_the_session()
    {
        await using (var peer = await AttachedAsync(new Listener { Verdict = _ => null }))
        {
            await peer.TransferAsync(0, 5, [1]);
            await peer.TransferAsync(0, 5, [1]);
            (await peer.ExpectAsync(Descriptor.End)).EndError!.Condition.ShouldBe(AmqpCondition.InvalidField);
        }

        await using (var peer = await AttachedAsync(new Listener()))
        {
            await peer.TransferAsync(0, null, [1]);
            (await peer.ExpectAsync(Descriptor.End)).EndError!.Condition.ShouldBe(AmqpCondition.InvalidField);
        }

        await using (var peer = await AttachedAsync(new Listener()))
        {
            await peer.TransferAsync(0, 5, [1], more: true);
            await peer.TransferAsync(0, 6, [1]);
            (await peer.ExpectAsync(Descriptor.End)).EndError!.Condition.ShouldBe(AmqpCondition.InvalidField);
        }
    }

    [Fact]
    public async Task A_handle_in_use_and_too_many_links_end_the_session()
    {
        await using (var peer = await AttachedAsync(new Listener()))
        {
            await peer.AttachAsync(Sending with { Name = "t" });
            (await peer.ExpectAsync(Descriptor.End)).EndError!.Condition.ShouldBe(AmqpCondition.HandleInUse);
        }

        await using (var peer = await AttachedAsync(new Listener(), Pair.ServerOptions with { MaxLinks = 1 }))
        {
            await peer.AttachAsync(Sending with { Name = "t", Handle = 1 });
            (await peer.ExpectAsync(Descriptor.End)).EndError!.Condition.ShouldBe(AmqpCondition.ResourceLimitExceeded);
        }
    }

    [Fact]
    public async Task Attaches_that_are_too_large_together_end_the_session_and_give_their_room_back()
    {
        await using var peer = await AttachedAsync(new Listener(), Pair.ServerOptions with { MaxAttachBytes = 1500 });
        await peer.AttachAsync(Sending with { Name = new string('n', 2000), Handle = 1 });
        (await peer.ExpectAsync(Descriptor.End)).EndError!.Condition.ShouldBe(AmqpCondition.ResourceLimitExceeded);
        peer.Server.AttachBytes.ShouldBe(0);
    }

    [Fact]
    public async Task Too_many_sessions_end_the_last_one()
    {
        await using var peer = await AttachedAsync(new Listener(), Pair.ServerOptions with { MaxSessions = 1 });
        await peer.SendFrameAsync(8, writer => PerformativeWriter.Write(writer, new Begin { IncomingWindow = 10, OutgoingWindow = 10 }));
        await peer.ExpectAsync(Descriptor.Begin);
        (await peer.ExpectAsync(Descriptor.End)).EndError!.Condition.ShouldBe(AmqpCondition.ResourceLimitExceeded);
        await peer.TransferAsync(0, 0, [1]);
        await peer.ExpectAsync(Descriptor.Disposition);
    }

    [Fact]
    public async Task Azure_17_What_cannot_be_read_closes_the_connection()
    {
        await ExpectCloseAsync(AmqpCondition.FramingError, writer => writer.WriteRaw([0, 0, 0, 4, 2, 0, 0, 0]));
        await ExpectCloseAsync(AmqpCondition.FramingError, writer => writer.WriteRaw([0x7f, 0, 0, 0, 2, 0, 0, 0]));
        await ExpectCloseAsync(AmqpCondition.FramingError, writer => writer.WriteRaw([0, 0, 0, 8, 1, 0, 0, 0]));
        await ExpectCloseAsync(AmqpCondition.FramingError, writer => writer.WriteRaw([0, 0, 0, 8, 2, 1, 0, 0]));
        await ExpectCloseAsync(AmqpCondition.DecodeError, writer => writer.WriteRaw([0, 0, 0, 12, 2, 0, 0, 7, 0, 0x53, 0x12, 0x45]));
        await ExpectCloseAsync(AmqpCondition.DecodeError, writer => writer.WriteRaw([0, 0, 0, 9, 2, 0, 0, 7, 0xff]));
        await ExpectCloseAsync(AmqpCondition.NotImplemented, writer => writer.WriteRaw([0, 0, 0, 12, 2, 0, 0, 7, 0, 0x53, 0x99, 0x45]));
        await ExpectCloseAsync(AmqpCondition.NotAllowed, writer => RawPeer.Frame(writer, 99, () => PerformativeWriter.Write(writer, new Flow())));
        await ExpectCloseAsync(AmqpCondition.NotAllowed, writer => RawPeer.Frame(writer, 7, () => PerformativeWriter.Write(writer, new Begin())));
        await ExpectCloseAsync(AmqpCondition.FramingError, writer => RawPeer.Frame(writer, 9000, () => PerformativeWriter.Write(writer, new Begin())));
        await ExpectCloseAsync(AmqpCondition.FramingError, writer => RawPeer.Frame(writer, 7, () => PerformativeWriter.Write(writer, Sending with { Handle = 70_000 })));
        await ExpectCloseAsync(AmqpCondition.IllegalState, writer => RawPeer.Frame(writer, 0, () => PerformativeWriter.Write(writer, new Open { ContainerId = "again" })));
    }

    [Fact]
    public async Task A_handler_that_throws_closes_the_connection()
    {
        await using var peer = await AttachedAsync(new Listener { Verdict = _ => throw new FormatException("a bug") });
        await peer.TransferAsync(0, 0, [1]);
        (await peer.ExpectAsync(Descriptor.Close)).CloseError!.Condition.ShouldBe(AmqpCondition.InternalError);
        await peer.SendFrameAsync(0, writer => PerformativeWriter.Write(writer, new Close(null)));
        await peer.ExpectEndAsync();
        peer.Server.Fault.ShouldBeOfType<FormatException>();
    }

    private static async Task ExpectCloseAsync(string condition, Action<AmqpWriter> write)
    {
        await using var peer = await RawPeer.OpenAsync(new Listener());
        await peer.SendAsync(write);
        (await peer.ExpectAsync(Descriptor.Close)).CloseError!.Condition.ShouldBe(condition);
    }

    private static async Task<RawPeer> AttachedAsync(Listener listener, AmqpOptions? options = null)
    {
        var peer = await RawPeer.OpenAsync(listener, options);
        await peer.AttachAsync(Sending);
        await peer.ExpectAsync(Descriptor.Attach);
        return peer;
    }
}
