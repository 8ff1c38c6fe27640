using System.Diagnostics.CodeAnalysis;

namespace Fairlead.Features.IotHub.CloudToDevice;

/// <summary>
/// What became of cloud-to-device messages, for the service (spec/azure-gateway 4.5): records gathered into messages of up to 64, or of what
/// came in 15 s. Readers share it; each message is locked for one of them until it is settled.
/// </summary>
internal interface IFeedbackQueue
{
    /// <summary>Locks the first message that is visible.</summary>
    bool TryLock([NotNullWhen(true)] out FeedbackMessage? message);

    /// <summary>Ends or gives back a locked message; <see cref="Settlement.Reject"/> ends it too.</summary>
    /// <returns>Null, or that there is no such lock (any more).</returns>
    IotHubError? Settle(Guid lockToken, Settlement settlement);

    /// <summary>Tells of messages that become visible until it is disposed. Must not block.</summary>
    IDisposable Watch(Action onAvailable);
}

/// <summary>A message of feedback, content-type <see cref="ContentType"/>.</summary>
/// <param name="LockToken">Names the lock.</param>
/// <param name="EnqueuedAt">When it was put together, milliseconds since the Unix epoch.</param>
/// <param name="DeliveryCount">Deliveries before this one that were abandoned.</param>
/// <param name="SequenceNumber">Rises with each message.</param>
/// <param name="Body">JSON array of <see cref="FeedbackRecord"/>.</param>
internal sealed record FeedbackMessage(Guid LockToken, long EnqueuedAt, int DeliveryCount, long SequenceNumber, ReadOnlyMemory<byte> Body)
{
    /// <summary>Media type of the body.</summary>
    public const string ContentType = "application/vnd.microsoft.iothub.feedback.json";
}
