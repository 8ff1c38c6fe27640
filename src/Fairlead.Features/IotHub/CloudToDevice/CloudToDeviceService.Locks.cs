using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.IotHub.CloudToDevice;

/// <content>From a lock to the end of a message (spec/azure-gateway 2.6): Enqueued, Invisible, Completed or dead-lettered.</content>
internal sealed partial class CloudToDeviceService
{
    internal bool TryLock(IdentityName identity, CloudToDeviceReceiver? receiver, [NotNullWhen(true)] out LockedMessage? message)
    {
        message = null;
        if (!_queues.ContainsKey(identity)) return false;
        var queue = Enter(identity);
        try
        {
            var now = _context.Now;
            if (receiver is not null && !ReferenceEquals(queue.Receiver, receiver)) return false;
            if (queue.FirstVisible(now) is not { } first) return false;
            first.LockToken = Guid.NewGuid();
            first.LockedUntil = receiver is { HoldsLocks: true } ? long.MaxValue : now + (long)_options.MessageLock.TotalMilliseconds;
            first.Holder = receiver;
            Counters.CountDelivery();
            message = new LockedMessage(first.LockToken, first.Sequence, first.EnqueuedAt, first.ExpiresAt, first.Deliveries, first.Message);
            return true;
        }
        finally
        {
            Leave(queue);
        }
    }

    internal void Detach(CloudToDeviceReceiver receiver)
    {
        if (!_queues.ContainsKey(receiver.Identity)) return;
        CloudToDeviceReceiver? heir = null;
        var queue = Enter(receiver.Identity);
        try
        {
            if (ReferenceEquals(queue.Receiver, receiver)) queue.Receiver = null;
            for (var i = queue.Messages.Count - 1; i >= 0; i--)
            {
                var message = queue.Messages[i];
                var isIts = ReferenceEquals(message.Holder, receiver);
                if (isIts) message.Unlock();
                // A direct message was for whoever was connected when it was sent.
                if (message.IsDirect && (isIts || queue.Receiver is null)) End(queue, message, FeedbackStatus.Expired, DirectResult.Disconnected, null);
                else if (isIts) heir = queue.Receiver;
            }
        }
        finally
        {
            Leave(queue);
        }

        heir?.Consumer.OnAvailable();
    }

    private IotHubError? Settle(IdentityName identity, Guid lockToken, Settlement settlement, CommitReceipt? receipt)
    {
        if (!_queues.ContainsKey(identity)) return LockLost();
        CloudToDeviceReceiver? receiver = null;
        var queue = Enter(identity);
        try
        {
            if (queue.Find(lockToken, _context.Now) is not { } message) return LockLost();
            switch (settlement)
            {
                case Settlement.Complete:
                    End(queue, message, FeedbackStatus.Success, DirectResult.Acknowledged, receipt);
                    break;
                case Settlement.Reject:
                    // A refusal is an answer as well (spec/aws-messaging 3.7: a negative PUBACK confirms).
                    End(queue, message, FeedbackStatus.Rejected, DirectResult.Acknowledged, receipt);
                    break;
                default:
                    // Who gives back what it holds knows that it is there: telling it would make it take it again at once.
                    receiver = settlement == Settlement.Release && ReferenceEquals(message.Holder, queue.Receiver) ? null : queue.Receiver;
                    GiveBack(queue, message, settlement, receipt);
                    break;
            }
        }
        finally
        {
            Leave(queue);
        }

        receiver?.Consumer.OnAvailable();
        return null;
    }

    private static IotHubError LockLost() => IotHubError.MessageLockLost("the lock of this message has ended, or never was");

    private void GiveBack(DeviceQueue queue, WaitingMessage message, Settlement settlement, CommitReceipt? receipt)
    {
        message.Unlock();
        if (settlement != Settlement.Abandon) return;
        message.Deliveries++;
        if (message.Deliveries >= _options.MaximumDeliveries)
            End(queue, message, FeedbackStatus.DeliveryCountExceeded, DirectResult.Disconnected, receipt);
        else if (!message.IsDirect)
            _table.Save(queue.Identity, message, receipt);
    }

