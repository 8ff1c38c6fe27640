using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Interop.Amqp;

/// <summary>A million messages over TCP, both roles in this process.</summary>
[Collection(nameof(Alone))]
public sealed class SoakTests
{
    private const int Messages = 1_000_000;
    private const int WarmUp = 100_000;
    private const int InFlight = 500;
    private const long MostGrowth = 8 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Azure_33_A_million_messages_on_one_link_leave_memory_flat()
    {
        var counting = new Counting();
        await using var listener = new EngineListener(counting);
        await using var connection = await EngineInteropTests.ConnectAsync(listener.Port, null);
        var session = await connection.BeginAsync(TestContext.Current.CancellationToken);
        var sender = await session.AttachSenderAsync(new LinkSettings { Name = "soak", Target = new Target { Address = "/soak" } }, cancellationToken: TestContext.Current.CancellationToken);
        byte[] payload = new AmqpMessage { Data = [new byte[100]] }.Encode();
        await SendAsync(sender, payload, WarmUp).WaitAsync(Patience, TestContext.Current.CancellationToken);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await SendAsync(sender, payload, Messages - WarmUp).WaitAsync(Patience, TestContext.Current.CancellationToken);
        long growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        counting.Received.ShouldBe(Messages);
        growth.ShouldBeLessThan(MostGrowth);
        sender.Unsettled.ShouldBe(0);
    }

    private static async Task SendAsync(AmqpSender sender, ReadOnlyMemory<byte> payload, int count)
    {
        var window = new Queue<Task<DeliveryState>>(InFlight);
        for (int i = 0; i < count; i++)
        {
            if (window.Count == InFlight) (await window.Dequeue()).Kind.ShouldBe(DeliveryStateKind.Accepted);
            window.Enqueue(sender.SendAsync(payload).AsTask());
        }

        while (window.TryDequeue(out var last)) (await last).Kind.ShouldBe(DeliveryStateKind.Accepted);
    }

    private sealed class Counting : IAmqpHandler, IReceiverHandler
    {
        private static readonly AttachReply Reply = new() { CreditWindow = 1000 };

        public int Received { get; private set; }

        public ValueTask<SaslOutcome> OnSaslAsync(AmqpConnection connection, SaslRequest request, CancellationToken cancellationToken) => new(SaslOutcome.Ok);

        public ValueTask<AmqpError?> OnOpenAsync(AmqpConnection connection, Open open, CancellationToken cancellationToken) => default;

        public void OnAttach(AttachRequest request) => request.AcceptReceiver(this, Reply);

        public void OnDelivery(AmqpReceiver receiver, in IncomingDelivery delivery)
        {
            Received++;
            receiver.Settle(delivery.DeliveryId, DeliveryState.Accepted);
        }
    }
}
