using System.Collections.Concurrent;
using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Unit.Amqp;

/// <summary>
/// A host that decides as the test says; by default it lets everybody in, settles what comes as accepted, and keeps it. Senders to the peer are kept too.
/// </summary>
internal sealed class Listener : IAmqpHandler, IReceiverHandler, ISenderHandler
{
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    public ConcurrentQueue<byte[]> Payloads { get; } = [];

    public ConcurrentQueue<(AmqpLink Link, AmqpError? Error)> Detached { get; } = [];

    public BlockingCollection<AmqpSender> Senders { get; } = [];

    public BlockingCollection<AmqpReceiver> Receivers { get; } = [];

    public BlockingCollection<OutgoingOutcome> Outcomes { get; } = [];

    public BlockingCollection<(uint Id, byte[] Tag, uint Format, bool Settled, byte[] Payload)> Deliveries { get; } = [];

    public BlockingCollection<(uint Id, DeliveryState State)> Settlements { get; } = [];

    public BlockingCollection<AmqpReceiver> Drained { get; } = [];

    public BlockingCollection<AmqpSender> Credits { get; } = [];

    public BlockingCollection<AmqpSession> Begun { get; } = [];

    public BlockingCollection<(AmqpSession Session, AmqpError? Error)> Ended { get; } = [];

    public TaskCompletionSource<AmqpError?> ClosedWith { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AttachReply Reply { get; init; } = new() { CreditWindow = 100 };

    public Func<SaslRequest, SaslOutcome> Sasl { get; init; } = _ => SaslOutcome.Ok;

    public Func<Open, AmqpError?> OpenVerdict { get; init; } = _ => null;

    /// <summary>What to do with a request; false leaves it to the default.</summary>
    public Func<AttachRequest, bool> AttachVerdict { get; init; } = _ => false;

    /// <summary>Outcome of what comes; null leaves it unsettled.</summary>
    public Func<AmqpReceiver, DeliveryState?> Verdict { get; set; } = _ => DeliveryState.Accepted;

    public Action<AmqpSender> OnCreditDo { get; set; } = _ => { };

    public ValueTask<SaslOutcome> OnSaslAsync(AmqpConnection connection, SaslRequest request, CancellationToken cancellationToken) => new(Sasl(request));

    public ValueTask<AmqpError?> OnOpenAsync(AmqpConnection connection, Open open, CancellationToken cancellationToken) => new(OpenVerdict(open));

    public void OnAttach(AttachRequest request)
    {
        if (AttachVerdict(request)) return;
        if (request.Attach.IsReceiver) Senders.Add(request.AcceptSender(this, Reply));
        else Receivers.Add(request.AcceptReceiver(this, Reply));
    }

    public void OnBegun(AmqpSession session) => Begun.Add(session);

    public void OnEnded(AmqpSession session, AmqpError? error) => Ended.Add((session, error));

    public void OnClosed(AmqpConnection connection, AmqpError? error) => ClosedWith.TrySetResult(error);

    public void OnDelivery(AmqpReceiver receiver, in IncomingDelivery delivery)
    {
        Payloads.Enqueue(delivery.Payload.ToArray());
        Deliveries.Add((delivery.DeliveryId, delivery.Tag.ToArray(), delivery.MessageFormat, delivery.Settled, delivery.Payload.ToArray()));
        if (Verdict(receiver) is { } outcome) receiver.Settle(delivery.DeliveryId, outcome);
    }

    public void OnSettled(AmqpReceiver receiver, uint deliveryId, in DeliveryState state) => Settlements.Add((deliveryId, state));

    public void OnDrained(AmqpReceiver receiver) => Drained.Add(receiver);

    public void OnDetached(AmqpReceiver receiver, AmqpError? error) => Detached.Enqueue((receiver, error));

    public void OnCredit(AmqpSender sender)
    {
        Credits.Add(sender);
        OnCreditDo(sender);
    }

    public void OnOutcome(AmqpSender sender, in OutgoingOutcome outcome) => Outcomes.Add(outcome);

    public void OnDetached(AmqpSender sender, AmqpError? error) => Detached.Enqueue((sender, error));

    public static T Take<T>(BlockingCollection<T> from) =>
        from.TryTake(out T? item, Patience) ? item : throw new TimeoutException($"no {typeof(T).Name} came");
}
