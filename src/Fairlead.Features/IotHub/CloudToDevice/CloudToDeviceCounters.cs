namespace Fairlead.Features.IotHub.CloudToDevice;

/// <summary>What is counted of cloud-to-device messages.</summary>
internal sealed class CloudToDeviceCounters
{
    private readonly long[] _ended = new long[Enum.GetValues<FeedbackStatus>().Length];
    private long _accepted;
    private long _refused;
    private long _deliveries;
    private long _waiting;
    private long _feedback;
    private long _feedbackDropped;

    /// <summary>Messages taken.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Messages refused: unknown device, full queue, too large, no store.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Times that a message was locked for a device.</summary>
    public long Deliveries => Volatile.Read(ref _deliveries);

    /// <summary>Messages that wait or are locked now.</summary>
    public long Waiting => Volatile.Read(ref _waiting);

    /// <summary>Records of feedback made.</summary>
    public long Feedback => Volatile.Read(ref _feedback);

    /// <summary>Records of feedback lost: nobody fetched them in time, or too many waited.</summary>
    public long FeedbackDropped => Volatile.Read(ref _feedbackDropped);

    /// <summary>Messages that ended in one way.</summary>
    public long Ended(FeedbackStatus status) => Volatile.Read(ref _ended[(int)status]);

    /// <summary>Counts a message that was taken.</summary>
    public void CountAccepted() => Interlocked.Increment(ref _accepted);

    /// <summary>Counts one that was refused.</summary>
    public void CountRefused() => Interlocked.Increment(ref _refused);

    /// <summary>Counts a lock.</summary>
    public void CountDelivery() => Interlocked.Increment(ref _deliveries);

    /// <summary>Counts messages that came or went.</summary>
    public void AddWaiting(int change) => Interlocked.Add(ref _waiting, change);

    /// <summary>Counts an end.</summary>
    public void CountEnd(FeedbackStatus status) => Interlocked.Increment(ref _ended[(int)status]);

    /// <summary>Counts a record of feedback.</summary>
    public void CountFeedback() => Interlocked.Increment(ref _feedback);

    /// <summary>Counts lost records of feedback.</summary>
    public void CountFeedbackDropped(int records) => Interlocked.Add(ref _feedbackDropped, records);
}
