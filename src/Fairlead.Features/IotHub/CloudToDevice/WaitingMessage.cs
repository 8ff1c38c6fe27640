using Fairlead.Broker.Extensions;
using Fairlead.Features.IotHub.Messages;

namespace Fairlead.Features.IotHub.CloudToDevice;

/// <summary>A message in a device's queue: visible (Enqueued) or locked (Invisible). Guarded by the lock of its queue.</summary>
/// <param name="sequence">Sequence number.</param>
/// <param name="message">The message.</param>
/// <param name="enqueuedAt">Milliseconds since the Unix epoch.</param>
/// <param name="expiresAt">The same.</param>
internal sealed class WaitingMessage(long sequence, IotMessage message, long enqueuedAt, long expiresAt)
{
    /// <summary>Sequence number.</summary>
    public long Sequence { get; } = sequence;

    /// <summary>The message.</summary>
    public IotMessage Message { get; } = message;

    /// <summary>When the hub took it.</summary>
    public long EnqueuedAt { get; } = enqueuedAt;

    /// <summary>When it expires.</summary>
    public long ExpiresAt { get; } = expiresAt;

    /// <summary>Deliveries that were abandoned.</summary>
    public int Deliveries { get; set; }

    /// <summary>Names the lock; empty while it is visible.</summary>
    public Guid LockToken { get; set; }

    /// <summary>When the lock ends; <see cref="long.MaxValue"/> when only its holder ends it.</summary>
    public long LockedUntil { get; set; }

    /// <summary>Whose lock it is; null for a lock without a receiver.</summary>
    public CloudToDeviceReceiver? Holder { get; set; }

    /// <summary>
    /// Whether it is a direct message: in memory alone, gone with the connection that it was meant for (spec/aws-messaging 3.7).
    /// </summary>
    public bool IsDirect { get; init; }

    /// <summary>Hears what becomes of a direct message; null when nobody waits.</summary>
    public Action<DirectResult>? OnEnded { get; init; }

    /// <summary>Whether somebody has locked it.</summary>
    public bool IsLocked => LockToken != Guid.Empty;

    /// <summary>The next point in time at which something happens to it by itself.</summary>
    public long DueAt => IsLocked ? LockedUntil : ExpiresAt;

    /// <summary>Makes it visible again.</summary>
    public void Unlock()
    {
        LockToken = Guid.Empty;
        LockedUntil = 0;
        Holder = null;
    }
}
