using System.Runtime.InteropServices;
using Fairlead.Amqp.Connections;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp.Links;

/// <summary>Deliveries of a session that were sent and are not settled. Under the gate.</summary>
internal sealed class OutgoingDeliveries(AmqpSession session, uint firstDeliveryId)
{
    private readonly Dictionary<uint, Entry> _unsettled = [];
    private uint _next = firstDeliveryId;

    /// <summary>Takes the next delivery-id; they rise by one in a session (spec 7.4 rule 3).</summary>
    public uint NextId() => unchecked(_next++);

    public void Add(uint deliveryId, AmqpSender sender, object? token, SendOperation? operation) =>
        _unsettled[deliveryId] = new Entry(sender, token, operation);

    /// <summary>The receiver tells states; ranges wider than what is unsettled cost no more than that.</summary>
    public void OnDisposition(in Disposition disposition)
    {
        uint count = unchecked(disposition.Last - disposition.First);
        if (count < (uint)_unsettled.Count)
        {
            for (uint i = 0; i <= count; i++) OnState(unchecked(disposition.First + i), disposition);
            return;
        }

        foreach (uint id in Within(disposition.First, count)) OnState(id, disposition);
    }

    /// <summary>Settles one that the host decides about.</summary>
    public bool TryRemove(uint deliveryId, AmqpSender sender)
    {
        if (!_unsettled.TryGetValue(deliveryId, out var entry) || !ReferenceEquals(entry.Sender, sender)) return false;
        _unsettled.Remove(deliveryId);
        return true;
    }

    /// <summary>The waiter of one gives up.</summary>
    public void Forget(uint deliveryId)
    {
        if (_unsettled.TryGetValue(deliveryId, out var entry)) _unsettled[deliveryId] = entry with { Operation = null };
    }

    /// <summary>A link is gone.</summary>
    public void RemoveAll(AmqpSender sender, AmqpError error)
    {
        foreach (uint id in _unsettled.Where(pair => ReferenceEquals(pair.Value.Sender, sender)).Select(pair => pair.Key).ToArray())
        {
            _unsettled.Remove(id, out var entry);
            entry.Operation?.Fail(new AmqpException(error));
        }
    }

    private uint[] Within(uint first, uint count) =>
        [.. _unsettled.Keys.Where(id => unchecked(id - first) <= count).OrderBy(id => unchecked(id - first))];

    private void OnState(uint deliveryId, in Disposition disposition)
    {
        if (!_unsettled.TryGetValue(deliveryId, out var entry)) return;
        if (disposition.State.Kind == DeliveryStateKind.Rejected && !entry.IsTold) entry.Sender.CountRejected();
        bool over = disposition.Settled || (entry.IsAwaited && disposition.State.IsOutcome);
        if (over)
        {
            _unsettled.Remove(deliveryId);
            entry.Sender.OnSettled();
        }

        if (!entry.IsAwaited)
        {
            // A state that is not settled is told once, so that a peer that repeats itself fills no queue.
            if (!over && (entry.IsTold || !disposition.State.IsOutcome)) return;
            if (!over) _unsettled[deliveryId] = entry with { IsTold = true };
            var outcome = new OutgoingOutcome { DeliveryId = deliveryId, Token = entry.Token, State = disposition.State, Settled = disposition.Settled };
            session.Connection.Notices.Add(new Notice(NoticeKind.Outcome, entry.Sender) { Outcome = outcome });
            return;
        }

        if (!over) return;
        // Receiver-settle-mode second: this side settles, with the same state (spec 7.4 rule 6).
        if (!disposition.Settled) session.SendDisposition(isReceiver: false, deliveryId, settled: true, disposition.State);
        entry.Operation?.Complete(disposition.State);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entry(AmqpSender Sender, object? Token, SendOperation? Operation)
    {
        /// <summary>Whether it was sent by SendAsync, were its waiter to have given up.</summary>
        public bool IsAwaited { get; } = Operation is not null;

        /// <summary>Whether the host has heard of an outcome that it has to settle.</summary>
        public bool IsTold { get; init; }
    }
}