    /// <summary>Takes a message out for good, with its feedback in the same transaction. Under the lock of its queue.</summary>
    private void End(DeviceQueue queue, WaitingMessage message, FeedbackStatus status, DirectResult direct, CommitReceipt? receipt)
    {
        queue.Messages.Remove(message);
        Counters.AddWaiting(-1);
        if (message.IsDirect)
        {
            message.OnEnded?.Invoke(direct);
            return;
        }

        Counters.CountEnd(status);
        if (status != FeedbackStatus.Success) LogEnded(message.Message.MessageId ?? "", queue.Identity.Key, status, message.Deliveries);
        var removal = _table.Removal(message, receipt);
        if (!Wants(message.Message.Ack, status))
        {
            _context.Documents.AppendAlone(removal);
            return;
        }

        _context.Documents.AppendAlone([removal, _feedback.Add(FeedbackOf(queue.Identity, message, status))]);
    }

    [LoggerMessage(EventId = 7651, Level = LogLevel.Information, Message = "The message {MessageId} to {Identity} ended unread: {Status} after {Deliveries} deliveries", EventName = "iothub_message_ended")]
    private partial void LogEnded(string messageId, string identity, FeedbackStatus status, int deliveries);

    private static bool Wants(Messages.AckRequest ack, FeedbackStatus status) => ack switch
    {
        Messages.AckRequest.Full => true,
        Messages.AckRequest.Positive => status == FeedbackStatus.Success,
        Messages.AckRequest.Negative => status != FeedbackStatus.Success,
        _ => false,
    };

    private FeedbackRecord FeedbackOf(IdentityName identity, WaitingMessage message, FeedbackStatus status) => new(
        message.Message.MessageId ?? "",
        _context.Time.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        status.ToString(),
        Describe(status),
        identity.ModuleId is { } module ? $"{identity.DeviceId}/modules/{module}" : identity.DeviceId,
        _generationOf(identity) ?? "");

    private static string Describe(FeedbackStatus status) => status switch
    {
        FeedbackStatus.Success => "Success",
        FeedbackStatus.Expired => "Message expired",
        FeedbackStatus.DeliveryCountExceeded => "Message was abandoned too often",
        FeedbackStatus.Rejected => "Message rejected by the device",
        _ => "Message purged",
    };

    /// <summary>Locks and lives have ended: called by the schedule.</summary>
    private void Sweep(DeviceQueue found)
    {
        CloudToDeviceReceiver? receiver = null;
        if (!_queues.ContainsKey(found.Identity)) return;
        var queue = Enter(found.Identity);
        try
        {
            var now = _context.Now;
            for (var i = queue.Messages.Count - 1; i >= 0; i--)
            {
                var message = queue.Messages[i];
                if (message.IsLocked && message.LockedUntil <= now)
                {
                    // The number of deliveries stays as it is (spec/azure-gateway 2.6).
                    message.Unlock();
                    receiver = queue.Receiver;
                }

                if (!message.IsLocked && message.ExpiresAt <= now) End(queue, message, FeedbackStatus.Expired, DirectResult.Disconnected, null);
            }
        }
        finally
        {
            Leave(queue);
        }

        receiver?.Consumer.OnAvailable();
    }

    /// <summary>A message that could not be kept: its sender was told so, and it is gone unless a device has it already.</summary>
    private void TakeBack(IdentityName identity, WaitingMessage message)
    {
        if (!_queues.ContainsKey(identity)) return;
        var queue = Enter(identity);
        try
        {
            if (!queue.Messages.Remove(message)) return;
            Counters.AddWaiting(-1);
            _context.Documents.AppendAlone(_table.Removal(message, null));
        }
        finally
        {
            Leave(queue);
        }
    }
}
