namespace Fairlead.Features.IotHub.CloudToDevice;

/// <summary>
/// What waits for one device or module, in the order of sequence numbers, and who receives. It exists only while there is one or the
/// other, so devices without messages cost nothing.
/// </summary>
/// <param name="identity">Whose queue.</param>
internal sealed class DeviceQueue(IdentityName identity)
{
    /// <summary>Whose queue.</summary>
    public IdentityName Identity { get; } = identity;

    /// <summary>Guards everything here; held for work in memory alone.</summary>
    public Lock Lock { get; } = new();

    /// <summary>Messages, the oldest first; never many (<see cref="IotHubOptions.QueueDepth"/>).</summary>
    public List<WaitingMessage> Messages { get; } = [];

    /// <summary>Who receives; null for nobody.</summary>
    public CloudToDeviceReceiver? Receiver { get; set; }

    /// <summary>Whether it was taken out of the table: whoever has found it before looks again.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>When the schedule looks at it next; the schedule's own.</summary>
    public long ScheduledAt { get; set; } = long.MaxValue;

    /// <summary>Tells queues of the schedule apart that are due at the same moment.</summary>
    public long Number { get; init; }

    /// <summary>Whether there is nothing to keep it for.</summary>
    public bool IsIdle => Messages.Count == 0 && Receiver is null;

    /// <summary>When something happens here by itself.</summary>
    public long DueAt
    {
        get
        {
            var due = long.MaxValue;
            foreach (var message in Messages) due = Math.Min(due, message.DueAt);
            return due;
        }
    }

    /// <summary>The first message that nobody has locked.</summary>
    public WaitingMessage? FirstVisible(long now)
    {
        foreach (var message in Messages)
        {
            if (!message.IsLocked && message.ExpiresAt > now) return message;
        }

        return null;
    }

    /// <summary>The message of a lock that has not ended.</summary>
    public WaitingMessage? Find(Guid lockToken, long now)
    {
        foreach (var message in Messages)
        {
            if (message.LockToken == lockToken && lockToken != Guid.Empty) return message.LockedUntil > now ? message : null;
        }

        return null;
    }

    /// <summary>Puts a message in its place.</summary>
    public void Add(WaitingMessage message)
    {
        // Nearly always at the end: numbers rise. Messages come out of the store in any order.
        var at = Messages.Count;
        while (at > 0 && Messages[at - 1].Sequence > message.Sequence) at--;
        Messages.Insert(at, message);
    }
}
