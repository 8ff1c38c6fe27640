namespace Fairlead.Edge.Spool;

/// <summary>Skeleton of the contract: what one link has still to send. One task takes; acknowledgments may come from any thread.</summary>
internal sealed class SpoolCursor
{
    /// <summary>Name of the link.</summary>
    public string Link => "";

    /// <summary>Messages that wait for this link, those under way included.</summary>
    public long Pending => 0;

    /// <summary>Messages taken and neither acknowledged nor refused.</summary>
    public int InFlight => 0;

    /// <summary>Takes the next message in order; after <see cref="Rewind"/> first those that were under way. Expired ones are passed over and counted.</summary>
    /// <returns>False when nothing is there now; see <see cref="WaitAsync"/>.</returns>
    public bool TryTake(out SpooledMessage message)
    {
        message = null!;
        return false;
    }

    /// <summary>Waits until <see cref="TryTake"/> may have something. May return early.</summary>
    public Task WaitAsync(CancellationToken cancellationToken = default) => Task.FromCanceled(cancellationToken);

    /// <summary>The remote side has it (PUBACK; for QoS 0: it was handed to the socket). The record is freed when each link has said so.</summary>
    public void Acknowledge(SpooledMessage message) => _ = message;

    /// <summary>It cannot be sent: moves to the dead-letter store.</summary>
    /// <param name="message">Taken before.</param>
    /// <param name="reason">Why.</param>
    /// <param name="detail">One line for people.</param>
    public void Refuse(SpooledMessage message, DeadLetterReason reason, string detail) => _ = (message, reason, detail);

    /// <summary>The connection is gone: what was under way will be taken again first, in its order, with <see cref="SpooledMessage.Attempts"/> above 1.</summary>
    /// <param name="lost">Whether the connection was lost, and not closed on purpose. After three losses in a row within 10 s of sending the same first
    /// unacknowledged message, that one is moved to the dead-letter store (spec 8.3).</param>
    /// <returns>The message moved to the dead-letter store, if one was.</returns>
    public SpooledMessage? Rewind(bool lost) => lost ? null : null;
}
