using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Interop.Amqp;

/// <summary>A host for the engine: queues by address, made when first used. What is released comes again.</summary>
internal sealed class QueueHandler(AttachReply? reply = null) : IAmqpHandler, IReceiverHandler, ISenderHandler
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly AttachReply _reply = reply ?? new AttachReply { CreditWindow = 50 };

    /// <summary>Judges SASL; lets in by default all but a wrong password.</summary>
    public Func<SaslRequest, SaslOutcome> Sasl { get; init; } = request =>
        request.Mechanism != SaslMechanism.Plain || (request.TryGetPlain(out string name, out string password) && (name, password) == ("user", "secret"))
            ? SaslOutcome.Ok
            : SaslOutcome.Auth;

    public ValueTask<SaslOutcome> OnSaslAsync(AmqpConnection connection, SaslRequest request, CancellationToken cancellationToken) => new(Sasl(request));

    public ValueTask<AmqpError?> OnOpenAsync(AmqpConnection connection, Open open, CancellationToken cancellationToken) => default;

    public void OnAttach(AttachRequest request)
    {
        string address = (request.Attach.IsReceiver ? request.Attach.Source?.Address : request.Attach.Target?.Address)?.AsText() ?? "";
        if (address == "/refused")
        {
            request.Refuse(new AmqpError(AmqpCondition.NotFound, "no such node"));
            return;
        }

        var node = Find(address);
        if (request.Attach.IsReceiver)
        {
            var sender = request.AcceptSender(this, _reply);
            sender.State = node;
            lock (_gate) node.Senders.Add(sender);
            Pump(node);
        }
        else
        {
            request.AcceptReceiver(this, _reply).State = node;
        }
    }

    public void OnDelivery(AmqpReceiver receiver, in IncomingDelivery delivery)
    {
        // The link's state may be set only after the first delivery is here: find the node by the address.
        var node = Find(receiver.Remote!.Target!.Address.AsText()!);
        lock (_gate) node.Items.AddLast((delivery.Payload.ToArray(), delivery.MessageFormat));
        if (!delivery.Settled) receiver.Settle(delivery.DeliveryId, DeliveryState.Accepted);
        Pump(node);
    }

    public void OnCredit(AmqpSender sender) => Pump(Find(sender.Remote!.Source!.Address.AsText()!));

    public void OnOutcome(AmqpSender sender, in OutgoingOutcome outcome)
    {
        if (!outcome.Settled) sender.Settle(outcome.DeliveryId, outcome.State);
        if (outcome.State.Kind is not (DeliveryStateKind.Released or DeliveryStateKind.Modified)) return;
        var node = Find(sender.Remote!.Source!.Address.AsText()!);
        lock (_gate) node.Items.AddFirst(((byte[] Payload, uint Format))outcome.Token!);
        Pump(node);
    }

    public void OnDetached(AmqpSender sender, AmqpError? error)
    {
        var node = Find(sender.Remote!.Source!.Address.AsText()!);
        lock (_gate) node.Senders.Remove(sender);
    }

    private Node Find(string address)
    {
        lock (_gate)
        {
            if (!_nodes.TryGetValue(address, out var node)) _nodes[address] = node = new Node();
            return node;
        }
    }

    private void Pump(Node node)
    {
        lock (_gate)
        {
            foreach (var sender in node.Senders)
            {
                while (node.Items.First is { } first && sender.TrySend(first.Value.Payload, token: first.Value, messageFormat: first.Value.Format) == SendResult.Sent)
                    node.Items.RemoveFirst();
            }
        }
    }

    private sealed class Node
    {
        public LinkedList<(byte[] Payload, uint Format)> Items { get; } = [];

        public List<AmqpSender> Senders { get; } = [];
    }
}
