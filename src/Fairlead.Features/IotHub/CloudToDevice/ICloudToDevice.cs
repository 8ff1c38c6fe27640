using System.Diagnostics.CodeAnalysis;
using Fairlead.Features.IotHub.Messages;

namespace Fairlead.Features.IotHub.CloudToDevice;

/// <summary>
/// Cloud-to-device messages (spec/azure-gateway 2.6 and 4.5): a durable queue for each device or module, from which messages are locked, then
/// completed, rejected or abandoned. Endpoints of every dialect are its clients.
/// </summary>
internal interface ICloudToDevice
{
    /// <summary>What became of messages whose senders asked.</summary>
    IFeedbackQueue Feedback { get; }

    /// <summary>Queues a message.</summary>
    /// <returns>Null once it is durable; otherwise why it was not taken: unknown device, queue full, too large, no store.</returns>
    ValueTask<IotHubError?> EnqueueAsync(IdentityName to, IotMessage message);

    /// <summary>
    /// A device starts to receive. One receiver for each identity: an older one is told and lets go of its locks. The consumer is told of
    /// messages that come later; what is there already is for it to take.
    /// </summary>
    CloudToDeviceReceiver Attach(IdentityName identity, ICloudToDeviceConsumer consumer);

    /// <summary>Locks the first message that is visible, without a receiver (HTTP polls).</summary>
    bool TryLock(IdentityName identity, [NotNullWhen(true)] out LockedMessage? message);

    /// <summary>Ends or gives back a locked message, and does not wait for the store.</summary>
    /// <returns>Null, or that there is no such lock (any more).</returns>
    IotHubError? Settle(IdentityName identity, Guid lockToken, Settlement settlement);

    /// <summary>The same; null once that is durable.</summary>
    ValueTask<IotHubError?> SettleAsync(IdentityName identity, Guid lockToken, Settlement settlement);

    /// <summary>Removes every message of an identity, locked or not; comes back when that is durable.</summary>
    /// <returns>How many.</returns>
    ValueTask<int> PurgeAsync(IdentityName identity);

    /// <summary>Messages that wait or are locked.</summary>
    int Count(IdentityName identity);

    /// <summary>Whether somebody receives for it now.</summary>
    bool IsReceiving(IdentityName identity);
}

/// <summary>Who receives for a device. Called on threads of others and under no lock: must not block.</summary>
internal interface ICloudToDeviceConsumer
{
    /// <summary>A message may have become visible: take what there is.</summary>
    void OnAvailable();

    /// <summary>Another receiver has taken over (<c>amqp:link:stolen</c>): this one gets no more.</summary>
    void OnReplaced();
}

/// <summary>What a device does with a locked message.</summary>
internal enum Settlement : byte
{
    /// <summary>It has been dealt with: removed, feedback Success.</summary>
    Complete,

    /// <summary>It is refused: dead letter, feedback Rejected.</summary>
    Reject,

    /// <summary>Not now: visible again, one delivery more.</summary>
    Abandon,

    /// <summary>The lock is given back as if the link had been lost: visible again, deliveries unchanged.</summary>
    Release,
}

/// <summary>A message that one receiver alone sees until its lock ends.</summary>
/// <param name="LockToken">Names the lock; 16 bytes of an AMQP delivery-tag.</param>
/// <param name="SequenceNumber">Rises with each message of the hub.</param>
/// <param name="EnqueuedAt">When the hub took it, milliseconds since the Unix epoch.</param>
/// <param name="ExpiresAt">When it expires, milliseconds since the Unix epoch.</param>
/// <param name="DeliveryCount">Deliveries before this one that were abandoned; 0 at first.</param>
/// <param name="Message">The message; its address and its expiry are filled in.</param>
internal sealed record LockedMessage(Guid LockToken, long SequenceNumber, long EnqueuedAt, long ExpiresAt, int DeliveryCount, IotMessage Message);
