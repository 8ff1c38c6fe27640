using System.IO.Pipelines;
using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Amqp;

/// <summary>The engine on the thread of the test: pipes whose readers go on inside the writer's flush.</summary>
public sealed class Allocation_Tests
{
    private const int Rounds = 2000;

    private static readonly PipeOptions Inline = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false);

    [Fact]
    public async Task A_delivery_received_and_settled_allocates_nothing()
    {
        var (up, down, handler) = await OpenAsync(isReceiver: false);
        byte[] frame = Encode(writer =>
        {
            PerformativeWriter.Write(writer, new Transfer { Handle = 0, DeliveryId = 0, DeliveryTag = [1, 2, 3, 4], MessageFormat = 0, Settled = false });
            writer.WriteRaw(new byte[200]);
        });
        int place = frame.AsSpan().IndexOf((byte[])[0x43, 0xa0, 4]); // the delivery-id before the tag
        place.ShouldBeGreaterThan(0);
        frame = [.. frame[..place], 0x70, 0, 0, 0, 0, .. frame[(place + 1)..]];
        frame[3] += 4;
        frame[place - 3] += 4; // size of the list: c0 size count handle
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Rounds; i++)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(place + 1), handler.Received);
                Write(up, frame);
                Discard(down);
            }

            if (round == 1) (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        }

        handler.Received.ShouldBe(2 * Rounds);
    }

    [Fact]
    public async Task A_delivery_sent_and_settled_allocates_nothing()
    {
        var (up, down, handler) = await OpenAsync(isReceiver: true);
        Write(up, Encode(writer => PerformativeWriter.Write(writer, new Flow { NextIncomingId = 0, IncomingWindow = 100_000, Handle = 0, DeliveryCount = 0, LinkCredit = 100_000 })));
        byte[] disposition = Encode(writer => PerformativeWriter.Write(writer, new Disposition { IsReceiver = true, First = 0x01020304, Last = 0x01020304, Settled = true, State = DeliveryState.Accepted }));
        int place = disposition.AsSpan().IndexOf((byte[])[1, 2, 3, 4]);
        byte[] payload = new byte[200];
        byte[] tag = new byte[16];
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Rounds; i++)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(disposition.AsSpan(place), (round * Rounds) + i);
                if (handler.Sender!.TrySend(payload, tag) != SendResult.Sent) throw new InvalidOperationException("no room");
                Discard(down);
                Write(up, disposition);
            }

            if (round == 1) (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        }

        handler.Outcomes.ShouldBe(2 * Rounds);
        handler.Sender!.Unsettled.ShouldBe(0);
    }

    private static async Task<(Pipe Up, Pipe Down, Counting Handler)> OpenAsync(bool isReceiver)
    {
        var up = new Pipe(Inline);
        var down = new Pipe(Inline);
        var handler = new Counting();
        var server = AmqpConnection.Accept(new DuplexPipe(up.Reader, down.Writer), Pair.ServerOptions, handler);
        _ = server.RunAsync();
        await up.Writer.WriteAsync(ProtocolHeader.Amqp.ToArray());
        await up.Writer.WriteAsync(Encode(writer => PerformativeWriter.Write(writer, new Open { ContainerId = "raw" })));
        await up.Writer.WriteAsync(Encode(writer => PerformativeWriter.Write(writer, new Begin { IncomingWindow = 100_000, OutgoingWindow = 100_000 })));
        await up.Writer.WriteAsync(Encode(writer => PerformativeWriter.Write(writer, isReceiver
            ? new Attach { Name = "r", IsReceiver = true, Source = new Source { Address = "/a" } }
            : new Attach { Name = "s", Target = new Target { Address = "/a" }, InitialDeliveryCount = 0 })));
        Discard(down);
        (handler.Sender is not null).ShouldBe(isReceiver);
        return (up, down, handler);
    }

    private static byte[] Encode(Action<AmqpWriter> body)
    {
        using var writer = new AmqpWriter();
        RawPeer.Frame(writer, 0, () => body(writer));
        return writer.Written.ToArray();
    }

    private static void Write(Pipe up, byte[] bytes)
    {
        bytes.CopyTo(up.Writer.GetSpan(bytes.Length));
        up.Writer.Advance(bytes.Length);
        NeedsNoWait(up.Writer.FlushAsync());
    }

    private static void NeedsNoWait(ValueTask<FlushResult> flush) => flush.IsCompletedSuccessfully.ShouldBeTrue();

    private static void Discard(Pipe down)
    {
        if (down.Reader.TryRead(out var result)) down.Reader.AdvanceTo(result.Buffer.End);
    }

    private sealed class Counting : IAmqpHandler, IReceiverHandler, ISenderHandler
    {
        private static readonly AttachReply Reply = new() { CreditWindow = 1000 };

        public int Received { get; private set; }

        public int Outcomes { get; private set; }

        public AmqpSender? Sender { get; private set; }

        public ValueTask<SaslOutcome> OnSaslAsync(AmqpConnection connection, SaslRequest request, CancellationToken cancellationToken) => new(SaslOutcome.Ok);

        public ValueTask<AmqpError?> OnOpenAsync(AmqpConnection connection, Open open, CancellationToken cancellationToken) => default;

        public void OnAttach(AttachRequest request)
        {
            if (request.Attach.IsReceiver) Sender = request.AcceptSender(this, Reply);
            else request.AcceptReceiver(this, Reply);
        }

        public void OnDelivery(AmqpReceiver receiver, in IncomingDelivery delivery)
        {
            Received++;
            receiver.Settle(delivery.DeliveryId, DeliveryState.Accepted);
        }

        public void OnOutcome(AmqpSender sender, in OutgoingOutcome outcome) => Outcomes++;
    }
}
